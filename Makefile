# Needs Python 3.11 to 3.13; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help demo serve test check bench clean

help:
	@echo "make demo    walk both vendors' lifecycles, then check the same server with the kit"
	@echo "make serve   run the sandbox on http://127.0.0.1:8080"
	@echo "make test    every check of the project"
	@echo "make check   the fast part of it: lint, types, arrows"
	@echo "make bench   speed against stock Connexion and bare Starlette"

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

test: check
	$(BIN)/python -m pytest -n auto

bench: $(INSTALLED)
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) build dist reports .mypy_cache .pytest_cache .ruff_cache .hypothesis
