# Two commands do everything: `make app` opens the chat, `make test` runs all tests. EXTRAS= makes a lighter install.
# Tests run two files at a time: that halves their 25 minutes.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
EXTRAS ?= hf,full
BIN := .venv/bin
TORCH ?= 2.13.0
export OMP_WAIT_POLICY := PASSIVE
export GOMP_SPINCOUNT := 1000

.PHONY: app test check lock clean

app: .venv/installed
	$(BIN)/python -m assistant.local_model || echo "No language model: the page opens, and everything clickable works."
	$(BIN)/easel

test: .venv/installed-for-tests
	$(BIN)/python -m assistant.local_model
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: .venv/installed-for-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The constraints are one set of versions that was tried together; EXTRAS names what is installed besides the base.
.venv/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -z "$(EXTRAS)" || $(BIN)/python -m pip install --quiet torch==$(TORCH)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".$(if $(EXTRAS),[$(EXTRAS)])"
	touch $@

.venv/installed-for-tests: .venv/installed package-lock.json
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	npm ci --silent --no-fund --no-audit
	command -v chromium >/dev/null || tests/install-chromium
	touch $@

lock: .venv/installed-for-tests
	$(BIN)/python -m pip freeze --exclude-editable | sort --ignore-case > constraints.txt

clean:
	rm -rf .venv dist build node_modules
