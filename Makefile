# make demo   the main job on the sample issue, as a rehearsal, then the studio (ARGS=--once ends by itself)
# make test   all tests that finish in minutes; installs what they need
# make check  format, lint, types, layers

PY := .venv/bin/python
ARGS ?=
KILLS ?= 100
READERS ?= 5000
# Where it is set, every program that is started compiles every module again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo studio test test-all check bench storm install lock clean

demo: .venv/.run
	@$(PY) -m mailer demo $(ARGS)

studio: .venv/.run
	@$(PY) -m mailer studio $(ARGS)

install: .venv/.run

test: .venv/.dev system-test-packages
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow" $(ARGS)

test-all: .venv/.dev system-test-packages
	$(PY) -m pytest $(ARGS)

check: .venv/.dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports

# ARGS=delivering runs only that; ARGS="--quick delivering" measures less.
bench: .venv/.dev
	@sh tools/system-packages.sh smtp-source=postfix
	$(PY) -m bench $(ARGS)

# Sendings killed with -9 again and again; the last line says whether anything was lost or went twice.
# ARGS=--trouble=all runs the others too: the mail service killed, a worker frozen, the disk full, the record locked.
storm: .venv/.dev
	$(PY) -m tests.storm --kills $(KILLS) --readers $(READERS) $(ARGS)

# The lock files: pinned versions with hashes, for every platform.
lock: .venv/.dev
	$(PY) -m pip install -q uv
	$(PY) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	  --extra pdf pyproject.toml -o requirements.lock
	$(PY) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	  --extra pdf --group dev pyproject.toml -o requirements-dev.lock

# libatomic is what the Node.js inside Playwright's driver needs.
.PHONY: system-test-packages
system-test-packages:
	@sh tools/system-packages.sh chromium=chromium,fonts-noto-core smtp-sink=postfix openssl=openssl \
	  lib:libatomic.so.1=libatomic1 lib:libpangoft2-1.0.so.0=libpangoft2-1.0-0 \
	  lib:libharfbuzz-subset.so.0=libharfbuzz-subset0 soffice=libreoffice-writer-nogui

.venv/bin/python:
	@sh tools/make-venv.sh

.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the libraries of requirements.lock into .venv (once)"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@echo "Installing the libraries of requirements-dev.lock into .venv (once)"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv .mailer build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
