// Command relax gives the fused additions of a module the code that they have
// in the standard: relax FILE. Clang 14 encodes f32x4.relaxed_madd as a draft of
// it did; where a later one compiled the file, nothing is to be done.
package main

import (
	"fmt"
	"os"

	"courselab/attention/kernel/wasmcode"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "relax:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: relax FILE")
	}
	module, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var at []int
	err = wasmcode.Walk(module, func(i wasmcode.Instruction) {
		if i.Code == wasmcode.DraftMadd {
			at = append(at, i.At)
		}
	})
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	for _, i := range at {
		copy(module[i:], []byte{0xfd, 0x85, 0x02}) // as long as it was
	}
	return os.WriteFile(args[0], module, 0o644)
}
