# Everything lands in .venv/, node_modules/, static/dist/ and var/.
PORT   ?= 8000
PYTHON ?=
SIZE   ?= 100k
PY     := .venv/bin/python
MANAGE := $(PY) manage.py

CATALOGUES := $(wildcard */locale/*/LC_MESSAGES/*.po)
# the icon sprite is made of the names found in templates and Python
ICON_USERS := $(shell find . \( -name '.?*' -o -name node_modules -o -name var -o -name static -o -name tests \) \
                -prune -o \( -name '*.html' -o -name '*.py' \) -print 2>/dev/null)
FRONTEND   := $(shell find frontend -type f 2>/dev/null)

.PHONY: help setup demo test nightly bench clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo [PORT=8000]   run it with sample data'
	@echo 'make test               run the tests'
	@echo 'make nightly            run the long tests'
	@echo 'make bench [SIZE=100k]  measure: 10k, 100k or 1m customers'
	@echo 'make setup              only install what these need'
	@echo 'make clean              remove what was installed; var/ (the data) stays'

setup: .venv/.demo static/dist/.built .venv/.messages

demo: setup
	@exec $(MANAGE) start --port $(PORT)

test: setup .venv/.test
	@sh ./setup.sh browser
	@$(PY) -m pytest $(ARGS)

nightly: setup .venv/.test
	@sh ./setup.sh browser
	@$(PY) -m pytest -m nightly $(ARGS)

# a database of its own; the table is printed and kept in var/bench/bench.json
bench: setup
	@SALESOPS_DATA='$(CURDIR)/var/bench' $(MANAGE) bench --size $(SIZE)
	@cp var/bench/bench.json var/bench.json
	@SALESOPS_DATA='$(CURDIR)/var/bench' $(MANAGE) services down

# a stamp is written only after everything before it succeeded: an interrupted run is simply repeated
.venv/.demo: requirements-uv.txt requirements.txt requirements-demo.txt setup.sh
	@PYTHON='$(PYTHON)' sh ./setup.sh python requirements.txt requirements-demo.txt
	@touch $@

.venv/.test: requirements-test.txt .venv/.demo
	@PYTHON='$(PYTHON)' sh ./setup.sh python requirements-test.txt
	@touch $@

static/dist/.built: package-lock.json build.mjs $(FRONTEND) $(ICON_USERS) .venv/.demo
	@PYTHON='$(PYTHON)' sh ./setup.sh assets
	@touch $@

.venv/.messages: $(CATALOGUES) kit/traditional.py .venv/.demo
	@$(MANAGE) messages --compile
	@touch $@

clean:
	rm -rf .venv node_modules static/dist
