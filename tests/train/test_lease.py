"""All stages on a lent machine, at a tiny size: in several calls, and with the machine lost between them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.errors import SettingsError
from pipeline.marian import read_folder
from pipeline.train import lease as lease_module
from pipeline.train.__main__ import main
from pipeline.train.lease import Lease, carry_out
from pipeline.train.options import Corpus, Course
from pipeline.train.parcel import join, pack
from pipeline.train.plan import read_plan
from pipeline.train.prepare import prepare

MONO = "昨天沈阳召开了会议。\n夜里大连召开了大会。\n春天营口召开了会议。\n"
DIRECTIONS = ("ko-zh", "ko-en", "zh-ko", "en-ko")
FORBIDDEN = "ahocorasick", "ctranslate2", "jinja2", "lxml", "opencc", "rich", "ruamel", "sacrebleu"
SECOND = 1 / 60


@pytest.fixture
def course(toy: SimpleNamespace) -> Course:
    return replace(toy.course, updates=None, warmup=2, report_seconds=60)


@pytest.fixture
def lent(toy: SimpleNamespace) -> Lease:
    """A work folder of two corpora in four directions, with a validation set, and texts to translate back."""
    (toy.root / "dev.tsv").write_text("ko\tzh\ten\n봄에 열었다.\t春天召开。\tIt was in spring.\n", encoding="utf-8")
    (toy.root / "mono.txt").write_text(MONO, encoding="utf-8")
    corpora = (*toy.preparation.corpora, Corpus("desk", (toy.tsv,), weight=2.0))
    more = (Corpus("zhen", (toy.tsv,), directions=("zh-en",)),)
    prepare(
        replace(toy.preparation, corpora=corpora + more, directions=DIRECTIONS, dev=(toy.root / "dev.tsv",)), [].append
    )
    return Lease(
        toy.preparation.work, toy.root / "results", 4 * SECOND, 5.0, texts=toy.root / "mono.txt", last=("desk",)
    )


def pieces(folder: Path) -> list[str]:
    return sorted({file.name.split("-")[0] for file in folder.glob("*-of-*")})


def test_one_call_does_all_stages_and_its_parcels_hold_the_model(lent: Lease, course: Course) -> None:
    notes: list[str] = []
    assert carry_out(lent, course, notes.append)
    assert [note.split(",")[0] for note in notes if note.startswith("===")] == [
        "=== both",
        "=== back.tsv",
        "=== forward",
        "=== final",
    ]
    assert pieces(lent.to) == ["back", "final"]  # what a later model makes needless is not carried home
    join(lent.to, lent.work.parent / "home")
    assert read_folder(lent.work.parent / "home" / "final").follows_hints
    assert (lent.work.parent / "home" / "back.tsv").read_text(encoding="utf-8").count("back-translation") == 3


def test_later_stages_have_the_directions_of_the_product_and_their_parts_add_up(
    lent: Lease, toy: SimpleNamespace, course: Course
) -> None:
    made = [f"{korean}\t{chinese}\t\t" for korean, chinese, _ in (line.split("\t") for line in toy.lines[:3])]
    (lent.work / "back.tsv").write_text("ko\tzh\ten\tsource\n" + "\n".join(made) + "\n", encoding="utf-8")
    carry_out(replace(lent, back_part=0.4), course, [].append)
    forward = read_plan(lent.work / "forward-work")
    assert forward.directions == ("ko-zh", "ko-en")
    assert [entry.name for entry in forward.entries] == ["toy", "desk", "back-translations"]
    assert [entry.part for entry in forward.entries] == pytest.approx([0.2, 0.4, 0.4])
    assert [entry.only for entry in forward.entries] == [("ko-zh", "ko-en"), ("ko-zh", "ko-en"), ()]
    assert forward.entries[2].is_tagged
    final = read_plan(lent.work / "final-work")
    assert [(entry.name, entry.part) for entry in final.entries] == [("desk", 1.0)]
    assert final.start != forward.start != ""


def test_a_call_without_time_left_ends_and_the_next_goes_on(
    lent: Lease, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []
    short = replace(lent, call_minutes=0.8 * SECOND, minutes=40 * SECOND)
    assert not carry_out(short, course, notes.append)  # 0.8 seconds of the 16 for the first stage
    assert pieces(lent.to) == ["both"]
    assert (lent.work / "both-so-far" / "config.json").is_file()
    assert not (lent.work / "both").exists()
    assert not carry_out(short, course, notes.append)
    assert any(note.startswith("going on after") for note in notes)
    assert carry_out(lent, course, notes.append)


def test_another_machine_goes_on_with_the_parcels_alone(
    lent: Lease, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack("work", lent.work, ["."], lent.to.parent / "carried", 0.01)
    first = replace(lent, have=(lent.to.parent / "carried",), work=lent.work.parent / "one", to=lent.to / "one")

    def no_more(*arguments: object) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(lease_module, "_forward_work", no_more)
        with pytest.raises(KeyboardInterrupt):
            carry_out(first, course, [].append)
    assert pieces(lent.to / "one") == ["back", "both"]
    shutil.rmtree(first.work)
    notes: list[str] = []
    second = replace(first, have=(*first.have, lent.to / "one"), work=lent.work.parent / "two", to=lent.to / "two")
    assert carry_out(second, course, notes.append)
    assert not any("=== both" in note or "=== back" in note for note in notes)
    assert pieces(lent.to / "two") == ["final"]


def test_without_texts_and_last_corpora_the_minutes_go_to_the_others(lent: Lease, course: Course) -> None:
    notes: list[str] = []
    assert carry_out(replace(lent, texts=None, last=()), course, notes.append)
    assert pieces(lent.to) == ["forward"]
    assert [entry.name for entry in read_plan(lent.work / "forward-work").entries] == ["toy", "desk"]


def test_a_lease_needs_few_packages(lent: Lease) -> None:
    """The machine has torch and friends: not even sacrebleu."""
    code = (
        "import sys\n"
        f"for name in {FORBIDDEN!r}: sys.modules[name] = None\n"
        "from pipeline.train.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    size = ["--width", "64", "--inner", "128", "--encoder-layers", "1", "--decoder-layers", "1", "--heads", "4"]
    short = ["--minutes", "0.05", "--call-minutes", "5", "--tokens", "400", "--pool", "64", "--threads", "1"]
    texts = ["--texts", str(lent.texts), "--last", "desk", "--device", "cpu", "--fast", "--weights", "bfloat16"]
    command = [sys.executable, "-c", code, "lease", str(lent.work), "--to", str(lent.to), *texts, *short, *size]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0, done.stderr
    assert pieces(lent.to) == ["back", "final"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"last": ("nothing",)}, "--last nothing: prepared were desk, toy, zhen"),
        ({"texts": Path("nothing.txt")}, "--texts nothing.txt: no such file"),
        ({"lang": "ru"}, "was not prepared for ru-ko"),
    ],
)
def test_what_would_stop_a_later_stage_is_said_at_once(
    lent: Lease, course: Course, changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(SettingsError, match=problem):
        carry_out(replace(lent, **changes), course, [].append)  # type: ignore[arg-type]
    assert not (lent.work / "both").exists()


def test_a_lease_without_an_end_is_refused(lent: Lease, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lease", str(lent.work), "--to", str(lent.to), "--call-minutes", "9"]) == 2
    assert "The lease has no end" in capsys.readouterr().err


def test_a_folder_is_packed_and_joined_from_the_command_line(lent: Lease) -> None:
    home = lent.work.parent / "home"
    assert main(["pack", str(lent.work), "--to", str(lent.to), "--parts", "0.01"]) == 0
    assert main(["join", str(lent.to), "--to", str(home)]) == 0
    assert read_plan(home) == read_plan(lent.work)
