#!/bin/sh
# trim.sh BUILD writes BUILD/go-app and BUILD/go.mod: the pinned go-app without
# its HTTP server and without its wait before drawing, for compiling the program
# for the browser with -modfile=BUILD/go.mod.
#
# go-app's server half (http.go, part of resource.go) is compiled into programs
# for the browser too. They never call it, but net/http, TLS and the certificate
# code behind it initialise themselves, so the linker keeps them: 0.5 MB of gzip
# in a download of 2.8.
#
# Nor does a page of ours keep an encrypted state or a device id, the only users of
# crypto/aes and of google/uuid, which take the whole of crypto along: refused and
# replaced by a random number.
#
# go-app draws what has changed at the next tick of a clock with 120 ticks a
# second, so that an answer of the engine lies there for up to 8 ms before anything
# is done with it. Here the clock has 1000.
#
# Nothing else of go-app is touched; without this step everything builds and runs
# the same, only larger and later.
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

cat >"$app/crypto.go" <<'EOF'
package app

import "github.com/maxence-charriere/go-app/v10/pkg/errors"

var errNoCrypto = errors.New("compiled without encryption")

func encrypt(string, []byte) ([]byte, error) { return nil, errNoCrypto }
func decrypt(string, []byte) ([]byte, error) { return nil, errNoCrypto }
EOF
mkdir "$build/go-app/pkg/uuid"
cat >"$build/go-app/pkg/uuid/uuid.go" <<'EOF'
// Package uuid names things apart.
package uuid

import (
	"math/rand/v2"
	"strconv"
)

// NewString returns a random name of 128 bits.
func NewString() string {
	return strconv.FormatUint(rand.Uint64(), 16) + "-" + strconv.FormatUint(rand.Uint64(), 16)
}
EOF
for file in context.go state.go; do
	grep -q '"github.com/google/uuid"' "$app/$file"
	sed -i 's|"github.com/google/uuid"|"github.com/maxence-charriere/go-app/v10/pkg/uuid"|' "$app/$file"
done

grep -q 'engine\.Start(120)$' "$app/app.go"
sed -i 's/engine\.Start(120)$/engine.Start(1000)/' "$app/app.go"

cp go.mod "$build/go.mod"
cp go.sum "$build/go.sum"
go mod edit -replace "github.com/maxence-charriere/go-app/v10=./$build/go-app" "$build/go.mod"
