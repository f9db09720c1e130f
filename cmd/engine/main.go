//go:build js && wasm

// Command engine answers the page's requests inside the worker.
package main

import (
	"courselab/app/engine/serve"
	"courselab/app/engine/worker"
)

func main() {
	spareGarbage()
	server := serve.Forced(worker.Param("backend"))
	if err := worker.Serve(server.Accept); err != nil {
		// The worker's script reports the exit to the page.
		panic(err)
	}
}
