"""The bytes of an article file become text, in the encoding that they are in; nothing is replaced or guessed."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import InputError

# Plausibility that a reading must reach, and its lead over the next one. Measured on 3,760 stretches of Korean press
# text in GB18030, CP949 and UTF-16: from 15 characters on the right reading has 0.58 or more and leads by 0.27 or
# more (CP949; by 0.8 in the others), so that all are read rightly; of 4 to 8 characters 1 in 100 is refused.
FLOOR = 0.45
MARGIN = 0.20
SAMPLE = 65_536  # bytes that charset-normalizer sees, characters whose plausibility is measured

SAVE_AS = "Save the file as UTF-8 and run again."
NOT_TEXT = "this is not a text file. Save the article as plain text (.txt, UTF-8)."

# The longer mark first: the one of UTF-32 LE begins with the one of UTF-16 LE.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)

# What is dropped into input/ although it is not text.
SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a Word document or another ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"HWP Document File", "a Hangul (HWP) document"),
    (b"\x1f\x8b", "a compressed file"),
)

ACCEPTED = ("gb18030", "cp949", "utf-16-le", "utf-16-be")

# charset-normalizer's names for encodings that are never accepted, but that can make the others doubtful.
RIVALS = {"johab": "johab", "big5": "big5", "shift_jis": "shift-jis", "euc_jp": "euc-jp"}

# The 300 commonest syllables of newspaper and technical Korean (93 % of all running syllables; of the 2,350 syllables
# of EUC-KR taken blindly it is 13 %), and the 300 commonest characters of Chinese newspapers (67 %).
COMMON_SYLLABLES = frozenset(
    "가각간감값강같개객거건검것게격견결경계고공과관광교구국군권규그근금급기까나난날남내너널년농높는능니다"
    "단달당대더데도동되된됩두드든들등디따때또라람래량러레려력련로록료루류르른를름리릭립링마만말매먼메며면"
    "명모목무문물미민및바반받발방배버번범법변별보복본봉부분브블비사산상새색생서석선설성세션소속수술스습승"
    "시식신실심십아안않알액야약양어업없었에여역연열였영예오올와완외요용우운원월위유육으은을음의이인일임입"
    "있자작잘장재저적전점정제젝조종주준중증지직진질집짜째차착참채책처천청체초촌총최추축출츠측치칙카케코콘"
    "크클키타태택터테토통투트특팅파패퍼페편평포표품프플피필하학한할함합항해했행향험혁현형호화확환활회후히"
)
COMMON_HANZI = frozenset(
    "一万三上下不与世业东两个中为主举之习乡了事二于亚交产人今从他代以们任企优会位体作供俄保信元克党入全公"
    "兰共关其内军农决出分划创利到制前力办加务动化北区医十升协南及发口可台各合同名后向员和品商善国在地场坚"
    "型城域基境增外多大天央好委子学安完定实家对导将小尔就局展州工市布平年并应府度建开式引强当得德心快态性"
    "总成我战打批技投护拉持接推提支改放政效教数文斯新方施日时明是更最月有服期本术机村来构标格次正步比民水"
    "治法活流济海消深源点物特环现理生用电的目省着示社科程稳立第等策管系级线组经结统续罗美群老联育能自色范"
    "营落融行表西要规解计议设调质费资路车转达过运近这进通造道部里重量金长问间队防际院集面革项领题风首马高"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The bytes read in one encoding, and how much that looks like Korean or Chinese, at most 1."""

    encoding: str
    text: str
    plausibility: float


def decode(raw: bytes, file: str) -> tuple[str, str]:
    """The text of an article file and the name of its encoding.

    A byte order mark decides; then strict UTF-8; then UTF-16 without a mark, GB18030 and CP949 (EUC-KR) by how
    plausible the Korean is that comes out. Line ends stay as they are, a byte order mark is left out.
    Raises InputError for an empty file, for one that is not text, for bytes that no encoding fits, and where no
    encoding leads by the margin: the message names the candidates.
    """
    if not raw:
        raise InputError(file, "the file is empty. Put the article into it, or remove it.")
    _refuse_documents(raw, file)
    return _marked(raw, file) or _utf8(raw, file) or _plausible(raw, file)


def _refuse_documents(raw: bytes, file: str) -> None:
    for signature, name in SIGNATURES:
        if raw.startswith(signature):
            raise InputError(file, f"this is {name}, not text. Save the article as plain text (.txt, UTF-8).")


def _marked(raw: bytes, file: str) -> tuple[str, str] | None:
    for mark, name, codec in MARKS:
        if raw.startswith(mark):
            try:
                text = raw[len(mark) :].decode(codec)
            except UnicodeDecodeError as error:
                place = len(mark) + error.start
                problem = f"it begins with the mark of {name.upper()}, but byte {place + 1} does not fit. {SAVE_AS}"
                raise InputError(file, problem) from error
            return _text_only(text, file), name
    return None


def _utf8(raw: bytes, file: str) -> tuple[str, str] | None:
    """The text if the bytes are UTF-8; None if they are something else; InputError if they are broken UTF-8."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_broken_utf8(raw):
            line = raw.count(b"\n", 0, error.start) + 1
            problem = f"the file is UTF-8, but byte {error.start + 1} is broken (0x{raw[error.start]:02X})."
            raise InputError(file, f"{problem} Copy the article again, or repair that line.", line) from error
        return None
    if "\0" in text:  # zero bytes are UTF-16 without its mark, or no text at all
        return None
    return _text_only(text, file), "utf-8"


def _is_broken_utf8(raw: bytes) -> bool:
    """Whether the bytes are UTF-8 but for a few: letters of two bytes and more that fit, against bytes that do not.

    Three bytes of GB18030 or CP949 are seldom UTF-8 by chance: none of 3,990 real sentences is taken for it.
    """
    text = raw[:SAMPLE].decode("utf-8", errors="surrogateescape")  # only counted, never kept
    fitting = sum(1 for character in text if "\u0800" <= character <= "\ud7ff")
    broken = sum(1 for character in text if "\udc80" <= character <= "\udcff")
    return fitting > 2 * broken


def _plausible(raw: bytes, file: str) -> tuple[str, str]:
    readings = sorted(_readings(raw), key=lambda reading: -reading.plausibility)
    best = readings[0] if readings else Reading("", "", 0.0)
    rivals = [reading for reading in readings[1:] if reading.plausibility > best.plausibility - MARGIN]
    if best.plausibility < FLOOR:
        _refuse_broken(raw, file)
    if best.plausibility <= 0:
        raise InputError(file, f"the bytes fit none of UTF-8, UTF-16, GB18030 and CP949 (EUC-KR). {SAVE_AS}")
    if best.plausibility < FLOOR or rivals or best.encoding not in ACCEPTED:
        names = " or ".join(reading.encoding for reading in readings[: max(len(rivals) + 1, 2)])
        problem = f"the encoding is not certain (it could be {names}; the text is very short, or it is not Korean)."
        raise InputError(file, f"{problem} {SAVE_AS}")
    return _text_only(best.text, file), best.encoding


def _readings(raw: bytes) -> Iterator[Reading]:
    """Every candidate in which all of the bytes have a meaning."""
    for encoding in _candidates(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        yield Reading(encoding, text, plausibility(text[:SAMPLE]))


def _candidates(raw: bytes) -> list[str]:
    """The accepted encodings, and those that charset-normalizer thinks possible."""
    from charset_normalizer import from_bytes  # 75 ms that only a file which is not UTF-8 needs

    matches = from_bytes(raw[:SAMPLE], cp_isolation=list(RIVALS), enable_fallback=False)
    return [*ACCEPTED, *(RIVALS[match.encoding] for match in matches if match.encoding in RIVALS)]


def _refuse_broken(raw: bytes, file: str) -> None:
    """InputError for a binary file, and for one that is plausible in an encoding up to a byte that does not fit."""
    if re.search(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]", raw[:SAMPLE]):
        raise InputError(file, NOT_TEXT)
    for encoding in ACCEPTED:
        try:
            raw.decode(encoding)
        except UnicodeDecodeError as error:
            if plausibility(raw[: error.start].decode(encoding)[-SAMPLE:]) >= FLOOR:
                line = raw.count(b"\n", 0, error.start) + 1
                problem = f"the file looks like {encoding.upper()}, but byte {error.start + 1} does not fit."
                raise InputError(file, f"{problem} Copy the article again, or repair that line.", line) from error


def plausibility(text: str) -> float:
    """How much a text looks like Korean or Chinese prose: 1 all common characters, 0 rare ones, below 0 nonsense.

    Only letters beyond ASCII count; punctuation says nothing, and a text without such letters gives 0.
    """
    weights = [_weight(character) for character in text if character > "\x7f" and character not in "\ufeff\u200b"]
    counted = [weight for weight in weights if weight is not None]
    nonsense = sum(1 for character in text if _is_control(character))
    return (sum(counted) - nonsense) / max(len(counted), 1)


def _weight(character: str) -> float | None:
    if "가" <= character <= "힣":
        return 1.0 if character in COMMON_SYLLABLES else 0.1
    if "一" <= character <= "鿿":
        return 1.0 if character in COMMON_HANZI else 0.1
    category = unicodedata.category(character)
    if category[0] in "PSZN" or "！" <= character <= "～":
        return None
    return -1.0  # kana, Cyrillic, rare characters, private use: signs of a wrong reading


def _text_only(text: str, file: str) -> str:
    """The text itself; InputError when it holds what no text holds."""
    controls = sum(map(_is_control, text[:SAMPLE]))
    if "\0" in text or controls > 1 + len(text[:SAMPLE]) // 100:
        raise InputError(file, NOT_TEXT)
    if not text:
        raise InputError(file, "the file is empty. Put the article into it, or remove it.")
    return text


def _is_control(character: str) -> bool:
    return character < " " and character not in "\t\n\v\f\r\x1a"
