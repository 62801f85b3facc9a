# Every target that CI runs; `make help` lists them.
# The folders whose tests need no cluster.
FAST := tests/approvals tests/common tests/git tests/forge tests/gate tests/lint/rules tests/setup tests/site tests/vendoring tests/test_conventions.py
# The files whose properties `make fuzz` tries with more examples.
PROPERTIES := tests/approvals/test_authority.py tests/approvals/test_histories.py tests/gate/test_documents.py tests/release/test_version_against_cog.py
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Container images set it. Without bytecode each of our commands takes 0.4 s of CPU more to start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 24

# The work place: a virtual environment with exactly what the two locks name.
.venv/installed: requirements.lock stacks/requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r .venv/uv.lock
	$(BIN)/uv pip sync --quiet --require-hashes requirements.lock stacks/requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.PHONY: demo
demo: .venv/installed ## take one change from a commit to a gated production, without a cloud
	$(BIN)/python -m dev.demo

.PHONY: up down
up: .venv/installed ## start the embedded platform, its registry with the images that the chart pins
	@$(BIN)/promoter platform up
down: .venv/installed ## stop what `make up` started; its data is kept
	@$(BIN)/promoter platform down

.PHONY: play play-down
play: .venv/installed ## the demo, and leave its end running to try things out
	$(BIN)/python -m dev.play up
play-down: .venv/installed ## stop what `make play` left running
	$(BIN)/python -m dev.play down

.PHONY: web
web: .venv/installed ## serve the pages of the playground, or of the last demo
	$(BIN)/python -m dev.web

.PHONY: screenshot
screenshot: .venv/installed ## take the picture of the page in the README anew (chromium)
	$(BIN)/python -m dev.screenshot

.PHONY: test-fast
test-fast: .venv/installed ## the tests that need neither a cluster nor minutes
	$(BIN)/python -m pytest -n 3 --dist loadscope -m "not heavy and not providers and not workflows and not slow" $(FAST)

.PHONY: test
test: .venv/installed ## every test but those of the next three targets; missing programs are built first
	$(BIN)/promoter toolchain build
	$(BIN)/python -m dev.reference_programs cepler cog
	$(BIN)/python -m pytest -n 4 --dist loadscope --no-loadscope-reorder

# Apart from `make test`: the first run downloads and builds for many minutes.
.PHONY: test-heavy
test-heavy: .venv/installed ## a browser, Keycloak, Dagster, our images, the sample's server and panels (root; docker.io, chromium, postgresql, debootstrap)
	$(BIN)/promoter toolchain build
	$(BIN)/python -m dev.reference_programs server panels
	$(BIN)/python -m pytest -n 2 --dist loadscope -m heavy

# Apart from `make test`: the first run builds two providers and the collector, minutes and 3 GB of memory.
.PHONY: test-providers
test-providers: .venv/installed ## stacks against the real providers (azurerm and kubernetes are built, others where there is a registry), the collector's configuration against the collector
	$(BIN)/promoter toolchain build tofu terraform-provider-azurerm terraform-provider-kubernetes otelcol
	$(BIN)/python -m pytest -m providers tests/providers tests/testflight/test_terraform_providers.py tests/charts/test_collector.py

# Apart from `make test`: act and cargo-nextest are built first, in some minutes.
.PHONY: test-workflows
test-workflows: .venv/installed ## every job of every GitHub workflow, in a workflow engine; our image in Docker (root; docker.io, bats, postgresql)
	$(BIN)/promoter toolchain build act crane
	$(BIN)/python -m dev.reference_programs cog nextest
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m workflows tests/workflows

.PHONY: lint
lint: .venv/installed ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

.PHONY: policy
policy: .venv/installed ## check the policies for every environment, on the resources that would be applied
	$(BIN)/python -m policies

.PHONY: defects
defects: .venv/installed ## defects of pipelines put back, each of which a test must find
	$(BIN)/python -m dev.defects

.PHONY: mutants
mutants: .venv/installed ## dangerous edits, each of which a policy or a schema must refuse
	$(BIN)/python -m dev.mutants

.PHONY: toolchain
toolchain: .venv/installed ## find or build every outside program
	$(BIN)/promoter toolchain build

.PHONY: images
images: .venv/installed ## build our OCI images into dist/images (root, debootstrap); PUSH=<registry> publishes them, signed with COSIGN_KEY, and pins them
	$(BIN)/python -m dev.images
	$(if $(PUSH),$(BIN)/python -m dev.images.publish dist/images --registry "$(PUSH)" --remote origin)

.PHONY: workflow-image
workflow-image: .venv/installed ## let GitHub's workflows run in the pinned task image, verified with COSIGN_PUBLIC_KEY (GH_TOKEN: environments)
	$(BIN)/python -m dev.images.workflows

.PHONY: bump-vendored-ref
bump-vendored-ref: .venv/installed ## DEP=lana-bank REF=<git ref>: write another commit of a chart to vendir.yml
	@$(BIN)/promoter vendor set-ref "$$DEP" "$$REF"

.PHONY: fuzz
fuzz: INTERRUPTS ?= 100
fuzz: EXAMPLES ?= 50
fuzz: HISTORIES ?= 1000000000
fuzz: .venv/installed ## interrupts everywhere, properties with many examples, then random histories until you stop it
	INTERRUPTS=$(INTERRUPTS) $(BIN)/python -m pytest -n 2 --timeout=0 -p no:cacheprovider tests/interrupts tests/gate/test_killed.py
	EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n 2 --timeout=0 -p no:cacheprovider $(PROPERTIES)
	HISTORIES=$(HISTORIES) $(BIN)/python -m pytest -n 2 --timeout=0 -p no:cacheprovider tests/gate/differential/test_random_histories.py

.PHONY: bench
bench: .venv/installed ## compare the time of our commands with the tools that they replace
	$(BIN)/python -m dev.bench.gate
	$(BIN)/python -m dev.bench.vendoring
	$(BIN)/python -m dev.bench.stacks
	$(BIN)/python -m dev.bench.programs
	$(BIN)/python -m dev.bench.deploy
	$(BIN)/python -m dev.bench.web

.PHONY: upstream
upstream: .venv/installed ## pin and vendor the present content of upstream/
	$(BIN)/python -m dev.vendored

.PHONY: contract
contract: .venv/installed ## REPO=<clone of the application>: print where it differs from the contract; UPDATE=1 writes it
	@$(BIN)/python -m dev.contract "$${REPO:?name a clone of the application}" $(if $(UPDATE),--update)

.PHONY: generated
generated: .venv/installed ## regenerate every generated file: stubs, schemas, keys, tables, graphs
	$(BIN)/python -m dev.provider_schemas
	$(BIN)/python -m dev.toolchain_keys
	$(BIN)/python -m dev.architecture
	$(BIN)/python -m stacks.schema
	$(BIN)/python -m dev.control_schemas
	$(BIN)/python -m dev.reference
	$(BIN)/python -m dev.clauses
	$(BIN)/python -m dev.credentials
	$(BIN)/python -m dev.rulesets
	$(BIN)/promoter pipeline graph

.PHONY: rulesets
rulesets: .venv/installed ## set the committed rulesets of the three repositories (GH_TOKEN of an administrator)
	$(BIN)/python -m dev.rulesets --apply

.PHONY: locks
locks: LOCK = $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header
locks: ## write the hash-pinned locks anew from pyproject.toml and every requirements.in
	for each in stacks policies tests/smoketest/dagster; do $(LOCK) $$each/requirements.in -o $$each/requirements.lock || exit; done
	$(LOCK) pyproject.toml --extra dev --extra web -c stacks/requirements.lock -o requirements.lock
