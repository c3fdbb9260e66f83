"""What the main job costs: `make bench`, by hand, on a quiet machine. Figures go to docs/benchmarks.md with the date.

    python benchmarks/run.py [--articles 100] [--unchanged 1000] [--engine ctranslate2]

1. one article end to end, as a process: seconds, peak memory (start, reading, engine, checks, documents);
2. many articles in one process: the share of everything that is not the engine;
3. a second run over unchanged articles: seconds, and that no model was loaded.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline.cli import ProgressLines
from pipeline.engines import Effort, Engine, Hypothesis, Request
from pipeline.workspace import Workspace

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT.parent / "shared" / "samples" / "liaoning-2022-09-22.txt"


class TimedEngine:
    """An engine that knows how long it worked."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.signature, self.seconds, self.requests = engine, engine.signature, 0.0, 0

    def fits(self, request: Request) -> bool:
        return self._engine.fits(request)

    def translate(self, requests: Sequence[Request], effort: Effort = "usual") -> list[Hypothesis]:
        begun = time.perf_counter()
        try:
            return self._engine.translate(requests, effort)
        finally:
            self.seconds += time.perf_counter() - begun
            self.requests += len(requests)


def workspace(folder: Path, engine: str) -> Path:
    """A workspace of its own with our glossary and model, and an empty input/."""
    for name in ("input", "models"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(ROOT / "glossary", folder / "glossary")
    (folder / "models" / "default").symlink_to(ROOT / "models" / "default")
    (folder / "models" / ".cache").symlink_to(ROOT / "models" / ".cache")
    (folder / "daeyeok.yaml").write_text(f"engine: {engine}\n", encoding="utf-8")
    return folder


def one_article(folder: Path, engine: str) -> None:
    """Seconds and peak memory of the whole process for one article."""
    root = workspace(folder, engine)
    article = SAMPLE if SAMPLE.exists() else next((ROOT / "input").glob("*.txt"))
    shutil.copy(article, root / "input")
    begun = time.perf_counter()
    command = [sys.executable, "-m", "pipeline", "--workspace", str(root), "run", "--quiet"]
    print(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"one article ({article.name}): {time.perf_counter() - begun:.1f} s, peak memory {peak:.0f} MiB\n")


def engine_share(folder: Path, engine: str, articles: int) -> None:
    """How much of a run is not the engine."""
    root = workspace(folder, engine)
    text = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "input").glob("dandong*.txt")))
    for number in range(articles):  # every sentence differs, so that the engine answers each
        changed = text.replace(".", f" {number}차.")
        (root / "input" / f"a{number}.txt").write_text(changed, encoding="utf-8")
    opened = Workspace.open(root)
    begun = time.perf_counter()
    timed = TimedEngine(opened.engine)
    timed.fits(Request("심양", "zh"))  # load the model now: it is the engine's
    timed.seconds = time.perf_counter() - begun
    opened.__dict__["engine"] = timed
    with ProgressLines(quiet=True) as reporter:
        summary = opened.run(reporter=reporter)
    total = time.perf_counter() - begun
    rest = total - timed.seconds
    print(f"{articles} articles, {summary.translated} segments × languages, {timed.requests} requests to the engine")
    print(f"total {total:.1f} s, engine {timed.seconds:.1f} s, everything else {rest:.1f} s = {rest / total:.1%}\n")


def second_run(folder: Path, engine: str, articles: int) -> None:
    """A run with nothing to do."""
    root = workspace(folder, engine)
    texts = [path.read_bytes() for path in sorted((ROOT / "input").iterdir()) if path.suffix == ".txt"]
    for number in range(articles):
        (root / "input" / f"a{number}.txt").write_bytes(texts[number % len(texts)])
    command = [sys.executable, "-X", "importtime", "-m", "pipeline", "--workspace", str(root), "run", "--quiet"]
    subprocess.run(command, check=True, capture_output=True)
    begun = time.perf_counter()
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - begun
    loaded = [name for name in ("ctranslate2", "torch", "transformers") if f"| {name}\n" in ended.stderr]
    print(ended.stdout)
    print(f"second run over {articles} unchanged articles: {seconds:.2f} s, models loaded: {loaded or 'none'}\n")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=100)
    options.add_argument("--unchanged", type=int, default=1000)
    options.add_argument("--engine", default="ctranslate2")
    chosen = options.parse_args()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    (ROOT / "models" / ".cache").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        one_article(Path(folder) / "one", chosen.engine)
        if chosen.unchanged:
            second_run(Path(folder) / "second", chosen.engine, chosen.unchanged)
        if chosen.articles:
            engine_share(Path(folder) / "share", chosen.engine, chosen.articles)


if __name__ == "__main__":
    main()
