"""What many tests share: a small workspace with a small glossary and the echo engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.summary import Summary
from pipeline.workspace import Workspace

GLOSSARY = """\
- ko: [심양, 선양]
  zh: 沈阳
  en: Shenyang
  kind: place
  domain: Liaoning
- ko: 료녕
  zh: 辽宁
  en: Liaoning
  kind: place
  domain: Liaoning
- ko: [고품질발전, 고품질 발전]
  zh: 高质量发展
  en: high-quality development
  kind: term
  domain: economy
"""

PORT = """\
심양에 새 물류기지 들어선다

발표시간: 2026-03-12 09:30:00
래원: 료녕신문

심양시는 올해 물류기지 3곳을 새로 건설한다. 시정부 책임자는 “고품질발전을 다그치겠다.”고 말했다.

새 기지는 림공경제구(临空经济区)에 자리잡는다. 총투자는 12억원에 달한다.
"""

RICE = """\
벼모내기 한창

료녕의 농민들은 벼모내기를 다그치고 있다. 올해 재배면적은 4만 5천헥타르이다.
"""


class Silent:
    """A reporter that keeps what it was told."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def start(self, articles: int, segments: int) -> None: ...

    def advance(self, segments: int) -> None: ...

    def note(self, message: str) -> None:
        self.notes.append(message)


Run = Callable[..., Summary]


@pytest.fixture
def run() -> Run:
    """One run on a workspace, opened afresh as the command line does: run(root, *files, dry_run=False)."""

    def run_once(root: Path, *files: Path, dry_run: bool = False) -> Summary:
        return Workspace.open(root).run(files, reporter=Silent(), dry_run=dry_run)

    return run_once


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The root of a workspace with two articles, not yet run."""
    for folder in ("input", "glossary", "models"):
        (tmp_path / folder).mkdir()
    (tmp_path / "daeyeok.yaml").write_text("engine: echo\n", encoding="utf-8")
    (tmp_path / "glossary" / "terms.yaml").write_text(GLOSSARY, encoding="utf-8")
    (tmp_path / "input" / "port.txt").write_text(PORT, encoding="utf-8")
    (tmp_path / "input" / "rice.txt").write_text(RICE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def tree() -> Callable[[Path], dict[str, bytes]]:
    """Every file below a folder but the index and the locks, which hold nothing of their own."""

    def read(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not (path.parent == folder and path.name.startswith("."))
        }

    return read
