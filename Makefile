# Every command a contributor needs. Bare `make` prints them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PY := .venv/bin/python
MEMBERS := libs/common services/registration services/review services/reporting services/notifications services/portal deploy/local
WORKERS ?= 2
PACKAGES := $(foreach member,$(MEMBERS),$(member)/src)

##@ Use
run: .venv ## Serve the platform with the sample data; Ctrl-C stops it (BASE_PORT=8080 moves all ports)
	@$(PY) -m local up

# Without AS it names the personas; make has an AS of its own, an assembler's.
token: .venv ## Print an access token for curl: make token AS=officer-mt
	@$(PY) -m local token $(if $(filter-out default,$(origin AS)),$(addprefix --as ,$(AS)))

personas: .venv ## List who one can sign in as
	@$(PY) -m local personas

demo: .venv ## Run the real case of Diên Khánh on a throwaway platform and compare every figure
	@$(PY) examples/dien-khanh/demo.py

reform: .venv ## Apply the reform of 2025 to the old country with 100,000 dossiers; every total equal (N=1000 P=56: a small one)
	@$(PY) examples/vietnam/reform.py $(if $(N),--dossiers $(N)) $(foreach code,$(P),--province $(code))

##@ Test
test: .venv ## Everything, with real PostgreSQL, Valkey, RabbitMQ, browser and chart (STRICT=1: a skip is a failure; WORKERS=1: one process)
	@$(PY) tools/fetch.py
	@$(PY) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder --durations 20 $(T)

test-fast: .venv ## Only the tests of libs and services: make test-fast T=services/review
	@$(PY) -m pytest $(if $(T),$(T),libs services)

isolation: .venv ## Try everything across provinces and communes at full size, remove every policy and check in turn, and print it
	@$(PY) tools/fetch.py
	@PYTHONPATH=tools $(PY) -m isolation $(ARGS)

check: .venv ## Formatting, lint, types, walls, migrations, contracts, chart
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy $(PACKAGES)
	MYPYPATH=bench $(PY) -m mypy bench
	MYPYPATH=tools $(PY) -m mypy tools/isolation
	MYPYPATH=examples/dien-khanh:examples/vietnam:examples/tam-duong:examples/centre $(PY) -m mypy examples
	.venv/bin/lint-imports
	$(PY) -m pytest -q $(foreach service,registration review reporting notifications,services/$(service)/tests/test_migrations.py)
	$(PY) tools/contracts.py --check
	$(PY) tools/personal_data.py --check
	$(PY) tools/chart.py

chart: .venv ## Lint, render and validate the Helm chart for three Kubernetes versions
	$(PY) tools/chart.py

shots: .venv ## Every page with the sample data as PNG at 1280 and 360 pixels, into .shots/
	$(PY) tools/shots.py

bench: .venv ## CPU and queries per request as ratios to a bare endpoint; commit-to-read-model latency
	$(PY) bench/run.py

##@ Change
fmt: .venv ## Format and mend what can be mended
	$(PY) -m ruff check --fix . ; $(PY) -m ruff format .

migration: .venv ## Write the next migration: make migration S=review M="Add deadline"
	$(PY) tools/migration.py $(S) "$(M)"

roles: .venv ## Write docs/roles.toml: who may call what, for reviewers to read what changed
	$(PY) tools/roles.py

contracts: .venv ## Rebuild docs/events/asyncapi.yaml from the services' contracts
	$(PY) tools/contracts.py

country-data: .venv ## Rebuild registration's data of the country's units from two pinned packages
	$(PY) tools/country.py

personal-data: .venv ## Rebuild docs/privacy/register from the marks on the services' tables
	$(PY) tools/personal_data.py

release-contracts: .venv ## Take today's contracts as released: later ones are compared with them
	$(PY) tools/contracts.py --release

lock: .venv ## Resolve the dependencies again: versions and hashes, no addresses
	.venv/bin/uv lock -q
	.venv/bin/uv export -q --all-packages --all-groups --no-emit-workspace --no-header --no-annotate --format requirements-txt -o requirements.lock

##@ Ship
image: ## Build the images with docker, podman or buildah; one only: make image SERVICE=review
	tools/image.sh $(SERVICE)

##@ Clean
clean: ## Remove the local platform's state, caches and screenshots (not the environment)
	rm -rf .local .shots .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

help:
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n\033[1m%s\033[0m\n", substr($$0, 5)} \
	/^[a-z-]+:.*## / {printf "  \033[36m%-18s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# uv comes from the lock by pip, with its hash; then it installs the rest of the lock, with theirs. Where the network has a
# certificate of its own that uv does not know, the system's certificates are tried.
.venv: requirements.lock pyproject.toml $(addsuffix /pyproject.toml,$(MEMBERS))
	@echo "Setting up .venv ..."
	@test -x .venv/bin/python || python3 -m venv .venv
	@sed -n '/^uv==/,/^[^ ]/p' requirements.lock | sed '/^uv-build==/,$$d' > .venv/uv.lock
	@.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.lock
	@export VIRTUAL_ENV=.venv; install="pip install -q --require-hashes -r requirements.lock"; \
	.venv/bin/uv $$install 2> .venv/uv.log || .venv/bin/uv --system-certs $$install || { cat .venv/uv.log; exit 1; }
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install -q --no-deps --no-build-isolation $(addprefix -e ,$(MEMBERS))
	@touch .venv

.PHONY: run token personas demo reform test test-fast isolation roles check chart shots bench fmt migration contracts country-data release-contracts lock image clean help
