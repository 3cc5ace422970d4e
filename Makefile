# `make run` opens the app, `make test` tests it; both set up .venv first. Nothing is installed outside this folder,
# except Chromium and a Chinese font for the browser tests where neither is there.

PYTHON = python3
HOST = 127.0.0.1
PORT = 8501
FLAGS =
PYTEST =
WORKERS = 2
WALK =
SEED = 1
WALKS = 20

VENV = .venv
RUNS = $(VENV)/bin/python
INSTALL = $(RUNS) -m pip install --quiet --no-input --disable-pip-version-check
# A file of tests stays with one worker; in which order, tests/conftest.py says.
# A worker that is lost has hung (pyproject.toml says after how long): the run ends there, as that test would hang again.
RUN_TESTS = $(RUNS) -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0
WITH_NODE = PATH="$(CURDIR)/$(VENV)/bin:$$PATH"

.PHONY: help setup run test test-all check bench browser monkey screenshot rates wheel docker pins clean

help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/ready ## make .venv with all that the app needs

run: $(VENV)/ready ## open the app (PORT=8600 for another port, HOST=0.0.0.0 for the whole network)
	@if [ "$$(uname)" = Darwin ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		tries=0; while [ $$tries -lt 60 ] && sleep 1 && kill -0 $$$$ 2>/dev/null; do tries=$$((tries + 1)); \
			if $(RUNS) -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:$(PORT)/_stcore/health")' 2>/dev/null; \
			then $(RUNS) -m webbrowser -t http://127.0.0.1:$(PORT) >/dev/null 2>&1; break; fi; \
		done & \
	fi; \
	exec $(RUNS) -m streamlit run app.py --server.headless true \
		--server.address $(HOST) --server.port $(PORT) --browser.serverAddress 127.0.0.1 $(FLAGS)

# A lint that fails must not hide what the tests say: all run, then the worst of them counts.
test: $(VENV)/ready-dev browser ## lint, types and the quick tests, minutes (PYTEST='-k links' for a few)
	@failed=; \
	$(MAKE) --no-print-directory check || failed=yes; \
	$(RUN_TESTS) $(PYTEST) || failed=yes; \
	if [ -n "$$failed" ]; then echo 'make test: something above failed (lint, types or tests).' >&2; exit 1; fi

test-all: $(VENV)/ready-torch browser ## the long tests, which make test leaves out; they need PyTorch
	@$(RUN_TESTS) -m long $(PYTEST)

check: $(VENV)/ready-dev $(VENV)/ready-js ## lint, format and types
	@failed=; \
	$(RUNS) -m ruff check . || failed=yes; \
	$(RUNS) -m ruff format --check . || failed=yes; \
	$(RUNS) -m mypy || failed=yes; \
	$(WITH_NODE) npm run --silent check || failed=yes; \
	[ -z "$$failed" ]

bench: $(VENV)/ready-dev browser ## measure speed, side by side with plain loops
	@$(RUNS) benchmarks/run.py

browser: $(VENV)/ready-dev
	@$(RUNS) tests/browser/browser.py

monkey: $(VENV)/ready-dev browser ## walk at random through the page (SEED=1 WALKS=20; WALK='…' replays one)
	@PYTHONPATH=tests:tests/browser $(RUNS) -m monkey --seed $(SEED) --walks $(WALKS) --walk '$(WALK)' $(FLAGS)

screenshot: $(VENV)/ready-dev browser ## draw the README's picture from the app
	@$(RUNS) tests/browser/screenshot.py docs/race.png

rates: $(VENV)/ready ## write the learning rates that suit each optimizer into surfaces/
	@$(RUNS) -m optviz.cli rates --write

wheel: $(VENV)/ready-dev ## build dist/optviz-….whl
	@$(RUNS) -m build --wheel --no-isolation

docker: ## build the container image optviz
	docker build -t optviz .

# The newest releases that pyproject.toml allows, in a clean environment: first the app's, then what the tests need.
pins: ## write requirements.txt and requirements-dev.txt anew
	@rm -rf build/pins && mkdir -p build && $(PYTHON) -m venv build/pins
	@build/pins/bin/python -m pip install --quiet --no-input --upgrade pip
	@build/pins/bin/python -m pip install --quiet --no-input .
	@{ sed -n 1p requirements.txt; build/pins/bin/python -m pip freeze --exclude optviz; } > build/app.txt
	@build/pins/bin/python -m pip install --quiet --no-input --group dev
	@{ sed -n 1,2p requirements-dev.txt; build/pins/bin/python -m pip freeze --exclude optviz | grep -vxFf build/app.txt; } > build/dev.txt
	@mv build/app.txt requirements.txt && mv build/dev.txt requirements-dev.txt && rm -rf build/pins

clean: ## remove .venv and everything else that was made
	rm -rf $(VENV) node_modules build dist .pytest_cache .mypy_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'optviz needs Python 3.11 or newer as $(PYTHON); name another one with PYTHON=python3.12 after make.' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'optviz needs the venv module of $(PYTHON): install it (Debian and Ubuntu: apt-get install python3-venv).' >&2; exit 1; }
	@$(RUNS) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@echo 'Installing what the app needs into $(VENV): about a minute, once.'
	@$(INSTALL) -r requirements.txt
	@$(INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	@echo 'Installing what the tests need into $(VENV): a minute, once.'
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

$(VENV)/ready-torch: requirements-torch.txt $(VENV)/ready-dev
	@echo 'Installing PyTorch into $(VENV) for the long tests: a minute, once.'
	@$(INSTALL) --no-deps --retries 0 -r requirements-torch.txt
	@touch $@

# TypeScript and ESLint, which check the stage's modules; nothing of them is served. The machine's npm, or that of a wheel.
$(VENV)/ready-js: package-lock.json requirements-node.txt $(VENV)/ready
	@node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && npm --version >/dev/null 2>&1 || \
		$(INSTALL) -r requirements-node.txt
	@$(WITH_NODE) npm ci --silent --no-audit --no-fund
	@touch $@
