# `make` lists the targets. Everything is built into .venv and target; nothing else is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CARGO ?= cargo
export PATH := $(CURDIR)/$(BIN):$(PATH)
# The project's own environment is the one that tools look into.
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
unexport PYTHONHOME PYTHONPATH

SOURCES := $(shell find crates python/streamstats -name '*.rs' -o -name '*.toml' -o -name '*.pyi' 2>/dev/null) \
	Cargo.toml Cargo.lock pyproject.toml
CHECKED := python tests benches examples

.PHONY: help
help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("streamstats needs Python 3.11 or newer; say which with PYTHON=") if sys.version_info < (3, 11) else None'
	@command -v $(CARGO) > /dev/null || { echo "streamstats needs a Rust toolchain (1.88 or newer): https://rustup.rs" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The package, built with optimisation and installed so that the Python files are used in place.
$(VENV)/.built: $(BIN)/python requirements-build.txt $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-build.txt
	PIP_QUIET=1 $(BIN)/maturin develop --release --locked --quiet
	@touch $@

$(VENV)/.tools: $(VENV)/.built requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-test.txt
	@touch $@

.PHONY: build
build: $(VENV)/.built ## Build the package into .venv

.PHONY: demo
demo: $(VENV)/.built ## Build, and count examples/access.log
	$(BIN)/streamstats examples/access.log

.PHONY: test
test: check test-rust test-python ## Prove the whole: format, lint, types, tests

.PHONY: check
check: $(VENV)/.tools ## Format, lint, types, import law
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --quiet --profile quick --workspace --all-targets -- --deny warnings
	$(BIN)/ruff format --check --quiet $(CHECKED)
	$(BIN)/ruff check --quiet $(CHECKED)
	$(BIN)/mypy $(CHECKED)
	$(BIN)/python -m mypy.stubtest streamstats._core
	$(BIN)/lint-imports --no-cache

.PHONY: test-rust
test-rust: $(BIN)/python ## Tests of the core
	$(CARGO) test --locked --quiet --profile quick --package streamstats-core

# Those that are missing, where we may install them; else their tests are skipped, and say why.
.PHONY: servers
servers: ## Install the database servers that tests start
	@tests/install_servers.sh

.PHONY: test-python
test-python: $(VENV)/.tools servers ## Tests of the package and the command
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup --quiet

.PHONY: bench
bench: $(VENV)/.tools servers ## Measure beside other tools, and write docs/benchmarks*
	$(BIN)/python benches/run.py
	$${STREAMSTATS_BENCH:-.bench}/venv/bin/python benches/any_log.py > docs/benchmarks-any-log.md
	$(BIN)/python benches/compressed.py
	$${STREAMSTATS_BENCH:-.bench}/venv/bin/python benches/bounded.py
	$(BIN)/python benches/sample.py > docs/benchmarks-sample.md
	$(BIN)/python benches/live.py > docs/benchmarks-live.md
	$(CARGO) bench --locked --quiet --package streamstats-core --bench stamps > docs/benchmarks-stamps.txt

.PHONY: verdicts
verdicts: $(VENV)/.tools ## Measure the rules on logs with labels, and write docs/verdicts.md
	PYTHONPATH=tests $(BIN)/python benches/verdicts.py $${STREAMSTATS_CORPUS:-../shared/data} > docs/verdicts.md.new
	mv docs/verdicts.md.new docs/verdicts.md

.PHONY: fuzz
fuzz: ## Fuzz each target for FUZZ_SECONDS (60)
	fuzz/run.sh

.PHONY: soak
soak: $(VENV)/.tools servers ## The property tests many times over, and a stream without end
	PROPTEST_CASES=20000 $(CARGO) test --locked --quiet --release --package streamstats-core
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest --numprocesses 2 --dist loadgroup --quiet tests
	$(BIN)/python tests/soak_stream.py
	$(BIN)/python tests/soak_follow.py

.PHONY: format
format: $(VENV)/.tools ## Format all code
	$(CARGO) fmt --all
	$(BIN)/ruff format --quiet $(CHECKED)
	$(BIN)/ruff check --quiet --fix $(CHECKED)

.PHONY: reference
reference: $(VENV)/.built ## Write docs/reference.md from the flags
	$(BIN)/python -m streamstats.cli.reference docs/reference.md

.PHONY: clean
clean: ## Remove all that was built
	rm -rf $(VENV) target .bench fuzz/target
