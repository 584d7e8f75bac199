# Two commands: `make run` builds the graph of seeds/ and shows how to look at it; `make test` runs the tests.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := run
.PHONY: run test lint format bench clean

.venv/run: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/dev: .venv/run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: .venv/run
	@$(BIN)/kg build seeds --out build
	@$(BIN)/kg view --output build/view.html
	@echo
	@echo "Look:  $(BIN)/kg serve build          (http://127.0.0.1:8000/), or open build/view.html in a browser"
	@echo "Ask:   $(BIN)/kg query              (lists the questions)"
	@echo "       $(BIN)/kg query exports-by-city --param city=忻州市"
	@echo "       $(BIN)/kg show 金宇科林"
	@echo "Take:  build/graph.ttl, or $(BIN)/kg export --to csv"

test: .venv/dev
	$(BIN)/python -m pytest

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/kg ontology --check

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev
	$(BIN)/python bench/reading.py $(CORPUS)
	$(BIN)/python bench/layout.py --scans 2

clean:
	rm -rf build dist .venv
