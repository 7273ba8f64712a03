# Everything a contributor runs. `make` alone lists the targets.

# The one place for versions of tools. Go itself is pinned by go.mod, and the control plane that tests run against by
# data/kube/testdata/controlplane/go.mod.
GOLANGCI_VERSION := v2.15.0

# Tools are built into a cache folder, never into the tree.
CACHE    := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/oomedic
GOLANGCI := $(CACHE)/tools/golangci-lint-$(GOLANGCI_VERSION)/golangci-lint

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# The race detector needs a C compiler; Go sets CGO_ENABLED to 0 by itself where it finds none.
RACE := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

CONTROLPLANE := data/kube/testdata/controlplane
MAX_LINES    := 400

.DEFAULT_GOAL := help

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## open the sandbox: no cluster needed
	go run ./cmd/oomedic demo

build: ## build bin/oomedic
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/oomedic ./cmd/oomedic

test: ## run all tests, with a real API server (built the first time: some minutes)
	$(if $(RACE),,@echo 'test: no C compiler, so the race detector is off')
	cd $(CONTROLPLANE) && go test .
	assets=$$(go -C $(CONTROLPLANE) run .) && KUBEBUILDER_ASSETS="$$assets" go test $(RACE) -timeout 45m ./...

race: ## run all tests three times in shuffled order, to find what depends on luck
	$(if $(RACE),,@echo 'race: no C compiler, so there is no race detector'; exit 1)
	assets=$$(go -C $(CONTROLPLANE) run .) && KUBEBUILDER_ASSETS="$$assets" go test -race -count=3 -shuffle=on ./...

bench: ## run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...

bench-scale: ## measure it beside kubectl on a real API server with PODS pods (5000; 50000 wants 10 GB and ten minutes), for docs/performance.md
	assets=$$(go -C $(CONTROLPLANE) run .) && KUBEBUILDER_ASSETS="$$assets" SCALE_PODS=$(or $(PODS),5000) SCALE_DOC='$(CURDIR)/docs/performance.md' \
	go test -tags scale -count=1 -timeout 60m -run TestScale -v ./cmd/oomedic/scale

score-test: ## run the tests of the simulator and of the measurement
	cd cmd/score && go vet ./... && go test ./...

score: ## measure the diagnosis on simulated cases and write docs/accuracy.md (five minutes)
	cd cmd/score && go vet ./... && go test ./... && go run . -part held -md ../../docs/accuracy.md

score-second: ## measure it on another generator's cases and write their section of docs/accuracy.md (ten minutes)
	cd cmd/score && go vet ./... && go run . -part second-held -md ../../docs/accuracy.md

bench-prom: ## measure what questions cost a real Prometheus with 100,000 series, beside a subquery over the same
	go test -tags e2e -count=1 -timeout 30m -run TestCost -v ./data/prom/conformance -args -cost

bench-risk: ## measure a look at CONTAINERS containers (100000, which wants 3 GB) by a process of its own
	OOMEDIC_BENCH_CONTAINERS=$(or $(CONTAINERS),100000) go test -run '^$$' -bench BenchmarkUsage -benchtime 3x ./data/prom

e2e: ## ask a real Prometheus and VictoriaMetrics, and drive the program in tmux as a person would
	go test -tags e2e -count=1 ./data/prom/conformance
	assets=$$(go -C $(CONTROLPLANE) run .) && KUBEBUILDER_ASSETS="$$assets" go test -tags e2e -count=1 -run AwayForLong -v ./data/kube
	go test -tags e2e -count=1 -v ./cmd/oomedic/terminal
	assets=$$(go -C $(CONTROLPLANE) run .) && KUBEBUILDER_ASSETS="$$assets" go test -tags e2e -count=1 -v -run Rounds ./data/kube
	assets=$$(go -C $(CONTROLPLANE) run .) && KUBEBUILDER_ASSETS="$$assets" go test -tags e2e -count=1 -v -run 'ArtifactsOnAServer|ArtifactsWithPromtool|PrometheusBehindTheServiceProxy' ./cmd/oomedic

bench-ui: ## measure the screen through a pseudo-terminal on a list of 10,000 cases, for docs/performance.md (three minutes)
	go vet -tags e2e,benchui ./cmd/oomedic/terminal
	inside=$$(go test -tags benchui -count=1 -run TestInside -v ./ui) && BENCH_UI_INSIDE="$$inside" BENCH_UI_DOC='$(CURDIR)/docs/performance.md' go test -tags e2e,benchui -count=1 -run TestBenchUI -v ./cmd/oomedic/terminal

pictures: ## draw the pictures in docs from the sandbox at a fixed time
	PICTURES=write go test -tags e2e,docs -count=1 -run 'TestPicture' ./cmd/oomedic/terminal

docs: pictures ## the same as pictures

golden: ## rewrite the golden screens of the views; look at the diff afterwards
	go test ./views -update

lint: format vet tidy lines golangci ## run every static check

format:
	@bad=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l); \
	if [ -n "$$bad" ]; then echo "lint: gofmt -w is needed for:"; echo "$$bad"; exit 1; fi

vet:
	go vet ./...
	go vet -tags e2e,docs,scale,benchui ./cmd/oomedic/... ./data/... ./ui/...
	cd $(CONTROLPLANE) && go vet .

tidy:
	go mod tidy -diff

lines:
	@git ls-files -co --exclude-standard '*.go' | xargs wc -l | \
	awk '$$2 != "total" && $$1 > $(MAX_LINES) { print "lint: " $$2 " has " $$1 " lines, more than $(MAX_LINES)"; bad = 1 } END { exit bad }'

golangci: $(GOLANGCI)
	$(GOLANGCI) run

$(GOLANGCI):
	@echo 'lint: building golangci-lint $(GOLANGCI_VERSION) (minutes, the first time)'
	GOBIN='$(@D)' go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

clean: ## remove what was built here (the cache in $XDG_CACHE_HOME/oomedic stays)
	rm -rf bin

.PHONY: help demo build test race bench bench-prom bench-risk bench-scale bench-ui score score-second score-test e2e pictures docs golden lint format vet tidy lines golangci clean
