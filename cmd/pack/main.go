// Command pack packs the browser's programs in a folder, as `make wasm` leaves them,
// for the download: NAME.wasm.gz beside NAME.wasm. The packing takes some ten
// seconds, so `lab build` takes it over where it fits, and else packs more quickly.
package main

import (
	"fmt"
	"os"

	"courselab/app/site"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pack DIR")
		os.Exit(2)
	}
	if err := site.Pack(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}
