# The commands of the project. `make help` lists them; each installs what it needs first.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Two cores are what CI has.
WORKERS ?= 2
# Of make torture.
SEED ?= 1
MINUTES ?= 5

.DEFAULT_GOAL := help
.PHONY: help demo test torture mutate bench serve platform check types install needs clean

help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install ## the whole story against real HTTP, each step with its evidence
	@$(PY) -m service.local demo

test: install ## all tests
	@$(PY) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder

torture: install ## random users while everything breaks: make torture SEED=17 MINUTES=120; then the long forms of the suites
	@$(PY) -m tests.faults.torture --seed $(SEED) --minutes $(MINUTES)
	@TORTURE=full $(PY) -m pytest -v tests/faults tests/canary tests/local/test_demo.py tests/database/lists/test_import_commit.py

mutate: install ## weaken the database by one step after the other and see which test notices; writes the results (most of an hour)
	@nice $(PY) -m tests.mutation --keep

bench: install ## measure the service against a bare route, and the records; ratios in one run (half an hour; leave the machine alone)
	@$(PY) -m tests.bench

serve: install ## local platform and service on 127.0.0.1:8000, until Ctrl-C
	@$(PY) -m service.local serve

platform: install ## local platform alone; writes .local/env; until Ctrl-C
	@$(PY) -m service.local platform

check: install ## format, lint, types, layer contract, SQL lint, Supabase advisors, TypeScript types
	@$(PY) -m service.local check

types: install ## supabase/types.ts for frontends, made from the migrations
	@$(PY) -m service.local types

install: needs $(VENV)/.installed node_modules/.installed ## virtual environment and npm tools, pinned

needs:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is missing. Install it: sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Install one and run: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. Install it: sudo apt-get install python3-venv" >&2; exit 1; }
	@test -e /usr/share/zoneinfo/UTC || { echo "Time zone data is missing. Install it: sudo apt-get install tzdata" >&2; exit 1; }

$(VENV)/.installed: requirements.txt requirements-dev.txt constraints.txt
	@echo "Installing Python packages into $(VENV) (about a minute) ..."
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

node_modules/.installed: package.json package-lock.json $(VENV)/.installed
	@echo "Installing npm tools into node_modules ..."
	@# Not "npm ci": it refuses a lock that does not name the binaries of every platform. Versions and hashes are the lock's.
	@$(PY) -m service.local.node npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

clean: ## remove everything that the commands above made here
	@rm -rf $(VENV) node_modules .local
