"""Site furniture: what stands around an article on a page and is no part of it, judged one line at a time.

The facts are in the tables at the top; the functions below only apply them. What is not certain is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Zone = Literal["head", "body", "tail"]
LONGEST = 160  # characters; a longer line is text, whatever stands in it


def listed(words: str) -> tuple[str, ...]:
    return tuple(words.replace("\n", " ").split())


STAFF = listed("校对 审核 初审 复审 终审 监制 교정 심사 감수 초심 복심 종심")  # no field of ours
ACCOUNTS = listed("관리자 운영자 admin Admin 管理员 编辑部 편집부")  # of the site: nobody's name
SECTIONS = listed(  # a line of menu words only is navigation
    "홈 홈페지 홈페이지 메인 처음 첫페지 뉴스 종합 종합뉴스 정치 시정 경제 사회 문화 교육 체육 스포츠 국제 국내 "
    "조선반도 한반도 생활 건강 동영상 사진 포토 특집 기획 칼럼 오피니언 문학 려행 여행 관광 민족 조선족 로그인 "
    "회원가입 사이트맵 전체기사 최신뉴스 首页 新闻 时政 要闻 经济 社会 文化 教育 体育 国际 国内 朝鲜语 朝文 한국어 "
    "조선어 中文 English 视频 图片 专题 评论 生活 旅游 民族"
)
BUTTONS = listed(
    "分享到 分享至 分享 打印本页 打印 关闭窗口 关闭 收藏 字号 字体 大 中 小 返回顶部 返回首页 返回列表 返回 "
    "复制链接 QQ空间 QQ好友 QQ 新浪微博 微博 微信 朋友圈 공유하기 공유 인쇄하기 인쇄 프린트 스크랩하기 스크랩 "
    "글자크기 글씨크기 크기 크게 작게 보통 가+ 가- 가 A+ A- 목록보기 목록으로 목록 이전 다음 맨위로 위로 댓글쓰기 "
    "댓글 추천 좋아요 신고 창닫기 닫기 메일보내기 기사보내기 URL복사 링크복사 페이스북 트위터 카카오톡 "
    "카카오스토리 네이버 밴드 위챗 웨이보"
)
COUNTERS = listed(
    "조회수 조회 열람수 열람 클릭수 클릭 댓글수 댓글 추천수 추천 点击数 点击量 点击率 点击 浏览次数 浏览数 浏览量 "
    "浏览 阅读数 阅读量 阅读 评论数 评论"
)


def one_of(words: Iterable[str], blank: str = "") -> str:
    """A pattern for any of the words, the longest first; `blank` may stand between their characters."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(blank.join(re.escape(letter) for letter in word) for word in ordered)


BRACKETS = " \t\u00a0\u3000[]【】()（）〔〕<>＜＞/／|｜=-–—·•,，;；"  # what may stand around a name or a value
GAP = r"[\s|｜/／·•,，、;；:：\[\]【】()（）<>＜＞»›→\-–_~]"  # and between the words of a menu
COUNT = rf"(?:{one_of(COUNTERS)})\s*[:：]?\s*[\[(（]?\s*\d[\d,.]*\s*[만万]?[회번次]?[\])）]?"
MESSENGER = r"위챗|위쳇|微信|카카오톡|카톡|공중호|공식\s?계정|QR\s?코드|큐알\s?코드|2차원\s?코드|앱|APP|클라이언트"
MARKETING = r"팔로우|팔로잉|구독|친구\s?추가|채널\s?추가|길게\s?누르|길게\s?눌러|스캔|찍으|검색해"
ERRAND = r"신청|문의|예약|접수|등록|참가|납부|련락|연락|결제|신고"  # with these a messenger is part of the news
RELATED = r"[\[【<▶►■◆☞\s]*"


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of one of the zones that matches from end to end is no text."""

    reason: str
    zones: tuple[Zone, ...]
    pattern: re.Pattern[str]


def _rule(reason: str, zones: str, *patterns: str) -> Rule:
    named: tuple[Zone, ...] = ("head", "body", "tail")
    whole = re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
    return Rule(reason, tuple(zone for zone in named if zone in zones), whole)


RULES = (
    _rule(
        "site furniture",
        "head tail",
        r".{0,30}(?:방문|래방|내방|찾아).{0,12}(?:환영|감사)(?:합니다|드립니다|한다)[.!~]*",
        r"欢迎(?:访问|光临|来到|浏览).{0,30}",
    ),
    _rule(
        "navigation",
        "head body tail",
        r"您?(?:现在|目前)?(?:所在|当前)?的?位置(?:是|为)?\s*[:：>＞»].*",
        r"(?:현재\s?(?:의\s?)?|당신의\s?(?:현재\s?)?|지금\s?)위치\s*[:：>＞»].*",  # “현재 위치는 …” is a sentence
        r"(?:首页|主页|홈|홈페지|홈페이지|메인|첫\s?페지|home)\s*(?:[>＞»›→]|&gt;).*",
    ),
    _rule(  # 조글로 > 뉴스 > 중국
        "navigation",
        "head",
        rf"(?=.*[>＞»›]\s*(?:{one_of(SECTIONS)})\s*(?:[>＞»›]|$))[^<＜>＞»›]{{1,16}}(?:[>＞»›][^<＜>＞»›]{{1,16}})+",
    ),
    _rule("navigation", "head tail", rf"(?:{GAP}*(?:{one_of(SECTIONS)})(?={GAP}|$)){{3,}}{GAP}*"),
    _rule("hit counter", "head body tail", rf"(?:{GAP}*{COUNT})+{GAP}*"),
    _rule("hit counter", "head tail", rf"{GAP}*(?:{one_of(COUNTERS)})\s*[:：]\s*(?:加载中)?[.…]*"),
    _rule("page buttons", "head body tail", rf"(?:{GAP}*(?:{one_of(BUTTONS)})(?={GAP}|$)){{2,}}{GAP}*"),
    _rule("page buttons", "head tail", r"(?:글자|글씨)\s?크기.{0,12}", r"(?:字号|字体)\s*[:：]?.{0,8}"),
    _rule("page buttons", "tail", r"\[필수입력\].{0,20}", r"(?:파일|댓글|의견)\s*[\[(]\s*\d+\s*[\])]"),
    _rule("page buttons", "tail", rf"{GAP}*(?:{one_of(word for word in BUTTONS if len(word) > 1)}){GAP}*"),
    _rule(
        "image placeholder",
        "head body tail",
        r"[\[【(（<]\s*(?:图片?|照片|이미지|사진|그림|image|img|photo)\s*\d*\s*[\]】)）>]",
        r"(?:图片|照片|이미지|image)\s*\d{0,2}",
        r"\S{1,80}\.(?:jpe?g|png|gif|webp|bmp)",
    ),
    _rule(
        "advertisement",
        "head body tail",
        r"(?!.*[가-힣])(?=.*(?:公众号|扫码|扫一扫|二维码|微信|客户端))(?=.*(?:关注|扫|长按|下载|搜索|[:：])).{4,80}",
        rf"(?!.*(?:{ERRAND}))(?=.*(?:{MESSENGER}))(?=.*(?:{MARKETING}))[^.!?]{{4,70}}"
        r"(?:세요|십시오|십시요|시오|바랍니다|시라|기)\s*[.!~☞▼↓]*",
    ),
    _rule("advertisement", "head tail", r"(?:위챗\s?)?(?:공중호|공식\s?계정)\s*(?:명|ID|아이디|이름)?\s*[:：].{1,40}"),
    _rule(
        "copyright notice", "head body tail", r"(?:ⓒ|©|(?:\(c\)|copyright)\s*(?:ⓒ|©|\(c\)|(?:19|20)\d\d|by\s)).{1,120}"
    ),
    _rule("copyright notice", "head body tail", r".{0,60}재판매\s?및\s?DB\s?금지.{0,5}"),
    _rule(
        "copyright notice",
        "head tail",
        r".{0,60}(?:版权所有|版权归|不得转载|禁止转载|未经授权|转载请注明|ICP备|许可证号?).{0,60}",
        r"[<＜\[【]?\s*저작권자.{1,100}",
        r"(?:본|이)\s?(?:사이트|홈페지|홈페이지|기사|저작물).{0,30}저작권.{0,50}",
        r".{0,60}무단\s?(?:전재|복제|배포).{0,20}금(?:지|합니다|함)[^.]{0,12}[.>＞\]】]*",
    ),
    _rule(
        "link to another article",
        "head tail",
        r"(?:上|下)一?[篇条页]\s*[:：>]?.{0,100}",
        r"(?:이전|다음|앞|뒤)\s?(?:글|기사)\s*[:：>▲▼◀▶].{0,100}",
    ),
    _rule("link to another article", "tail", r"(?:이전|다음)(?:글|기사)(?:\s.{0,100})?"),
    _rule(
        "related articles",
        "head body tail",
        rf"{RELATED}(?:관련\s?(?:기사|뉴스|보도)|相关(?:新闻|阅读|文章|链接|报道)|延伸阅读|推荐阅读)\s*(?:[\]】>:：▶►].{{0,100}})?",
    ),
    _rule(
        "related articles",
        "head tail",
        rf"{RELATED}(?:추천\s?기사|인기\s?기사|많이\s?본\s?(?:기사|뉴스)|热点新闻|热门文章|猜你喜欢)\s*[\]】:：]?",
    ),
    _rule(
        "staff credit",
        "head tail",
        rf"[\[(（【]?\s*(?:{one_of(STAFF)})\s*[:：].{{1,30}}",
        rf"\S{{2,4}}\s*[:：]\s*(?:{one_of(ACCOUNTS)})",
    ),
    _rule("web address", "head tail", r"(?:https?://)?[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,6}/?"),
)


def drop_reason(text: str, zone: Zone) -> str | None:
    """Why this line of this part of the page is no text, or None where that is not certain."""
    line = text.strip()
    if len(line) > LONGEST or len(line.splitlines()) > 1:
        return None
    return next((rule.reason for rule in RULES if zone in rule.zones and rule.pattern.fullmatch(line)), None)


def is_section(text: str) -> bool:
    """Whether a line is only the name of a section of the site (경제, 종합뉴스)."""
    return text.strip(BRACKETS) in SECTIONS
