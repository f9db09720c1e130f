# make help prints what there is.

SHELL := /bin/bash
.DEFAULT_GOAL := help

BUILD := build
TAGS := minimal
WASMFLAGS := -tags $(TAGS) -trimpath -ldflags='-s -w'
# The UI program is downloaded before anything can be clicked: inlining is left
# to the runtime, which makes it 9 % smaller. Inlined too, goldmark parses a lesson
# no faster in a browser; without inlining in the runtime, 20 % slower.
INLINED := runtime/... internal/... syscall/...
SMALL := -gcflags=all=-l $(INLINED:%=-gcflags=%=)
NPM := .cache/npm
# Peers that only tests use; they are fetched and never shipped.
AXE := axe-core@4.14.1
SCORM := scorm-again@3.4.3
ONNXRUNTIME := onnxruntime-web@1.30.0
PUPPETEER := puppeteer-core@24.43.1
LIGHTHOUSE := lighthouse@12.8.2
TFJS := @tensorflow/tfjs@4.22.0
TFJS_WASM := @tensorflow/tfjs-backend-wasm@4.22.0
TFJS_WEBGPU := @tensorflow/tfjs-backend-webgpu@4.22.0

# Go programs that are run from their modules, at these versions.
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4
CYCLONEDX := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0

# How long make fuzz runs each function: a number of executions, or a time.
FUZZTIME := 100000x

# npm fetches one, unless that version is there.
npm = @grep -qs '"version": "$(lastword $(subst @, ,$(1)))"' $(NPM)/node_modules/$(patsubst %@$(lastword $(subst @, ,$(1))),%,$(1))/package.json || npm install --prefix $(NPM) --no-audit --no-fund --loglevel=error $(1)

PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

APT := $(if $(filter 0,$(shell id -u)),,sudo )apt-get

.PHONY: help run site release wasm pack test audit firefox lint browsers bench bench-deps bench-record fuzz vuln sbom kernel golden clean

help: ## print the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: wasm ## build the course and serve it at http://127.0.0.1:8080/
	go run ./cmd/lab serve $(SERVEFLAGS)

site: pack ## write the site into dist
	@if test -f dist/SHA256SUMS; then rm -rf dist; fi
	go run ./cmd/lab build --out dist

release: pack ## write every edition and lab for six platforms into dist
	rm -rf dist && mkdir dist
	go build -o $(BUILD)/lab ./cmd/lab
	$(BUILD)/lab build --zip dist/course-site.zip
	$(BUILD)/lab build --single dist/course.html
	$(BUILD)/lab build --scorm dist/course-scorm-1.2.zip --scorm-version 1.2
	$(BUILD)/lab build --scorm dist/course-scorm-2004.zip --scorm-version 2004
	$(BUILD)/lab build --base / --zip cmd/lab/site.zip
	@set -e; for platform in $(PLATFORMS); do \
		os=$${platform%/*} arch=$${platform#*/}; ext=; if test $$os = windows; then ext=.exe; fi; \
		echo "dist/lab-$$os-$$arch$$ext"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -tags $(TAGS),embedsite -trimpath -ldflags='-s -w' -o dist/lab-$$os-$$arch$$ext ./cmd/lab; \
	done
	rm cmd/lab/site.zip
	cd dist && sha256sum * >../$(BUILD)/SHA256SUMS && mv ../$(BUILD)/SHA256SUMS .

wasm: ## compile the programs for the browser into build
	@mkdir -p $(BUILD)
	./cmd/web/trim.sh $(BUILD)/web
	GOOS=js GOARCH=wasm go build -modfile=$(BUILD)/web/go.mod $(WASMFLAGS) $(SMALL) -o $(BUILD)/app.wasm ./cmd/web
	./cmd/engine/trim.sh $(BUILD)/engine
	GOOS=js GOARCH=wasm go build -modfile=$(BUILD)/engine/go.mod $(WASMFLAGS) -o $(BUILD)/engine.wasm ./cmd/engine
	cp "$$(go env GOROOT)/lib/wasm/wasm_exec.js" $(BUILD)/wasm_exec.js

pack: wasm ## pack the programs for the download, as small as they get
	go run ./cmd/pack $(BUILD)

test: lint pack browsers ## everything that CI runs
	go test -timeout 18m ./...
	go test -modfile=$(BUILD)/engine/go.mod ./sim/chart
	GOOS=js GOARCH=wasm go test -exec "$$(go env GOROOT)/lib/wasm/go_js_wasm_exec" ./attention ./attention/safetensors ./lessons
	GOOS=js GOARCH=wasm go test -exec "$$(go env GOROOT)/lib/wasm/go_js_wasm_exec" -run TwoJobs ./app/engine/serve

firefox: wasm ## try the single file in a stock Firefox, from Debian and npm
	@command -v firefox-esr >/dev/null && command -v node >/dev/null && command -v npm >/dev/null || \
	{ $(APT) update && DEBIAN_FRONTEND=noninteractive $(APT) install -y --no-install-recommends firefox-esr fonts-noto-cjk $$(command -v node >/dev/null || echo nodejs) $$(command -v npm >/dev/null || echo npm); }
	$(call npm,$(PUPPETEER))
	go test -count=1 -v -run Firefox ./app/journeys

lint: ## formatting and vet, for both platforms
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'not gofmt-ed'; exit 1; }
	go vet -tags $(TAGS) ./...
	GOOS=js GOARCH=wasm go vet -tags $(TAGS) ./cmd/web ./cmd/engine ./app/... ./attention/...

browsers: ## install what the tests drive, from Debian and npm, when missing
	@for tool in chromium node npm clang wasm-ld python3; do command -v $$tool >/dev/null || missing=yes; done; fc-list 2>/dev/null | grep -qi cjk || missing=yes; \
	test -z "$$missing" || { $(APT) update && DEBIAN_FRONTEND=noninteractive $(APT) install -y --no-install-recommends chromium fonts-noto-cjk fontconfig clang lld \
	$$(command -v node >/dev/null || echo nodejs) $$(command -v npm >/dev/null || echo npm) $$(command -v python3 >/dev/null || echo python3); }
	$(call npm,$(AXE))
	$(call npm,$(SCORM))

audit: pack browsers ## walk all journeys, the long ones too, then run Lighthouse and measure
	$(call npm,$(LIGHTHOUSE))
	COURSELAB_AUDIT=1 go test -count=1 -timeout 60m ./app/journeys
	go run ./cmd/lab audit --out $(BUILD) $(AUDITFLAGS)

bench-deps: ## fetch the peers that bench measures
	$(call npm,$(ONNXRUNTIME))
	$(call npm,$(TFJS))
	$(call npm,$(TFJS_WASM))
	$(call npm,$(TFJS_WEBGPU))

bench: pack browsers bench-deps ## measure the course in Chromium, beside its peers, into build/bench.json and .md
	go run ./cmd/lab bench --out $(BUILD) --markdown $(BENCHFLAGS)

bench-record: ## put what bench measured into the README
	cp $(BUILD)/bench.json app/bench/testdata/measured.json
	go test ./app/bench -run TestREADME -update

fuzz: ## run every fuzz function for FUZZTIME, one after the other
	@./.ci/fuzz $(FUZZTIME)

vuln: ## ask the Go vulnerability database about what is linked
	@GOBIN=$(CURDIR)/.cache/bin go install $(GOVULNCHECK)
	@./.ci/vuln .cache/bin/govulncheck

sbom: ## write what each program links, with versions and licences, to build/sbom-NAME.json
	@mkdir -p $(BUILD)
	@GOBIN=$(CURDIR)/.cache/bin go install $(CYCLONEDX)
	.cache/bin/cyclonedx-gomod app -json -licenses -main cmd/lab -output $(BUILD)/sbom-lab.json .
	GOOS=js GOARCH=wasm .cache/bin/cyclonedx-gomod app -json -licenses -main cmd/web -output $(BUILD)/sbom-web.json .
	GOOS=js GOARCH=wasm .cache/bin/cyclonedx-gomod app -json -licenses -main cmd/engine -output $(BUILD)/sbom-engine.json .

kernel: ## rebuild the SIMD kernels in assets from attention/kernel
	./attention/kernel/build.sh

golden: ## rewrite the golden files; read the difference before you commit it
	go test ./lessons ./sim/chart ./sim/report ./app/engine/serve ./app/labs ./app/pages ./cmd/lab -update

clean: ## remove what was built
	rm -rf $(BUILD) dist .cache
