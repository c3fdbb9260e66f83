# make run    set up and process input/ with the default model
# make test   set up and pass the tests
# make check  format, lint, types, tests
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint check bench clean

run: .venv/.ready
	$(BIN)/daeyeok run

test: .venv/.ready
	$(BIN)/pytest

lint: .venv/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test

bench: .venv/.ready
	$(BIN)/python benchmarks/run.py

# Made again when what it installs changes. Python 3.11 or newer.
.venv/.ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Daeyeok needs Python 3.11 or newer; name one with: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv output/.index.sqlite* models/.cache .mypy_cache .pytest_cache .ruff_cache
