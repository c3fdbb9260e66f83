"""Fine-tuning from a workspace, end to end: what people approved goes in, and a worse model does not come out."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.article import Article, Bitext, Block, Segment, Translation, fingerprint
from pipeline.errors import SettingsError
from pipeline.marian import read_folder
from pipeline.store import save_bitext
from pipeline.testset import read_test_sets
from pipeline.train.__main__ import main
from pipeline.train.finetune import Tuning, fine_tune

TINY = ["--tokens", "400", "--pool", "64", "--threads", "1", "--device", "cpu", "--precision", "float32"]
LEARNS = [*TINY, "--updates", "80", "--rate", "1e-3", "--dropout", "0", "--average", "0.9"]


def approve(output: Path, name: str, pairs: list[tuple[str, str, str]]) -> None:
    segments = tuple(Segment(f"s{number}", korean) for number, (korean, _, _) in enumerate(pairs))
    translations = tuple(
        Translation(segment.id, lang, text, fingerprint(segment.text), state="approved")
        for segment, (_, zh, en) in zip(segments, pairs, strict=True)
        for lang, text in (("zh", zh), ("en", en))
    )
    save_bitext(output / name, Bitext(Article(name, (Block("b", "paragraph", segments),)), translations))


@pytest.fixture
def workspace(tmp_path: Path, trained: SimpleNamespace, toy: SimpleNamespace) -> Path:
    """Eight articles in which the desk says 开会 where the model says 召开了会议."""
    for place in toy.places:
        for half in (0, 1):
            pairs = [
                (
                    f"{time[0]} {place[0]}에서 회의를 열었다.",
                    f"{time[1]}{place[1]}开会。",
                    f"They met in {place[2]} {time[2]}.",
                )
                for time in toy.times[2 * half : 2 * half + 2]
            ]
            approve(tmp_path / "output", f"article-{place[2]}-{half}", pairs)
    shutil.copytree(trained.model, tmp_path / "models" / "default")
    shutil.copytree(toy.glossary, tmp_path / "glossary")
    (tmp_path / "daeyeok.yaml").write_text("model: models/default\n", encoding="utf-8")
    return tmp_path


def tune(workspace: Path, *more: str) -> int:
    return main(["fine-tune", str(workspace), "--to", str(workspace / "models" / "desk"), "--least", "10", *more])


def test_a_model_learns_what_the_desk_approved_and_its_gain_is_reported(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tune(workspace, *LEARNS) == 0
    said = capsys.readouterr().err
    assert "approved: 16 segments (16 zh, 16 en) of 8 articles" in said
    assert "held out to compare: 2 segments" in said
    assert "held-out.tsv ko-zh" in said
    model = workspace / "models" / "desk"
    assert read_folder(model).follows_hints
    assert "Begun from default. On articles held out (article-" in (model / "README.md").read_text(encoding="utf-8")
    assert not (workspace / "models/.training/fine-tune-desk/checkpoint.pt").exists()
    again = ["--replace", *TINY, "--updates", "2"]
    assert tune(workspace, *again) == 0  # from the beginning, not from where the last one ended


def test_what_was_held_out_is_a_test_set_and_was_not_trained_on(workspace: Path) -> None:
    assert tune(workspace, *TINY, "--updates", "1", "--anyway") == 0
    work = workspace / "models/.training/fine-tune-desk"
    (held,) = read_test_sets(work / "held-out.tsv")
    assert len(set(held.documents)) == 1
    plan = (work / "plan.json").read_text(encoding="utf-8")
    assert '"rows": 14' in plan


def test_a_worse_model_is_not_put_in_place_unless_it_is_wanted(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoils = [*TINY, "--updates", "20", "--rate", "0.1", "--average", "0"]
    assert tune(workspace, *spoils) == 1
    assert "not put in place: chrF is" in capsys.readouterr().err
    assert not (workspace / "models" / "desk").exists()
    assert tune(workspace, *spoils, "--anyway") == 0
    assert "going on after 20 updates" in capsys.readouterr().err  # nothing is trained twice
    assert (workspace / "models" / "desk" / "config.json").exists()


def test_too_little_is_refused_with_advice(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fine-tune", str(workspace), "--to", str(workspace / "models" / "desk")]) == 2
    assert "16 segments are approved, and 100 are needed" in capsys.readouterr().err
    for folder in sorted((workspace / "output").glob("article-*"))[1:]:
        shutil.rmtree(folder)
    assert main(["fine-tune", str(workspace), "--to", str(workspace / "models" / "desk"), "--least", "2"]) == 2
    assert "All approved segments are of one article" in capsys.readouterr().err


def test_a_model_that_is_there_is_not_written_over(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fine-tune", str(workspace), "--to", str(workspace / "models" / "default")]) == 2
    assert "is there already" in capsys.readouterr().err


def test_files_replay_and_further_sets_are_taken(
    workspace: Path, toy: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "dev.tsv").write_text("ko\ten\n봄에 도시에서 열었다.\tIt was held in spring.\n", encoding="utf-8")
    more = ["--approved", str(toy.tsv), "--replay", str(toy.tsv), "--dev", str(workspace / "dev.tsv")]
    assert tune(workspace, *more, *TINY, "--updates", "1", "--anyway") == 0
    said = capsys.readouterr().err
    assert "approved: 48 segments" in said
    assert "dev.tsv ko-en" in said
    assert "may forget" not in said


def test_more_approved_articles_begin_the_training_anew(workspace: Path) -> None:
    notes: list[str] = []
    tuning = Tuning(
        workspace / "output", workspace / "models/default", workspace / "models/desk", workspace / "work", least=10
    )

    def spoiled(course):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        return replace(course, updates=3, rate=0.5, tokens=400, pool=64, threads=1, average=0.0, precision="float32")

    assert fine_tune(tuning, notes.append, spoiled).model is None
    approve(workspace / "output", "another", [("봄에 단동에서 회의를 열었다.", "春天丹东开了会。", "They met.")] * 2)
    fine_tune(tuning, notes.append, spoiled)
    assert "what was approved has changed: the training begins anew" in notes


def test_a_workspace_without_anything_approved_is_refused(tmp_path: Path, trained: SimpleNamespace) -> None:
    with pytest.raises(SettingsError, match="0 segments are approved"):
        fine_tune(Tuning(tmp_path / "output", trained.model, tmp_path / "to", tmp_path / "work"), [].append)
