# Everything a developer types. `make` alone lists it.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
BASE_URL ?= http://127.0.0.1:$(PORT)
ORGANISER ?= korraldaja@example.org
PYTEST_ARGS ?= -n 3 --dist worksteal

# Service and tests start many processes. Where the environment asks Python to keep no
# compiled modules, each of them would compile the whole project anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes
PROJECT := koostoo/programme/data/kogemusvahetus.toml
TRANSLATIONS := koostoo/translations
CLIENTS := tests/calendars/clients
CATALOGUES := $(wildcard $(TRANSLATIONS)/*/LC_MESSAGES/*.po)

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# --- The service ------------------------------------------------------------

# A database that was never migrated gets the shipped project and the sample
# events. Later runs leave the data alone: what was removed stays removed.
.PHONY: run
run: export KOOSTOO_ENV := development
run: export PORT := $(PORT)
run: export BASE_URL := $(BASE_URL)
run: port-is-free .venv/installed .venv/messages ## start web and worker with sample events (PORT=8000)
	@known=$$($(BIN)/flask db current 2>/dev/null); \
	$(BIN)/flask db upgrade; \
	if [ -z "$$known" ]; then \
	  $(BIN)/flask project load $(PROJECT); \
	  $(BIN)/flask samples add; \
	fi; \
	link=$$($(BIN)/flask organiser invite $(ORGANISER) --print-link); \
	answers() { $(BIN)/python -c 'from urllib.request import urlopen as get; get("http://127.0.0.1:$(PORT)/healthz")' 2>/dev/null; }; \
	ready() { printf '\n  Koostöö is ready      %s\n  Sign in as organiser  %s\n                        (this link works once; Ctrl-C stops the service)\n\n' "$$BASE_URL" "$$link"; }; \
	(while kill -0 $$$$ 2>/dev/null; do if answers; then ready; break; fi; sleep 0.3; done) & \
	exec $(BIN)/honcho start

.PHONY: port-is-free
port-is-free:
	@if (exec 3<>/dev/tcp/127.0.0.1/$(PORT)) 2>/dev/null; then \
	  echo "Port $(PORT) is already in use: stop what listens there, or choose another one: make run PORT=$$(($(PORT) + 1))" >&2; \
	  exit 1; \
	fi

# --- Checks -----------------------------------------------------------------

.PHONY: test
test: .venv/installed-dev .venv/messages chromium clients ## run the tests (PYTEST_ARGS="-k seats")
	@if command -v chromium >/dev/null; then \
	  exec $(BIN)/pytest $(PYTEST_ARGS); \
	else \
	  exec $(BIN)/pytest -m "not browser and not hosts" $(PYTEST_ARGS); \
	fi

# The browser tests drive the system's Chromium. CI must have it.
.PHONY: chromium
chromium:
	@if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing Chromium for the browser tests."; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
	    apt-get -qq install --no-install-recommends chromium; } </dev/null >/dev/null || true; \
	fi; \
	if ! command -v chromium >/dev/null; then \
	  echo "The browser tests are left out: they need Chromium (on Debian: apt install chromium)."; \
	  [ -z "$${CI:-}" ]; \
	fi

# Two calendar readers of the tests come from npm; CI must have them.
.PHONY: clients
clients:
	@if [ $(CLIENTS)/node_modules/.package-lock.json -nt $(CLIENTS)/package-lock.json ]; then exit; fi; \
	if ! command -v npm >/dev/null || ! npm --prefix $(CLIENTS) ci --silent --ignore-scripts; then \
	  echo "The tests with ical.js and node-ical are left out: they need npm and what it installs."; \
	  [ -z "$${CI:-}" ]; \
	fi

.PHONY: lint
lint: .venv/installed-dev ## check style, types, imports and templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --lint --quiet templates
	@$(BIN)/python -m checks.audit

.PHONY: format
format: .venv/installed-dev ## lay out the Python code and sort its imports
	$(BIN)/ruff check --fix --select I
	$(BIN)/ruff format

# Needs root, iproute2, nginx and PostgreSQL, and leaves nothing behind.
.PHONY: hosts
hosts: .venv/installed-dev .venv/messages ## try several hosts for real: kill, cut off, upgrade (some minutes)
	$(BIN)/pytest -m hosts -s tests/hosts $(HOSTS_ARGS)

.PHONY: bench
bench: .venv/installed-dev .venv/messages ## measure the service, keep the results (BENCH_ARGS="--only desk")
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

# --- Upkeep -----------------------------------------------------------------

.PHONY: messages
messages: .venv/installed ## collect the texts, update and compile the translations
	$(BIN)/pybabel -q extract -F pyproject.toml -k lazy_gettext -k _l -k N_ --no-location --sort-output --no-wrap \
	  --project=Koostoo -o $(TRANSLATIONS)/messages.pot .
	$(BIN)/pybabel -q update -i $(TRANSLATIONS)/messages.pot -d $(TRANSLATIONS) \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	$(BIN)/pybabel -q compile -d $(TRANSLATIONS) --statistics

.PHONY: snapshots
snapshots: .venv/installed-dev .venv/messages ## write the letters in tests/notices/snapshots anew
	RENEW_SNAPSHOTS=1 $(BIN)/pytest -q tests/notices/test_snapshots.py

.PHONY: licences
licences: .venv/installed-dev ## write docs/licences.md: the licence of each library
	$(BIN)/python -m checks.licences

.PHONY: screenshots
screenshots: .venv/installed-dev .venv/messages ## make the pictures of the documentation
	$(BIN)/python -m docs.screenshots

.PHONY: requirements
requirements: ## pin the newest libraries, with hashes (needs uv)
	@command -v uv >/dev/null || { echo "This needs uv: pip install uv" >&2; exit 1; }
	for name in requirements requirements-dev; do \
	  uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	    $$name.in --output-file $$name.txt; \
	done

.PHONY: clean
clean: ## remove everything that can be made again (instance/ stays)
	rm -rf $(CLIENTS)/node_modules .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find $(TRANSLATIONS) -name '*.mo' -delete

# --- What the above stands on -----------------------------------------------

.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Koostöö needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing (on Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing what Koostöö needs into .venv; the first time takes a minute."
	@$(PYTHON) -m venv .venv
	@$(PIP) -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@$(PIP) -r requirements-dev.txt
	@touch $@

.venv/messages: $(CATALOGUES) .venv/installed
	@if [ -n "$(CATALOGUES)" ]; then $(BIN)/pybabel -q compile -d $(TRANSLATIONS); fi
	@touch $@
