# Two commands do all the set-up: `make app` and `make test`.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: app test setup setup-dev lint bench pins clean

app: setup  ## open the demo project in the browser
	$(BIN)/gridplan app

test: setup-dev lint  ## everything that must hold
	$(BIN)/pytest -n 2 --dist loadfile

setup: $(VENV)/.warm

setup-dev: $(VENV)/.installed-dev $(VENV)/.warm

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

# Kernels are compiled again after every change to a package that holds some.
$(VENV)/.warm: $(VENV)/.installed $(wildcard geo/*.py geo/*/*.py optimize/*.py optimize/*/*.py)
	$(BIN)/python -m scenarios.warm
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/gridplan bench

pins: setup-dev  ## compile the hashed pins afresh, without download addresses
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml requirements-build.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml requirements-build.in -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) build *.egg-info
