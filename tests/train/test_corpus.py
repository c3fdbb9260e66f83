"""Bilingual files become rows; what cannot be read is named with its line."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from pipeline.errors import InputError, SettingsError
from pipeline.train.corpus import corpus_digest, from_triples, read_dev, read_rows, read_texts
from pipeline.train.options import Corpus, Row

BRIDGE = Row("다리가 섰다.", "桥建成了。", "The bridge stands.")
WELL = Row("우물을 팠다.", "挖了井。", "")

TMX = """\
<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4"><header srclang="ko"/><body>
<tu><tuv xml:lang="ko-KR"><seg>다리가 <bpt i="1">&lt;b&gt;</bpt>섰다<ept i="1">&lt;/b&gt;</ept>.</seg></tuv>
<tuv xml:lang="zh-CN"><seg>桥<hi>建成</hi>了。</seg></tuv><tuv xml:lang="EN"><seg>The bridge stands.</seg></tuv></tu>
<tu><tuv xml:lang="ko"><seg>우물을 팠다.</seg></tuv><tuv xml:lang="zh-TW"><seg>挖了井。</seg></tuv>
<tuv xml:lang="zh-Hans"><seg>挖了井。</seg></tuv></tu>
<tu><tuv xml:lang="ko"><seg>짝이 없다.</seg></tuv></tu>
</body></tmx>
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_header_names_the_columns_in_any_order(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.tsv", "en\tko\tzh\nThe bridge stands.\t다리가  섰다.\t桥建成了。\n\t우물을 팠다.\t挖了井。\n"
    )
    assert list(read_rows(file)) == [BRIDGE, WELL]


def test_without_a_header_the_columns_are_ko_zh_en_and_a_source(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.tsv", "다리가 섰다.\t桥建成了。\tThe bridge stands.\tdesk\n우물을 팠다.\t挖了井。\t\tdesk\n"
    )
    assert list(read_rows(file)) == [BRIDGE, WELL]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_a_packed_file_reads_like_the_file(tmp_path: Path, suffix: str, pack: type) -> None:
    file = tmp_path / f"a.tsv{suffix}"
    file.write_bytes(pack("ko\tzh\n우물을 팠다.\t挖了井。\n".encode()))
    assert list(read_rows(file)) == [WELL]


def test_letters_that_come_apart_are_put_together(tmp_path: Path) -> None:
    file = write(tmp_path / "a.tsv", "ko\tzh\n\u110b\u116e물을 팠다.\t挖了井。\n")
    assert list(read_rows(file)) == [WELL]


def test_tmx_gives_its_text_without_codes_and_no_traditional_chinese(tmp_path: Path) -> None:
    assert list(read_rows(write(tmp_path / "a.tmx", TMX))) == [BRIDGE, WELL]


def test_tmx_resolves_no_entity(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", "비밀")
    text = TMX.replace("<tmx", f'<!DOCTYPE tmx [<!ENTITY e SYSTEM "{secret}">]><tmx').replace(
        "우물을 팠다.", "우물 &e;"
    )
    assert all("비밀" not in row.ko for row in read_rows(write(tmp_path / "a.tmx", text)))


def test_a_glossary_folder_gives_a_row_for_each_spelling(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", "- ko: [다리, 교량]\n  zh: 桥\n  en: bridge\n  kind: term\n  domain: d\n")
    assert list(read_rows(tmp_path)) == [Row("다리", "桥", "bridge"), Row("교량", "桥", "bridge")]


def test_triples_of_one_segment_come_together_and_the_last_one_counts() -> None:
    triples = [("다리", "zh", "挢"), ("다리", "en", "bridge"), ("다리", "zh", "桥")]
    assert from_triples(triples) == (Row("다리", "桥", "bridge"),)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("ko\tzh\n다리\t桥\tbridge\n".encode(), "line 2: there are 3 columns instead of 2"),
        ("ko\tzh\n다리 桥\n".encode(), "line 2: there are 1 columns"),
        ("다리\t桥\n".encode(), "line 1: 2 columns and no line that names them"),
        (b"ko\tzh\n\xb4\xd9\t\xb8\n", "line 2: is not UTF-8"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "a.tsv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=problem):
        list(read_rows(file))


@pytest.mark.parametrize("name", ["a.tsv.xz", "a.tsv.gz", "a.tmx"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=name):
        list(read_rows(write(tmp_path / name, "no archive and no TMX")))
    with pytest.raises(InputError, match="other"):
        list(read_rows(tmp_path / f"other-{name}"))


def test_parallel_files_make_a_validation_set(tmp_path: Path) -> None:
    write(tmp_path / "dev.ko", "다리가 섰다.\n우물을 팠다.\n")
    write(tmp_path / "dev.zh", "桥建成了。\n挖了井。\n")
    assert read_dev(tmp_path / "dev") == (Row(BRIDGE.ko, BRIDGE.zh), WELL)
    write(tmp_path / "dev.en", "One line only.\n")
    with pytest.raises(InputError, match="differ in their number of lines"):
        read_dev(tmp_path / "dev")
    with pytest.raises(SettingsError, match="no file and no prefix"):
        read_dev(tmp_path / "nothing")


def test_texts_are_the_first_column(tmp_path: Path) -> None:
    assert list(read_texts(write(tmp_path / "mono.tsv", "挖了井。\t2008\n\n桥。\n"))) == ["挖了井。", "桥。"]


def test_the_digest_follows_the_content_and_not_the_name(tmp_path: Path) -> None:
    first = write(tmp_path / "a.tsv", "ko\tzh\n다리\t桥\n")
    same = write(tmp_path / "b.tsv", "ko\tzh\n다리\t桥\n")
    other = write(tmp_path / "c.tsv", "ko\tzh\n우물\t井\n")
    digests = [corpus_digest(Corpus("x", (path,))) for path in (first, same, other)]
    assert digests[0] == digests[1] != digests[2]
