"""Labels, dates, bylines and datelines of the press: what a line says about the article.

The facts are in the tables at the top; the functions below only apply them. What is not certain is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Literal

from pipeline.furniture import ACCOUNTS, BRACKETS, BUTTONS, COUNT, GAP, LONGEST, STAFF, listed, one_of

Field = Literal["title", "date", "publisher", "source", "author", "editor", "photographer", "url"]
# The words before the colon. Blanks inside a word (来　源, 편 집) are understood everywhere.
LABELS: dict[Field, tuple[str, ...]] = {
    "title": listed("标题 제목"),
    "date": listed(
        "发布日期 发布时间 发表日期 发表时间 刊发时间 更新时间 日期 时间 발표시간 발표일 발표일자 발표날자 발행일 "
        "등록일 등록시간 입력 입력시간 기사입력 게재일 게시일 게시시간 작성일 작성시간 최종수정 수정 날자 날짜 "
        "시간"
    ),
    "publisher": listed("发布人 发布者 发布单位 发布 발표자 발표인 발표단위 게시자 등록자 발행 발행처"),
    "source": listed("来源 文章来源 信息来源 新闻来源 稿源 转自 래원 내원 출처 원문출처 기사출처 자료출처 자료래원"),
    "author": listed(
        "作者 记者 本报记者 本网记者 撰稿 撰文 文 기자 본보기자 본지기자 본사기자 취재 작성자 글 글쓴이 필자 저자"
    ),
    "editor": listed("编辑 责任编辑 责编 편집 책임편집 담당편집 편집자"),
    "photographer": listed("摄影 摄 촬영 사진 사진기자"),
    "url": listed("原文链接 链接 网址 원문링크 원문주소 기사주소 링크"),
}
AUTHOR_AND_PHOTOGRAPHER = listed("글/사진 사진/글 글·사진 사진·글 글및사진 文/图 图/文 文·图")
VAGUE_DATES = listed("日期 时间 날자 날짜 시간")  # in a notice they give the time of the event
REPORTERS = listed(
    "기자 본보기자 본지기자 본사기자 본망기자 본넷기자 특파원 특약기자 실습기자 통신원 특약통신원 记者 本报记者 "
    "本网记者 通讯员 본사 본보 본지 본망 본넷"
)
ROLES_AFTER_NAMES = (*REPORTERS, *listed("촬영 摄 摄影"))
BYLINE_WORDS: dict[str, tuple[Field, ...]] = {
    **dict.fromkeys((*REPORTERS, *listed("글 文 작성자 글쓴이")), ("author",)),
    **dict.fromkeys(listed("편집 책임편집 编辑 责任编辑 责编"), ("editor",)),
    **dict.fromkeys(listed("촬영 사진 사진기자 摄影 摄"), ("photographer",)),
    **dict.fromkeys(listed("래원 출처 来源 稿源"), ("source",)),
    **dict.fromkeys(AUTHOR_AND_PHOTOGRAPHER, ("author", "photographer")),
}
# First syllables of family names, Korean and Chinese, as Korean pages of both spellings write them.
SURNAMES = frozenset(
    "가간갈감강개견경계고곡공곽관광구국굴궁권궤금기길김나난남낭내노뇌누단담당대도독동두등라란량려련렴령로뢰료"
    "루류륙리림마만매맹명모목묘무묵문미민박반방배백번범변복봉부비빈빙사산삼상서석선설섭성세소손송수숙순습승시신심"
    "아악안양어엄여역연염엽영예오온옹왕요용우욱운웅원위유육윤은음응의이인임자잠장저전점정제조종좌주준증지진차창채"
    "척천초총최추축춘탁탄탕태통팽편평포표풍피하학한함해허현형호홍화황후"
)
NOT_NAMES = listed(
    "전경 야경 모습 장면 현장 정경 풍경 광경 전시 전시회 후기 자료 제공 종합 설명 련재 연재 대회 공모 공모전 모음 "
    "전문 요지 전송"
)
HANGUL_NAME = re.compile(r"[가-힣]{2,4}")
OTHER_NAME = re.compile(r"[一-鿿]{2,4}|[A-Z][A-Za-z.\-]{1,19}")
OUTLET_ENDINGS = listed(
    "일보 일보넷 일보망 신문 신문사 신문망 신문넷 통신 통신사 통신넷 신보 조보 만보 시보 화보 방송 방송국 방송넷 "
    "방송망 방송총국 TV 텔레비죤 텔레비전 텔레비죤방송국 뉴스 뉴스망 저널 닷컴 타임스 라지오 문보 조문판 조선문판 "
    "한국어판 日报 晚报 早报 时报 新闻网 新闻社 通讯社 电视台 广播网 客户端"
)
OUTLETS = listed(
    "신화사 신화넷 신화망 인민넷 인민망 중신사 중신넷 중국넷 중국망 동북망 조글로 모이자 봉황넷 환구망 광명넷 "
    "중앙텔레비죤 新华社 新华网 人民网 中新社 中新网 央视 央视网 光明网 东北网 中国网"
)
NOT_OUTLETS = listed(
    "가짜뉴스 교통방송 인터넷방송 인터넷신문 인터넷뉴스 무선통신 이동통신 이동통신사 위성통신 정보통신 광섬유통신"
)
BLANK = r"[ \u00a0\u3000]{0,2}"
ALL_LABELS = (*AUTHOR_AND_PHOTOGRAPHER, *(word for words in LABELS.values() for word in words))
LABEL = re.compile(rf"(?:^|(?<=[\s|｜/／·•,，;；\[\](（)）【】]))(?P<label>{one_of(ALL_LABELS, BLANK)})\s*[:：]")
BESIDE = re.compile(rf"(?:^|(?<={GAP}))(?:{COUNT}|(?:{one_of(STAFF)})\s*[:：]\s*\S+)")  # passed over beside labels
TRAILING_BUTTONS = re.compile(rf"(?:{GAP}+(?:{one_of(BUTTONS)}))+{GAP}*$")
DATE = re.compile(
    r"""
    (?P<year>(?:19|20)\d\d)\s*[-./年년]\s*(?P<month>\d{1,2})\s*[-./月월]\s*(?P<day>\d{1,2})(?!\d)\s*[日일.]?
    (?:\s*[(（]?(?:[월화수목금토일]요일|(?:星期|周)[一二三四五六日天]|(?<=[(（])[월화수목금토일一二三四五六日])[)）]?)?
    (?:
        [T\s,|]*(?P<half>오전|오후|上午|下午|[ap]m)?\s*(?P<hour>\d{1,2})\s*
        (?: [:：]\s*(?P<minute>\d\d)(?:\s*[:：]\s*(?P<second>\d\d)(?:\.\d+)?)?      # 13:36:42
          | [시时時点]\s*(?:(?P<minute_word>\d{1,2})\s*[분分])?                      # 08시53분
            \s*(?:(?P<second_word>\d{1,2})\s*[초秒])?
        )
        (?:\s*(?P<zone>Z|[+-]\d\d:?\d\d))?
    )?""",
    re.VERBOSE | re.IGNORECASE,
)
STAMP_WORDS = re.compile(r"^(?:기사입력|입력|등록|발표|게재|송고|发布|发表)\s+|\s*(?:송고|입력|등록|발표|게재|发布)$")
CHINA = timezone(timedelta(hours=8))
AFTERNOON = ("오후", "下午", "pm")
URL = re.compile(
    r"(?:(?:https?://|www\.)[^\s<>\"'“”‘’（）()가-힣一-鿿]+|[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.(?:com|cn|net|org|kr)(?:/[!-~]*)?)",
    re.IGNORECASE,
)
ARTICLE_URL = re.compile(r"(?:https?://)?[^/\s]+/\S*(?:\d|\.s?html?|\.jsp|\.php|\.aspx?)\S*", re.IGNORECASE)
MAIL = re.compile(r"[A-Za-z0-9._\-]+@[A-Za-z0-9.\-]+")
DATELINE = re.compile(r"[\[【(（〔]\s*(?P<inside>[^\[\]【】()（）〔〕\n]{2,50})\s*[\]】)）〕]")
REPORTER = re.compile(r"\s*(?P<name>[가-힣]{2,4})\s?(?:기자|특파원)\s?=")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line says of the article, in the order of the line."""

    fields: tuple[tuple[Field, str], ...]
    strength: Literal["label", "vague label", "byline"] = "label"

    @property
    def reason(self) -> str:
        """Why the line is not in the article: `read as date, source`."""
        return "read as " + ", ".join(dict.fromkeys(field for field, _ in self.fields))


def read_date(text: str) -> str | None:
    """ISO 8601 of a date and time, with +08:00 where no zone is given; a date alone stays one. None for all else.

    >>> read_date("2025년1월26일 08시53분")
    '2025-01-26T08:53:00+08:00'
    """
    match = DATE.fullmatch(text.strip(BRACKETS))
    return _iso(match) if match else None


def _iso(match: re.Match[str]) -> str | None:
    year, month, day = (int(match[name]) for name in ("year", "month", "day"))
    try:
        if match["hour"] is None:
            return date(year, month, day).isoformat()
        hour = int(match["hour"])
        if match["half"]:
            hour = hour % 12 + (12 if match["half"].lower() in AFTERNOON else 0)
        minute = int(match["minute"] or match["minute_word"] or 0)
        second = int(match["second"] or match["second_word"] or 0)
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(match["zone"])).isoformat()
    except ValueError:  # 31 February is no date
        return None


def _zone(written: str | None) -> timezone:
    if not written:
        return CHINA
    if written.upper() == "Z":
        return UTC
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if written[0] == "-" else offset)


def read_labels(text: str) -> Reading | None:
    """The values behind the labels of a line, `发布日期:2022-9-22 来源：료녕일보 조회 12`; None if it is no such line.

    Hit counters and buttons beside the labels are passed over. A label whose value cannot be one is not read; if
    that leaves nothing, the line is text.
    """
    line = text.strip()
    if len(line) > LONGEST or len(line.splitlines()) > 1:
        return None
    line = TRAILING_BUTTONS.sub("", BESIDE.sub(" ", line))
    matches = list(LABEL.finditer(line))
    if not matches:
        return None
    before = line[: matches[0].start()].strip(BRACKETS + "※*:：")
    fields = list(_unlabelled(before))
    if before and not fields:
        return None
    labels = [re.sub(r"\s", "", match["label"]) for match in matches]
    ends = [match.start() for match in matches[1:]] + [len(line)]
    values = [
        line[match.end() : end].strip(BRACKETS.replace("-", "")) for match, end in zip(matches, ends, strict=True)
    ]
    said = [pair for label, value in zip(labels, values, strict=True) for pair in _labelled(label, value)]
    fields = [*fields, *said] if said else []  # “인민넷 기자: 앞으로의 계획은?” is a question in an interview
    is_vague = len(labels) == 1 and labels[0] in VAGUE_DATES
    return Reading(tuple(fields), "vague label" if is_vague else "label") if fields else None


def _unlabelled(text: str) -> Iterator[tuple[Field, str]]:
    """What may stand beside a label without one of its own: a date, or the name of an outlet."""
    if moment := read_date(text):
        yield "date", moment
    elif is_outlet(text):
        yield "source", text


def _labelled(label: str, value: str) -> Iterator[tuple[Field, str]]:
    if label in AUTHOR_AND_PHOTOGRAPHER and (names := read_names(value)):
        yield "author", names
        yield "photographer", names
    for field, words in LABELS.items():
        if label in words:
            yield from _value(field, value)


def _value(field: Field, value: str) -> Iterator[tuple[Field, str]]:
    if value in ACCOUNTS:
        return
    if field == "date":
        match = DATE.match(value)
        if match and (moment := _iso(match)):
            yield field, moment
            yield from _unlabelled(value[match.end() :].strip(BRACKETS))
    elif field == "url":
        if match := URL.match(value):
            yield field, match[0]
    elif field in ("author", "editor", "photographer"):
        if names := read_names(value):
            yield field, names
    elif value and (field == "title" or (len(value) <= 40 and not ends_sentence(value))):
        yield field, value


def read_stamp(text: str) -> Reading | None:
    """A bare date, with or without a site address or an outlet beside it, or the address of the article alone."""
    line = TRAILING_BUTTONS.sub("", BESIDE.sub(" ", text.strip())) if len(text) <= LONGEST else ""
    fields: list[tuple[Field, str]] = [("url", url) for url in URL.findall(line) if ARTICLE_URL.fullmatch(url)]
    rest = STAMP_WORDS.sub("", URL.sub(" ", line).strip(BRACKETS)).strip(BRACKETS)
    if rest:
        match = DATE.search(rest)
        moment = _iso(match) if match else None
        beside = (rest[: match.start()] + rest[match.end() :]).strip(BRACKETS) if match else rest
        if moment is None or (beside and not is_outlet(beside)):
            return None
        fields = [("date", moment), *_unlabelled(beside), *fields]
    return Reading(tuple(fields), "byline") if fields else None


def read_byline(text: str) -> Reading | None:
    """Who speaks, where no colon says so: `료녕일보`, `(/신화통신)`, `연변일보 기자 김철수`, `글 김철수 사진 리영`.

    Every word of the line must be a name, an outlet or a role; names count only beside a role.
    """
    line = MAIL.sub("", text).strip(BRACKETS) if len(text) <= 60 else ""
    if is_outlet(line):
        return Reading((("source", line),), "byline")
    words = list(_words(line))
    names = [word for word in words if word not in BYLINE_WORDS and not is_outlet(word)]
    if not words or not all(map(_is_name, names)):
        return None
    together = [name for pair in pairwise(words) if set(pair) <= set(names) for name in pair]
    if not re.search(r"[,，、·/]", line) and any(len(name) != 3 for name in together):
        return None  # “여러 요청” are no two names
    roles = [word for word in words if word in BYLINE_WORDS]
    if words[0] in names and roles and roles[0] not in ROLES_AFTER_NAMES:
        return None  # “계정 편집” is a heading, “편집 리영희” a byline
    fields = tuple(_credits(words))
    return Reading(fields, "byline") if fields else None


def _credits(words: list[str]) -> Iterator[tuple[Field, str]]:
    """Names go to the role before them, or to the one after them where none stands before (리명 촬영)."""
    if words[-1] in ("촬영", "摄", "摄影"):  # “신화사 기자 리명 촬영”: a photographer, and no source of the text
        words = [words[-1], *(word for word in words[:-1] if word not in BYLINE_WORDS and not is_outlet(word))]
    roles: tuple[Field, ...] = ()
    names: list[str] = []
    outlets = [word for word in words if is_outlet(word)]
    for word in [*words, ""]:
        if word and word not in BYLINE_WORDS:
            names += [word] if word not in outlets else []
            continue
        given = roles or BYLINE_WORDS.get(word, ())
        if names:
            yield from ((field, ", ".join(names)) for field in given if field != "source")
        roles = () if names and not roles else BYLINE_WORDS.get(word, ())
        names = []
    if outlets and any(word in BYLINE_WORDS for word in words):
        yield "source", outlets[0]


def _words(line: str) -> Iterator[str]:
    """The words of a byline; `김철수기자` is two, `글/사진` is one."""
    for word in re.split(r"[\s,，、|｜()（）=]+|(?<![글진文图])[/·]", line):
        attached = re.fullmatch(r"([가-힣]{2,4}?)(기자|특파원)", word) if word not in BYLINE_WORDS else None
        yield from attached.groups() if attached else (word,) if word else ()


def read_names(value: str) -> str | None:
    """The names behind a label, a comma between them, roles and outlets left out; None where it is not names.

    An outlet alone is a name too (작성자: 료녕신문). Names with only a blank between them must look like names:
    three syllables, the first one a family name.
    """
    words = [word for word in _words(MAIL.sub("", value).strip(BRACKETS)) if word not in BYLINE_WORDS]
    names = [word for word in words if not is_outlet(word)]
    if len(words) > 6 or not all(HANGUL_NAME.fullmatch(name) or OTHER_NAME.fullmatch(name) for name in names):
        return None
    is_listed = len(re.split(r"[,，、·/]", value)) >= len(names)
    if not is_listed and not all(_is_name(name) and len(name) == 3 for name in names):
        return None
    return None if set(names) & set(NOT_NAMES) else ", ".join(names or words) or None


def _is_name(word: str) -> bool:
    hangul = HANGUL_NAME.fullmatch(word) is not None and word[0] in SURNAMES
    return word not in NOT_NAMES and (hangul or OTHER_NAME.fullmatch(word) is not None)


def is_outlet(name: str) -> bool:
    """Whether a word is the name of a newspaper, an agency or a broadcaster, as far as its form tells."""
    if name in OUTLETS:
        return True
    if name in NOT_OUTLETS or len(name) > 16 or not name.isalnum():
        return False
    return any(name.endswith(ending) and len(name) - len(ending) >= 2 for ending in OUTLET_ENDINGS)


def dateline_source(text: str) -> str | None:
    """The agency in a dateline that opens a paragraph: `[심양 1월 24일발 신화통신]`, `(흑룡강신문=할빈)`."""
    match = DATELINE.match(text[:60])
    words = re.split(r"[\s=,·/|]+", match["inside"]) if match else []
    return next((word for word in words if is_outlet(word)), None)


def dateline_author(text: str) -> str | None:
    """The reporter between a dateline and the text: `(다롄=연합뉴스) 김민수 특파원 = …`."""
    match = DATELINE.match(text[:60])
    reporter = REPORTER.match(text[:80], match.end()) if match else None
    return reporter["name"] if reporter and _is_name(reporter["name"]) else None


def ends_sentence(text: str) -> bool:
    """Whether a line ends as sentences end, closing quotes and brackets aside."""
    return text.rstrip().rstrip("”’\"'」』》〉>)）]】").endswith((".", "。", "!", "?", "！", "？", "…"))


def is_empty_label(text: str) -> bool:
    """Whether a line is a label whose value stands on the next line, or nowhere."""
    match = LABEL.match(text.strip(BRACKETS))
    return match is not None and match.end() == len(text.strip(BRACKETS))
