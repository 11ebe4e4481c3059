# Two commands: `make run` and `make test`. Everything else is manage.py's business.
PYTHON := .venv/bin/python
UV_VERSION := 0.13.9

.PHONY: run test bench lint rubrics install

run: install
	@exec $(PYTHON) manage.py run

test: install
	@exec $(PYTHON) manage.py test $(ARGS)

bench: install
	@VAR_DIR=var/bench exec $(PYTHON) manage.py bench $(ARGS)

lint: install
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@PYTHONPATH=platform:. SECRET_KEY=types-only ALLOWED_HOSTS=localhost $(PYTHON) -m mypy
	@PYTHONPATH=platform:. .venv/bin/lint-imports

rubrics: install
	@$(PYTHON) manage.py check_rubrics content

install: .venv/.installed

.venv/.installed: uv.lock pyproject.toml
	@sh docker/install.sh $(UV_VERSION)
	@touch $@
