//go:build js && wasm

package main

import (
	"errors"
	"fmt"
	"syscall/js"

	"courselab/app/engine"
	"courselab/app/env"

	"github.com/hack-pad/safejs"
)

// boot is what boot.js found out, from globalThis.courselab.
type boot struct {
	lab     safejs.Value
	base    string // absolute path, ends in "/"; the document's own in the single file
	single  bool   // one document holds all pages
	keep    string // what the learner's progress is kept under, beside the course
	course  string
	version string
	// modelBytes is the size of the language model's files; 0: there is none.
	modelBytes int
	backend    string // forced by the address
}

func readBoot() boot {
	lab, err := safejs.Global().Get("courselab")
	if err != nil {
		return boot{lab: safejs.Undefined(), base: "/", keep: "/"}
	}
	b := boot{lab: lab, base: text(lab, "base"), keep: text(lab, "keep"), course: text(lab, "course"), version: text(lab, "version"), backend: text(lab, "backend")}
	if n, err := lab.Get("modelBytes"); err == nil {
		b.modelBytes, _ = n.Int() // not a number: unknown
	}
	if single, err := lab.Get("single"); err == nil {
		b.single, _ = single.Truthy()
	}
	if b.base == "" {
		b.base = "/"
	}
	if b.keep == "" {
		b.keep = b.base
	}
	return b
}

// fileAddress finds a file that the single-file edition carries.
func (b boot) fileAddress(path string) string {
	address, err := b.lab.Call("fileAddress", path)
	if err != nil || address.Type() != safejs.TypeString {
		return ""
	}
	s, _ := address.String()
	return s
}

// text returns a property that is a string, or "".
func text(object safejs.Value, property string) string {
	v, err := object.Get(property)
	if err != nil || v.Type() != safejs.TypeString {
		return ""
	}
	s, _ := v.String()
	return s
}

// await waits for a promise. It must not be called from a handler.
func await(promise safejs.Value) (safejs.Value, error) {
	type settled struct {
		value safejs.Value
		err   error
	}
	done := make(chan settled, 1)
	first := func(args []safejs.Value) safejs.Value {
		if len(args) == 0 {
			return safejs.Undefined()
		}
		return args[0]
	}
	ok, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		done <- settled{value: first(args)}
		return nil
	})
	if err != nil {
		return safejs.Value{}, err
	}
	defer ok.Release()
	bad, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		reason := first(args)
		message := text(reason, "message")
		if message == "" {
			message = "未知错误"
		}
		done <- settled{err: fmt.Errorf("%s", message)}
		return nil
	})
	if err != nil {
		return safejs.Value{}, err
	}
	defer bad.Release()
	if _, err := promise.Call("then", ok, bad); err != nil {
		return safejs.Value{}, err
	}
	s := <-done
	return s.value, s.err
}

// awaitContent waits for the service worker's word on the course's text: whether
// it has just fetched a whole set, or what is wrong with the one on the host.
func (b boot) awaitContent() (fresh bool, fault error) {
	promise, err := b.lab.Get("contentReady")
	if err != nil || promise.Type() != safejs.TypeObject {
		return false, nil
	}
	word, err := await(promise)
	if err != nil {
		return false, nil
	}
	if word.Type() == safejs.TypeString {
		reason, _ := word.String()
		return false, errors.New(reason)
	}
	yes, err := word.Truthy()
	return err == nil && yes, nil
}

// contentUsed tells boot.js which files of the course this page has read.
func (b boot) contentUsed(paths []string) {
	list := make([]any, len(paths))
	for i, p := range paths {
		list[i] = p
	}
	_, _ = b.lab.Call("contentUsed", safejs.Safe(js.ValueOf(list)))
}

// watchBoot keeps the host's state in step with what boot.js learns.
func watchBoot(host *env.Host, b boot) {
	read := func() {
		host.Change(func(s *env.State) {
			if ready, err := b.lab.Get("updateReady"); err == nil {
				s.UpdateReady, _ = ready.Truthy()
			}
			if offline, err := b.lab.Get("offline"); err == nil && offline.Type() == safejs.TypeObject {
				s.Offline, s.OfflineReason = text(offline, "state"), text(offline, "reason")
			}
		})
	}
	host.ApplyUpdate = func() { _, _ = b.lab.Call("applyUpdate") }
	for _, name := range []string{"onUpdate", "onOffline"} {
		handler, err := safejs.FuncOf(func(safejs.Value, []safejs.Value) any {
			read()
			return nil
		})
		if err == nil {
			_ = b.lab.Set(name, handler)
		}
	}
	read()
}

// watchEngine keeps the host's state and the document's mark in step with the
// engine.
func watchEngine(host *env.Host, client *engine.Client) {
	client.OnState(func(now engine.State) {
		phase := string(now.Phase)
		if phase != "" {
			setMark("engine", phase)
		}
		host.Change(func(s *env.State) {
			s.Engine, s.EngineReason = phase, now.Reason
			s.Done, s.Total = now.Progress.Done, now.Progress.Total
		})
	})
}
