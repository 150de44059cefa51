# `make` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# One build for everything: what tests start is what users run.
CONFIGURATION := Release
BUILD := dotnet build NodeAgent.sln -c $(CONFIGURATION) --nologo -v quiet -clp:NoSummary
# The first build of a machine greets and measures; scripts want neither.
export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

build: ## build the executable, compiled ahead of time so that it starts fast: out/nodeagent
	@dotnet publish src/NodeAgent -c $(CONFIGURATION) --use-current-runtime --self-contained false \
		-p:PublishReadyToRun=true -o out --nologo -v quiet -clp:NoSummary

run: build ## start two demo backends and the gateway, and say what to try; Ctrl-C stops all
	@dotnet build tests/NodeAgent.Echo -c $(CONFIGURATION) --nologo -v quiet -clp:NoSummary
	@exec deploy/examples/run-quickstart.sh $(CURDIR)/out/nodeagent \
		$(CURDIR)/tests/NodeAgent.Echo/bin/$(CONFIGURATION)/net10.0/nodeagent-echo

test: ## build and run all tests; ends with `N passed, N failed`
	@$(BUILD)
	@tests/run.sh $(CONFIGURATION)

conformance: ## run the Gateway API's conformance suite against the executable; needs root and GATEWAY_API_DIR
	@dotnet build tests/NodeAgent.Conformance.Tests -c $(CONFIGURATION) --nologo -v quiet -clp:NoSummary
	@rm -f out/conformance-report.yaml
	@dotnet test tests/NodeAgent.Conformance.Tests -c $(CONFIGURATION) --no-build --nologo -v quiet \
		--logger "console;verbosity=minimal" --filter FullyQualifiedName~ConformanceTests; status=$$?; \
		[ -s out/conformance-report.yaml ] && echo "report: out/conformance-report.yaml" && exit $$status; \
		echo "no report: the suite was not run to its end; it needs root, ip(8), and GATEWAY_API_DIR with the upstream manifests"; exit 1

golden-update: ## write what the golden tests got as what they expect; review it as a diff
	GOLDEN_UPDATE=1 dotnet test tests/NodeAgent.Translator.Tests -c $(CONFIGURATION) --nologo

bench-l4: build ## CPU of TCP forwarding against haproxy and nginx
	bench/load/run.sh l4

bench-l7: build ## CPU of HTTP forwarding against haproxy and nginx
	bench/load/run.sh l7

lint: ## formatting, file lengths, test skips
	@tests/lint.sh

clean: ## remove all that was built
	rm -rf out
	find src tests bench -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +

.PHONY: help build run test conformance golden-update bench-l4 bench-l7 lint clean
