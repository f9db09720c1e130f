//go:build js && wasm

package main

import (
	"fmt"

	"github.com/hack-pad/safejs"
)

// fetchFile reads a text file of the site through boot.js. It must not be called
// from a handler.
func fetchFile(path string) ([]byte, error) {
	lab, err := safejs.Global().Get("courselab")
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", path, err)
	}
	promise, err := lab.Call("read", path)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", path, err)
	}
	response, err := await(promise)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", path, err)
	}
	if ok, err := response.Get("ok"); err != nil {
		return nil, fmt.Errorf("fetch %s: %w", path, err)
	} else if yes, _ := ok.Bool(); !yes {
		status, _ := response.Get("status")
		code, _ := status.Int()
		return nil, fmt.Errorf("fetch %s: HTTP %d", path, code)
	}
	promise, err = response.Call("text")
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", path, err)
	}
	body, err := await(promise)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", path, err)
	}
	s, err := body.String()
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", path, err)
	}
	return []byte(s), nil
}
