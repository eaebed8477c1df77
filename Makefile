# Bare `make` lists the targets. Each of them works as the first command after `git clone`.

.DEFAULT_GOAL := help
.SUFFIXES:
SHELL := /bin/sh

## Settings of e2e and up, as in `make e2e TAGS=needs-rig JOBS=2`. What is not set is gateproof's to decide.
##   ENV=embedded        where the miniature multi-cloud runs
##   GATEWAY=reference   which gateway is under test
##   TAGS=EXPRESSION     only scenarios whose tags fit, as in TAGS="needs-rig and not slow"
##   FEATURES=FOLDER     adds features of your own
##   JOBS=NUMBER         how many scenarios run at once
##   KAFKA=KIND          emulated or real (Apache Kafka on Java 17: gateproof fetch kafka)
##   REPORT=FOLDER       where results go
##   EXTERNAL=FILE       addresses of a gateway that runs already, for ENV=external
SETTINGS := ENV GATEWAY TAGS FEATURES JOBS KAFKA REPORT EXTERNAL

# Some shells keep the name of a file in ENV: a path that comes from the environment is not meant for us.
ifneq ($(and $(filter environment,$(origin ENV)),$(findstring /,$(value ENV))),)
override ENV :=
endif

# The shell reads values from its environment, where no quote or space in them can do harm; `value`
# keeps make from reading a `$` in them as its own.
$(foreach name,$(SETTINGS) PYTHON,$(if $(value $(name)),$(eval override $(name) := $$(value $(name)))))
export $(SETTINGS) PYTHON
# Children would compile everything again at each start.
unexport PYTHONDONTWRITEBYTECODE

PYTHONS := python3 python3.13 python3.12 python3.11 python3.14
# The first Python that runs; it finds a newer one itself if it is too old.
BOOTSTRAP = for python in "$${PYTHON:-python3}" $(PYTHONS); do \
	"$$python" -c '' 2>/dev/null || continue; \
	exec "$$python" -ESm harness.bootstrap $(1) $${PYTHON:+--python "$$PYTHON"}; \
	done; \
	echo "setup: no Python found; install Python 3.11 or newer (apt install python3 python3-venv / brew install python)" >&2; exit 1
# The Python of .venv starts fastest: it says whether anything is to be done at all.
UP_TO_DATE = .venv/bin/python -ESm harness.bootstrap check $${PYTHON:+--python "$$PYTHON"} 2>/dev/null

.PHONY: help setup ready e2e parity test check fix reference mutants browser fuzz bench load soak up down doctor clean lock

help: ## list the targets
	@echo "Gateproof: an executable specification for API gateways. Start with: make e2e"; echo
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile; echo
	@sed -n 's/^## \{0,1\}//p' Makefile

setup: ## make .venv from the lock, or bring it up to date
	@if $(UP_TO_DATE); then echo "setup: nothing to do, .venv is up to date"; else $(call BOOTSTRAP,setup); fi

ready:
	@$(UP_TO_DATE) || { $(call BOOTSTRAP,setup --quiet); }

e2e: ready ## prove every promise against a real gateway: the whole story, end to end
	@exec .venv/bin/gateproof e2e \
	  $${ENV:+--env="$$ENV"} $${GATEWAY:+--gateway="$$GATEWAY"} $${TAGS:+--tags="$$TAGS"} \
	  $${FEATURES:+--features="$$FEATURES"} $${JOBS:+--jobs="$$JOBS"} \
	  $${KAFKA:+--kafka="$$KAFKA"} $${REPORT:+--report="$$REPORT"} \
	  $${EXTERNAL:+--config="$$EXTERNAL"}

test: ready ## unit and property tests and the embedded features (TESTARGS="-x -k quota")
	@exec .venv/bin/python -m pytest tests features --no-cov $(TESTARGS)

check: ready ## format, lint, types, feature lint
	@exec .venv/bin/python -m harness.quality

fix: ready ## repair what `make check` can repair: format and simple lint
	@.venv/bin/ruff check --fix --quiet . ; exec .venv/bin/ruff format .

reference: ready ## draw docs/reference/ anew from the code
	@exec .venv/bin/python -m docs.handbook

mutants: ready ## plant every known bug in a copy, one at a time: each has to be noticed (BUGS="tokens quota", FULL=1)
	@exec .venv/bin/python -m tests.mutants $${JOBS:+--jobs "$$JOBS"} $${REPORT:+--report "$$REPORT"} \
	  $(if $(FULL),--full) $(BUGS)

browser: ready ## what the tests of the page need to drive this system's Chromium, once
	@exec .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/browser.lock

fuzz: ready ## spoilt requests, answers, tokens, documents and reports; seeded (FAMILY=requests SEED=1 CASE=17 SHARE=0.1 SMALLEST=1)
	@exec .venv/bin/python -m tests.fuzz $(if $(FAMILY),--family $(FAMILY)) $(if $(SEED),--seed $(SEED)) \
	  $(if $(CASE),--case $(CASE)) $(if $(SHARE),--share $(SHARE)) $(if $(SMALLEST),--smallest)

load: ready ## people's journeys, driven by Locust: what was sent, refused and indexed (PEOPLE=30 SECONDS=30 PAGE=1)
	@exec .venv/bin/python -m load.journeys $(if $(PEOPLE),--people $(PEOPLE)) \
	  $(if $(SECONDS),--seconds $(SECONDS)) $(if $(PAGE),--page) $${REPORT:+--report "$$REPORT"}

bench: ready ## CPU per request and added latency next to Envoy, nginx and HAProxy, ratios first (QUICK=1: under a minute)
	@exec .venv/bin/python -m load.bench $(if $(QUICK),--quick) $${REPORT:+--report "$$REPORT/bench"}

soak: ready ## mixed load on a gateway of its own, for MINUTES=30: memory flat, nothing stuck or lost
	@exec .venv/bin/python -m load.soak --minutes "$${MINUTES:-30}"

parity: ready ## every feature in embedded and in containers: the verdicts have to be the same
	@exec .venv/bin/gateproof parity $${JOBS:+--jobs="$$JOBS"}

up: ready ## start the miniature multi-cloud and leave it running
	@exec .venv/bin/gateproof up $${ENV:+--env="$$ENV"} $${KAFKA:+--kafka="$$KAFKA"}

down: ready ## stop what `make up` started
	@exec .venv/bin/gateproof down

doctor: ## what this machine can run, why not, and the remedy
	@$(call BOOTSTRAP,doctor)

clean: ## remove what runs left, reports and caches (ALL=1: .venv as well)
	@if [ -x .venv/bin/gateproof ]; then .venv/bin/gateproof clean || [ -n "$(ALL)" ]; fi
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	@find . -name .venv -prune -o -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	@if [ -n "$(ALL)" ]; then rm -rf .venv; echo "clean: .venv removed"; fi

lock: ## write requirements.lock anew from pyproject.toml (UPGRADE=1: newest versions)
	@$(call BOOTSTRAP,lock $(if $(UPGRADE),--upgrade))
