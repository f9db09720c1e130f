#!/bin/sh
# trim.sh BUILD writes BUILD/plot and BUILD/go.mod: the pinned gonum/plot without
# the fonts it embeds and without its LaTeX, for compiling the engine with
# -modfile=BUILD/go.mod.
#
# gonum/plot parses twelve Liberation fonts when it starts and go-latex brings four
# more: 2.7 MB of gzip in a download of 6.6. Charts here are SVG, whose text the
# page's own fonts draw and sim/chart measures from a table; nothing asks for one
# of those fonts.
#
# Nothing else of gonum/plot is touched; without this step everything builds and
# draws the same, only larger.
set -eu
build=$1
source=$(go list -m -f '{{.Dir}}' gonum.org/v1/plot)

rm -rf "$build/plot"
mkdir -p "$build"
cp -R "$source" "$build/plot"
chmod -R u+w "$build/plot"
rm -rf "$build/plot/cmpimg" "$build/plot/text/latex.go"
find "$build/plot" -name '*_test.go' -delete
find "$build/plot" -name testdata -prune -exec rm -r {} +

grep -q 'func Collection() font.Collection {' "$build/plot/font/liberation/liberation.go"
cat >"$build/plot/font/liberation/liberation.go" <<'EOF'
// Package liberation stands where the Liberation fonts were.
package liberation

import "gonum.org/v1/plot/font"

// Collection returns no font.
func Collection() font.Collection { return nil }
EOF

cp go.mod "$build/go.mod"
cp go.sum "$build/go.sum"
go mod edit -replace "gonum.org/v1/plot=./$build/plot" "$build/go.mod"
