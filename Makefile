# make run, make test, make lint: nothing to remember. Needs Python 3.11 or newer, pip and make.
#   make run PORT=8001            another port        make run HOST=0.0.0.0   for the tablet at the bench
#   make test ARGS="-k neware"    some of the tests   make run VENV=/srv/env  an environment kept elsewhere

PYTHON ?= python3
VENV ?= .venv
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=

BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

# A stamp is named after the content of its lock, so that a touched file or another branch installs nothing again.
stamp = $(VENV)/.installed-$(1)-$(shell cksum < requirements/$(1).txt | tr ' ' '-')
BASE := $(call stamp,base)
DEV := $(call stamp,dev)
BIOLOGIC := $(call stamp,biologic)

# Without words of one's own, all tests, on all processors; the tests of one file stay together, the patient ones first.
ALL := -n auto --dist loadfile --no-loadscope-reorder

.PHONY: run test lint format bench lock biologic clean

run: $(BASE)
	@$(BIN)/python manage.py up --host $(HOST) --port $(PORT) $(ARGS)

test: $(DEV)
	@$(BIN)/python -m pytest $(or $(ARGS),$(ALL)) $(MORE)

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV)
	@$(BIN)/python -m benchmarks $(ARGS)

# The optional reader of BioLogic .mpr files (galvani, GPL-3).
biologic: $(BIOLOGIC)

lock: $(DEV)
	$(COMPILE) pyproject.toml --output-file requirements/base.txt
	$(COMPILE) pyproject.toml --extra biologic --output-file requirements/biologic.txt
	$(COMPILE) pyproject.toml --extra biologic --group dev --output-file requirements/dev.txt
	echo "uv>=0.13,<0.14" | $(COMPILE) --no-annotate - --output-file requirements/uv.txt

# Removes what the tools left; the environment and the data in var/ stay.
clean:
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path "./.venv/*" -prune -exec rm -rf {} +

$(VENV)/.installed-%:
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh requirements/install.sh $(firstword $(subst -, ,$*))
	@rm -f $(VENV)/.installed-$(firstword $(subst -, ,$*))-*
	@touch $@
