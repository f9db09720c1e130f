//go:build js && wasm

package labs

import (
	"errors"
	"syscall/js"
)

// Runs that the learner keeps in this browser lie in an IndexedDB of their own:
// they are too large for what holds the answers.
const (
	runDatabase = "courselab-runs"
	runStore    = "runs"
)

// keepRun stores a lab's run in the place of the one kept before; done is told
// errNoRoom where the browser has no room, errNoStore where it keeps nothing.
func keepRun(lab string, data []byte, done func(err error)) {
	openRuns(func(db js.Value, err error) {
		if err != nil {
			done(err)
			return
		}
		bytes := js.Global().Get("Uint8Array").New(len(data))
		js.CopyBytesToJS(bytes, data)
		deal := db.Call("transaction", runStore, "readwrite")
		deal.Call("objectStore", runStore).Call("put", bytes, runKey(lab))
		listenOnce(deal, map[string]func(){
			"complete": func() { db.Call("close"); done(nil) },
			"abort":    func() { db.Call("close"); done(storeError(deal.Get("error"))) },
		})
	})
}

// keptRun reads a lab's run; nil without an error where none is kept.
func keptRun(lab string, done func(data []byte, err error)) {
	openRuns(func(db js.Value, err error) {
		if err != nil {
			done(nil, err)
			return
		}
		deal := db.Call("transaction", runStore, "readonly")
		got := deal.Call("objectStore", runStore).Call("get", runKey(lab))
		listenOnce(deal, map[string]func(){
			"complete": func() {
				db.Call("close")
				if v := got.Get("result"); v.Truthy() {
					done(bytesOf(v), nil)
					return
				}
				done(nil, nil)
			},
			"abort": func() { db.Call("close"); done(nil, storeError(deal.Get("error"))) },
		})
	})
}

// runKey tells courses of one origin apart.
func runKey(lab string) string {
	course := js.Global().Get("document").Get("documentElement").Get("dataset").Get("course")
	if course.Truthy() {
		return course.String() + " " + lab
	}
	return lab
}

func openRuns(use func(db js.Value, err error)) {
	// A page whose storage is denied throws here, or has no such object.
	defer func() {
		if recover() != nil {
			use(js.Null(), errNoStore)
		}
	}()
	request := js.Global().Get("indexedDB").Call("open", runDatabase, 1)
	upgrade := js.FuncOf(func(js.Value, []js.Value) any {
		request.Get("result").Call("createObjectStore", runStore)
		return nil
	})
	request.Set("onupgradeneeded", upgrade)
	listenOnce(request, map[string]func(){
		"success": func() { upgrade.Release(); use(request.Get("result"), nil) },
		"error":   func() { upgrade.Release(); use(js.Null(), storeError(request.Get("error"))) },
	})
}

// listenOnce calls the handler of the first of several events, and no other.
func listenOnce(target js.Value, handlers map[string]func()) {
	var all []js.Func
	for name, f := range handlers {
		h := js.FuncOf(func(js.Value, []js.Value) any {
			for n := range handlers {
				target.Set("on"+n, js.Null())
			}
			for _, one := range all {
				one.Release()
			}
			f()
			return nil
		})
		all = append(all, h)
		target.Set("on"+name, h)
	}
}

func storeError(e js.Value) error {
	switch {
	case !e.Truthy():
		return errNoStore
	case e.Get("name").String() == "QuotaExceededError":
		return errNoRoom
	}
	return errors.New(e.Get("name").String())
}
