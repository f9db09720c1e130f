#!/bin/sh
# trim.sh BUILD writes BUILD/go-app and BUILD/go.mod: the pinned go-app without
# its HTTP server, for compiling the program for the browser with
# -modfile=BUILD/go.mod.
#
# go-app's server half (http.go, part of resource.go) is compiled into programs
# for the browser too. They never call it, but net/http, TLS and the certificate
# code behind it initialise themselves, so the linker keeps them: 0.5 MB of gzip
# in a download of 2.8. Nothing else of go-app is touched; without this step
# everything builds and runs the same, only larger.
set -eu
build=$1
source=$(go list -m -f '{{.Dir}}' github.com/maxence-charriere/go-app/v10)

rm -rf "$build/go-app"
mkdir -p "$build/go-app/pkg"
cp -R "$source/pkg/app" "$source/pkg/errors" "$build/go-app/pkg/"
cp "$source/go.mod" "$source/go.sum" "$source/LICENSE" "$build/go-app/"
chmod -R u+w "$build/go-app"

app=$build/go-app/pkg/app
rm -rf "$app/gen" "$app"/*_test.go "$app/http.go" "$app/wasm.go"
# Of resource.go the part that the browser needs: how addresses are resolved.
{
	printf 'package app\n\nimport "strings"\n\n'
	printf 'type ResourceResolver interface{ Resolve(string) string }\n\n'
	sed -n '/^func clientResourceResolver(/,/^\/\/ ProxyResource /{/^\/\/ ProxyResource /!p;}' "$source/pkg/app/resource.go"
} >"$app/resource.go"

cp go.mod "$build/go.mod"
cp go.sum "$build/go.sum"
go mod edit -replace "github.com/maxence-charriere/go-app/v10=./$build/go-app" "$build/go.mod"
