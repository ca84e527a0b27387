# Two commands matter: `make demo` and `make test`. Both set up what they need on a bare Debian 12.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
PYTHON := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: help demo test lint fmt type unit parity golden r-fixtures bench zoo docs vectors wheel tools browser clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): setup.cfg pyproject.toml
	scripts/setup-python $(VENV)
	@touch $@

tools:
	scripts/setup-tools java cpp

browser:
	scripts/setup-tools browser

demo: $(READY) tools  ## Train a model on the penguins, convert it, prove it in Python, Java and C++
	scripts/demo $(VENV)

test: $(READY) tools browser  ## Set up everything and run the whole suite
	scripts/test $(VENV)

lint: $(READY)  ## Style and import rules
	$(VENV)/bin/ruff check converter tests fixtures benchmarks
	$(VENV)/bin/ruff format --check converter tests fixtures benchmarks
	$(VENV)/bin/lint-imports

fmt: $(READY)  ## Format the Python files
	$(VENV)/bin/ruff format converter tests fixtures benchmarks
	$(VENV)/bin/ruff check --fix converter tests fixtures benchmarks

type: $(READY)  ## Types, strictly
	$(VENV)/bin/mypy

unit: $(READY)  ## Tests that need no toolchain
	$(PYTHON) -m pytest -q tests/unit tests/arch

parity: $(READY) tools  ## Recipes against targets
	$(PYTHON) -m pytest -q tests/parity

golden: $(READY)  ## Write the golden files anew; review the diff
	$(PYTHON) -m pytest -q tests/golden tests/compat --golden

r-fixtures: $(READY)  ## Fit the recipes of R anew and record what R predicts; needs R, and should change nothing
	$(PYTHON) -m fixtures.recipes.r.record

bench: $(READY) tools  ## Conversion time, coverage, and latency of every target
	$(PYTHON) -m benchmarks.convert.bench
	$(PYTHON) -m benchmarks.latency.bench
	$(PYTHON) -m benchmarks.trees.bench
	$(PYTHON) -m benchmarks.rds.bench
	$(PYTHON) -m benchmarks.tflite_kernels.bench
	$(PYTHON) -m benchmarks.coverage.bench
	$(PYTHON) -m benchmarks.large.bench

zoo: $(READY)  ## Convert and prove nets at their usual sizes; writes docs/zoo.md (an idle machine, an hour or more)
	$(PYTHON) -m benchmarks.zoo.bench --write docs/zoo.md

vectors: $(READY)  ## Prove every recipe and count the vectors of the support table (minutes)
	$(PYTHON) -m docs.count_vectors

docs: $(READY)  ## Write the support table of README.md and the schema of contracts anew
	$(PYTHON) -m docs.support_table
	$(PYTHON) docs/contract_schema.py

wheel: $(READY)  ## Build the wheel into dist/
	$(PYTHON) -m build --no-isolation --wheel --outdir dist .

clean:  ## Remove what was built here (not the virtual environment)
	rm -rf build dist converter/*.egg-info
