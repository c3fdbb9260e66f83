"""Reading test sets: nothing is shifted by a line, and what cannot be paired is refused."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from pipeline import testset
from pipeline.errors import InputError

SHARED = Path(__file__).parents[1].parent / "shared" / "test-sets"
SOURCES = ("심양에 눈이 내린다.", "료녕의 농민들은 바쁘다.")
CHINESE = ("沈阳下雪。", "辽宁农民很忙。")
ENGLISH = ("It snows in Shenyang.", "Farmers in Liaoning are busy.")
TABLE = "\n".join("\t".join(row) for row in zip(SOURCES, CHINESE, ENGLISH, strict=True)) + "\n"


def read_table(folder: Path, content: str, name: str = "snow.tsv") -> testset.TestSet:
    (folder / name).write_text(content, encoding="utf-8")
    (found,) = testset.read_test_sets(folder / name)
    return found


def write_lines(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        (folder / f"snow.{name.replace('_', '.')}").write_text(content, encoding="utf-8")
    return folder / "snow"


# --- tables -----------------------------------------------------------------------------------------------------


def test_a_table_without_a_header_is_korean_chinese_english(tmp_path: Path) -> None:
    found = read_table(tmp_path, TABLE)
    assert (found.name, found.sources) == ("snow", SOURCES)
    assert found.references == {"zh": CHINESE, "en": ENGLISH}


def test_a_header_says_which_column_is_which(tmp_path: Path) -> None:
    header = "EN\tnote\tko\tdocument\tpeer.en\n"
    rows = "It snows.\tx\t눈이 내린다.\ta\tSnow is.\n\ty\t바쁘다.\tb\tBusy.\n"
    found = read_table(tmp_path, header + rows)
    assert found.sources == ("눈이 내린다.", "바쁘다.")
    assert found.references == {"en": ("It snows.", "")}
    assert found.referenced("en") == [0]
    assert found.peers == (testset.Peer("peer", "en", ("Snow is.", "Busy.")),)
    assert found.by_document() == {"a": [0], "b": [1]}


@pytest.mark.parametrize(("ending", "pack"), [("xz", lzma.compress), ("gz", gzip.compress)])
def test_a_compressed_table_is_the_same_table(tmp_path: Path, ending: str, pack: type) -> None:
    file = tmp_path / f"snow.tsv.{ending}"
    file.write_bytes(pack(TABLE.encode()))
    assert testset.read_test_sets(file) == (read_table(tmp_path, TABLE),)


def test_a_quotation_mark_is_a_character(tmp_path: Path) -> None:
    found = read_table(tmp_path, 'ko\ten\n"눈"이 내린다.\t"Snow falls.\n바쁘다.\tBusy."\n')
    assert found.references["en"] == ('"Snow falls.', 'Busy."')


def test_a_line_separator_inside_a_sentence_does_not_end_the_line(tmp_path: Path) -> None:
    found = read_table(tmp_path, "ko\ten\r\n눈이\u2028내린다.\tIt\u0085snows.\r\n바쁘다.\tBusy.\r\n")
    assert found.sources == ("눈이\u2028내린다.", "바쁘다.")


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    assert read_table(tmp_path, "\ufeffko\tzh\n눈이 내린다.\t下雪。\n").references == {"zh": ("下雪。",)}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("ko\ten\n눈이 내린다.\tIt snows.\n바쁘다.\n", "line 3: there are 1 columns here and 2 in the first line"),
        ("ko\ten\n눈이 내린다.\tIt snows.\n\tBusy.\n", "line 3: there is no Korean"),
        ("눈이 내린다.\tIt snows.\n", "Name them in a first line"),
        ("ko\tnote\n눈이 내린다.\tx\n", "there are no reference translations"),
        ("ko\ten\n", "nothing below the header"),
        ("\n \n", "the file is empty"),
    ],
)
def test_a_table_that_cannot_be_paired_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_table(tmp_path, content)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.tsv", "ko\ten\n눈\tsnow\n".encode("utf-16"), "not UTF-8"),
        ("a.tsv", b"ko\ten\n\xed\x95\x9c\tx\n\xff\tx\n", "line 3: is not UTF-8"),
        ("a.tsv.xz", b"no such thing", "cannot be read"),
        ("a.tsv.gz", b"no such thing", "cannot be read"),
    ],
)
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=problem):
        testset.read_test_sets(tmp_path / name)


# --- parallel line files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["snow", "snow.ko"])
def test_line_files_are_found_by_the_beginning_of_their_name(tmp_path: Path, name: str) -> None:
    lines = {lang: "\n".join(texts) for lang, texts in (("ko", SOURCES), ("zh", CHINESE), ("en", ENGLISH))}
    write_lines(tmp_path, **lines, peer_two_en="Snow.\n\n", ko_note="x", v2_ko="다른 것\n")
    (found,) = testset.read_test_sets(tmp_path / name)
    peers = (testset.Peer("peer.two", "en", ("Snow.", "")),)
    assert found == testset.TestSet("snow", SOURCES, {"zh": CHINESE, "en": ENGLISH}, peers)


def test_an_empty_line_of_a_reference_is_a_missing_reference(tmp_path: Path) -> None:
    prefix = write_lines(tmp_path, ko="눈.\n비.\n바람.\n", en="Snow.\n\nWind.\n")
    (found,) = testset.read_test_sets(prefix)
    assert found.referenced("en") == [0, 2]
    assert found.referenced("zh") == []


def test_a_peer_in_a_language_without_references_is_left_aside(tmp_path: Path) -> None:
    (found,) = testset.read_test_sets(write_lines(tmp_path, ko="눈.\n", en="Snow.\n", peer_zh="雪。\n"))
    assert found.peers == ()


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"ko": "눈.\n비.\n", "en": "Snow.\n"}, "1 lines here and 2 in snow.ko"),
        ({"ko": "눈.\n", "en": "Snow.\n", "peer_en": "Snow.\nRain.\n"}, "snow.peer.en: there are 2 lines"),
        ({"ko": "눈.\n\n비.\n", "en": "Snow.\n\nRain.\n"}, "line 2: there is no Korean"),
        ({"ko": "눈.\n"}, "no reference translations"),
        ({"en": "Snow.\n"}, "there is no such test set"),
    ],
)
def test_line_files_that_cannot_be_paired_are_refused(tmp_path: Path, files: dict[str, str], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        testset.read_test_sets(write_lines(tmp_path, **files))


def test_trailing_empty_peer_lines_do_not_shift_anything(tmp_path: Path) -> None:
    prefix = write_lines(tmp_path, ko="눈.\n비.\n", en="Snow.\nRain.\n", peer_en="Snow.\n\n")
    assert testset.read_test_sets(prefix)[0].peers[0].outputs == ("Snow.", "")


# --- folders ----------------------------------------------------------------------------------------------------


def test_a_folder_gives_all_that_is_in_it_by_name(tmp_path: Path) -> None:
    write_lines(tmp_path, ko="눈.\n", en="Snow.\n")
    (tmp_path / "rain.tsv.gz").write_bytes(gzip.compress(b"ko\ten\n\xeb\xb9\x84.\tRain.\n"))
    (tmp_path / "notes.md").write_text("x", encoding="utf-8")
    assert [found.name for found in testset.read_test_sets(tmp_path)] == ["rain", "snow"]


@pytest.mark.parametrize("name", ["nothing", "nothing.tsv", "no/such/folder"])
def test_a_test_set_that_is_not_there_is_an_error_that_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"no such test set|cannot be read"):
        testset.read_test_sets(tmp_path / name)


def test_a_folder_without_test_sets_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no test set in this folder"):
        testset.read_test_sets(tmp_path)


def test_the_first_sentences_are_first_everywhere(tmp_path: Path) -> None:
    found = read_table(tmp_path, "ko\ten\tdocument\tpeer.en\n눈.\tSnow.\ta\tX\n비.\tRain.\tb\tY\n").first(1)
    assert found == testset.TestSet("snow", ("눈.",), {"en": ("Snow.",)}, (testset.Peer("peer", "en", ("X",)),), ("a",))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared test sets are not here")
def test_the_shared_test_sets_pair_up() -> None:
    found = {one.name: one for one in testset.read_test_sets(SHARED)}
    assert len(found["domain-dev"].sources) == 176
    assert {peer.name for peer in found["flores-dev"].peers} >= {"google", "nllb"}
