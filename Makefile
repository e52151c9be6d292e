# Two commands are all a newcomer needs: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# make soak SOAK='--minutes 6'; make fuzz CASES=1000000: cases of all parsers together.
SOAK ?=
CASES ?= 120000

.PHONY: demo test check bench fidelity faults soak fuzz law gate-study compat install chromium clean

demo: install
	@echo "Driving the reference app for half a minute: synthetic cameras at a real server, both on this machine."
	@$(BIN)/gradio-bench run

test: install chromium
	$(BIN)/python -m pytest

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install
	$(BIN)/python -m pytest tests/benchmarks --benchmark-enable --benchmark-only
	$(BIN)/python -m bench.performance

fidelity: install chromium
	$(BIN)/python -m bench.fidelity

faults: install
	$(BIN)/python -m bench.faults --page docs/faults.md

soak: install
	$(BIN)/python -m bench.faults.soak $(SOAK)

fuzz: install
	$(BIN)/python -m pytest tests/fuzz --fuzz-cases $(CASES)

law: install
	$(BIN)/python tools/law_check.py

gate-study: install
	$(BIN)/python tools/gate_study.py

compat: install
	$(BIN)/python tools/compat.py

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@echo "Installing into $(VENV): some minutes the first time, none later."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

chromium:
	sh tools/chromium.sh $(BIN)

clean:
	rm -rf $(VENV) build dist *.egg-info
