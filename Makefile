# `make demo` and `make test` work on a fresh machine with Python >= 3.11, git and make; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast bench lint lock reference clean

BIN := .venv/bin
# Tests that start `hotpass` or `dvc` by name find this environment's.
IN_ENV := PATH="$(CURDIR)/$(BIN):$$PATH"
PYTEST := $(IN_ENV) $(BIN)/python -m pytest -n 2 --dist worksteal
# make test ARGS="-k tags"
ARGS ?=

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## bring .venv to the pinned versions; HOTPASS_UV_EXTRAS chooses the extras
	@bash ops/uv_sync_extras.sh

demo: setup  ## the story of a dataset on made-up data, in a scratch repository
	@$(IN_ENV) $(BIN)/hotpass demo $(ARGS)

test: setup  ## every test
	$(PYTEST) $(ARGS)

test-fast: setup  ## every test that takes milliseconds
	$(PYTEST) -m "not slow" $(ARGS)

bench: setup  ## measure speed against the peers
	$(IN_ENV) $(BIN)/python -m benchmarks $(ARGS)

lint: setup  ## style, types, direction of imports, pins
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python ops/lock.py --check

lock:  ## resolve all extras afresh and write the versions to pyproject.toml
	@bash ops/uv.sh run --no-project ops/lock.py

reference: setup  ## write the pages under docs/reference/ that follow from the code
	$(BIN)/python ops/write_reference.py

clean:  ## remove the environment, uv's copy and all caches
	rm -rf .venv .uv uv.lock build dist/*.whl dist/*.tar.gz .pytest_cache .mypy_cache .ruff_cache \
	    .import_linter_cache .hypothesis
	find src tests benchmarks ops -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
