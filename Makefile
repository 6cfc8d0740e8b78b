# Everything that is run, tested and made here. `make` alone lists it.

# How many processes the tests are spread over: more than two cores, since browsers and mail servers are waited for.
# They are handed out in small portions, in one order: tests that empty tables must stay behind those that need what is in them.
PROCESSES ?= 3

spread = -n $(PROCESSES) --maxschedchunk 3

python := .venv/bin/python
# Some machines say so. Then each of the hundreds of processes that tests start would compile all modules anew.
export PYTHONDONTWRITEBYTECODE =
pytest = $(python) -m pytest $(spread)
catalogues := $(patsubst %.po,%.mo,$(wildcard $(addprefix src/egzaminator/locale/,*/LC_MESSAGES/*.po wagtail/*/LC_MESSAGES/*.po)))

.PHONY: help run dev check unit browser faults test test-full test-install bench screenshots wheel requirements migrations messages clean demo-packages dev-packages tools
.NOTPARALLEL:
.DEFAULT_GOAL := help

help: ## list what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS="	" read -r name what; do \
	  printf 'make %-14s%s\n' "$$name" "$$what"; \
	done

run: demo-packages $(catalogues) ## set everything up and serve the site with demo data (PORT=8000, DATA_DIR=var)
	@PYTHONPATH=src exec $(python) -m egzaminator.demo --end-with "$$PPID"

dev: demo-packages $(catalogues) ## as run, for developers: reload on changes, Django's debug pages
	@PYTHONPATH=src exec $(python) -m egzaminator.demo --dev --end-with "$$PPID"

check: dev-packages $(catalogues) ## lint, types and contracts, in seconds
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m djlint --lint --quiet src
	PYTHONPATH=src $(python) -c 'from importlinter.cli import lint_imports_command as check; check(["--no-logo"])'
	$(python) -m tests.helpers.environment $(python) -m mypy

# Nothing is waited for there, so more processes than cores only start up more often.
unit: PROCESSES = 2
unit: dev-packages $(catalogues) ## the quick tests: no browser, no killed process, none marked slow
	$(pytest) -m "not journey and not fault and not slow"

browser: tools dev-packages $(catalogues) ## the tests in a real browser
	$(pytest) -m journey

faults: tools dev-packages $(catalogues) ## the tests that start and kill real processes
	$(pytest) -m fault

test: tools check ## set everything up, run every check and every test, and hold the branch coverage
	rm -f .coverage .coverage.*
	$(python) -m coverage run -m pytest $(spread)
	$(python) -m coverage combine --quiet
	$(python) -m coverage report

test-full: export TESTS_WHOLE = 1
test-full: test ## as test, with the groups of slow tests at their full size

test-install: wheel ## try the installation on fresh Debians, as root (SUITE=bookworm or trixie; both without it)
	@PYTHONPATH=src:. $(python) -m tests.helpers.environment $(python) -m tests.installation

bench: dev-packages $(catalogues) ## run benchmarks/*.py three times; each line is a median with its bound, and docs/benchmarks.md gets them all
	@PYTHONPATH=src:. $(python) -m benchmarks.measuring.all_runs

screenshots: tools dev-packages $(catalogues) ## take the pictures of the instruction, the guides and the README anew
	@$(python) -m tests.helpers.screenshots

# Without isolation: what the build needs is pinned with hashes like everything else.
wheel: dev-packages $(catalogues) ## build the package in dist/, with its requirements beside it
	@rm -rf build dist
	@$(python) -m tests.helpers.environment env DATA_DIR=build $(python) manage.py collectstatic --no-input --verbosity 0
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || date +%s) $(python) -m uv build --quiet --wheel --no-build-isolation
	@rm -f dist/.gitignore  # of uv
	@cp requirements/base.txt dist/requirements.txt
	@cp deploy/install deploy/upgrade dist/
	@cd dist && sha256sum * > SHA256SUMS && cat SHA256SUMS

requirements: dev-packages ## pin what requirements/*.in ask for
	@for name in base demo dev; do \
	  $(python) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --custom-compile-command "make requirements" \
	    "requirements/$$name.in" --output-file "requirements/$$name.txt" || exit 1; \
	done

migrations: dev-packages ## write the migrations that changed models need
	@$(python) -m tests.helpers.environment $(python) manage.py makemigrations
	@$(python) -m ruff check --quiet --fix src/egzaminator/*/migrations
	@$(python) -m ruff format --quiet src/egzaminator/*/migrations

messages: dev-packages tools ## bring the Polish catalogue up to date with the sources
	@cd src/egzaminator && PYTHONPATH=../.. ../../$(python) -m tests.helpers.environment \
	  ../../$(python) ../../manage.py makemessages --locale pl --add-location file --no-obsolete

clean: ## remove what is made here, all but the data in var/
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	rm -f $(catalogues)
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

demo-packages:
	@sh requirements/install.sh demo

dev-packages:
	@sh requirements/install.sh dev

tools:
	@sh tests/install-tools.sh

# With Babel, because not every machine has gettext.
%.mo: %.po | demo-packages
	@$(python) -m babel.messages.frontend --quiet compile --input-file $< --output-file $@
