"""The main job, with the model that we ship, on a machine where every touch of a socket is an error."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The audit hook sees every use of a socket in the interpreter, whichever library makes it.
PROGRAM = """
import sys

def forbid(event, arguments):
    if event.startswith("socket."):
        raise SystemExit(f"the network was touched: {event} {arguments}")

sys.addaudithook(forbid)
from pipeline.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_the_main_job_runs_with_sockets_forbidden(workspace: Path) -> None:
    (workspace / "daeyeok.yaml").write_text("engine: ctranslate2\nbeam: 1\n", encoding="utf-8")
    (workspace / "models" / "default").symlink_to(ROOT / "models" / "default")
    for path in (workspace / "input").iterdir():
        path.unlink()
    (workspace / "input" / "short.txt").write_text("심양 소식\n\n심양은 료녕에 있다.\n", encoding="utf-8")
    command = [sys.executable, "-c", PROGRAM, "--workspace", str(workspace), "run", "--json", "--quiet"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["translated"] == 4
    shutil.rmtree(workspace / "models" / ".cache")


def test_the_hook_of_this_test_does_forbid() -> None:
    program = PROGRAM.replace("from pipeline.cli import main", "import socket; main = lambda _: socket.socket()")
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "the network was touched" in ended.stderr
