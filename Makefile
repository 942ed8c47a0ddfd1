# Everything a fresh machine needs is Python >= 3.11, make and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
SRC ?=
DEMO_TREE := demo-tree
DEMO_LIBRARY := demo-library

.DEFAULT_GOAL := help
.PHONY: help setup browser demo test lint types contracts unit bench tables lock clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## Make the virtual environment from the lock file

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..." >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

browser: ## Install Debian's chromium when root and missing (else browser tests skip)
	@sh tools/install_browser.sh

demo: setup ## Build a library from real DICOM files, or from SRC=path/to/tree
	@if [ -n "$(SRC)" ]; then \
		$(BIN)/isocenter build "$(SRC)" -O $(DEMO_LIBRARY); code=$$?; \
	else \
		rm -rf $(DEMO_TREE) && $(BIN)/python tools/demo_tree.py $(DEMO_TREE) \
		&& $(BIN)/isocenter build $(DEMO_TREE) -O $(DEMO_LIBRARY); code=$$?; \
	fi; \
	if [ $$code -eq 1 ]; then echo "Some files could not be read whole: that is part of the demo."; \
	elif [ $$code -ne 0 ]; then exit $$code; fi; \
	echo "Open file://$(CURDIR)/$(DEMO_LIBRARY)/index.html"

test: setup browser lint types contracts unit ## Lint, types, contracts and all tests

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

unit: setup
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

bench: setup ## Run every benchmark and print the ratios
	@for script in benchmarks/bench_*.py; do $(BIN)/python $$script || exit 1; done

tables: setup ## Write src/isocenter/_tables anew
	$(BIN)/python tools/make_tables.py
	$(BIN)/python tools/make_modules.py

lock: setup ## Resolve requirements.lock anew from pyproject.toml
	$(BIN)/python -m pip install --quiet "pip-tools>=7.5,<8"
	$(BIN)/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe --no-strip-extras \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements.lock pyproject.toml

clean: ## Remove what the targets made
	rm -rf $(VENV) $(DEMO_TREE) $(DEMO_LIBRARY) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
