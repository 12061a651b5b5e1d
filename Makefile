# `make demo` and `make test` do all set-up themselves; they need Python 3.11 with pip, and make.

PYTHON ?= python3.11
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test chromium postgresql clean

demo: .venv/installed
	$(BIN)/casewright train demo
	$(BIN)/casewright case run --bundle runs/demo/bundle --received 2026-03-10 \
		--assume-confirmed --assume-decision verlenen docs/demo/aanvraag.txt

test: .venv/installed-dev .venv/label-studio/installed chromium postgresql
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q

.venv/bin/python:
	$(PYTHON) -m venv .venv

# torch first and by itself, so that a build chosen by the machine's pip settings stays.
.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) torch
	$(PIP) --editable .
	touch $@

.venv/installed-dev: .venv/installed
	$(PIP) --editable ".[dev]"
	touch $@

# Label Studio runs in an environment of its own; its dependencies conflict with ours.
.venv/label-studio/installed: finetune/annotate/server-constraints.txt | .venv/installed-dev
	CASEWRIGHT_LABEL_STUDIO=$(CURDIR)/.venv/label-studio $(BIN)/python -m finetune.annotate.environment
	touch $@

# The browser of the tests.
chromium:
	@command -v chromium > /dev/null || { apt-get -qq update && apt-get -qq install --no-install-recommends chromium; }

# The database of the tests; they start a server of their own.
postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || command -v initdb > /dev/null || { \
		apt-get -qq update && apt-get -qq install --no-install-recommends postgresql; }

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
