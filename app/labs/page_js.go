//go:build js && wasm

package labs

import "syscall/js"

// readFragment returns the fragment of the address as it stands there, without
// '#'. It is read raw: a hand-edited one need not parse as part of a URL.
func readFragment() string {
	h := js.Global().Get("location").Get("hash").String()
	if h != "" {
		h = h[1:]
	}
	return h
}

// writeFragment replaces the fragment without a new entry in the history.
func writeFragment(f string) {
	history := js.Global().Get("history")
	// Browsers refuse with an exception when the address changes too often, or
	// when the document has none; the lab goes on without.
	defer func() { _ = recover() }()
	history.Call("replaceState", history.Get("state"), "", "#"+f)
}

// absolute resolves href against the page's address.
func absolute(href string) string {
	return js.Global().Get("URL").New(href, js.Global().Get("document").Get("baseURI")).Get("href").String()
}

// copyText puts text on the clipboard and says whether that worked.
func copyText(text string, done func(ok bool)) {
	clipboard := js.Global().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() {
		done(false)
		return
	}
	var good, bad js.Func
	finish := func(ok bool) {
		good.Release()
		bad.Release()
		done(ok)
	}
	good = js.FuncOf(func(js.Value, []js.Value) any { finish(true); return nil })
	bad = js.FuncOf(func(js.Value, []js.Value) any { finish(false); return nil })
	clipboard.Call("writeText", text).Call("then", good, bad)
}

// download hands data to the learner as a CSV file.
func download(name string, data []byte) { saveFile(name, "text/csv", data) }

// saveText hands a text to the learner as a file.
func saveText(name, mediaType, text string) { saveFile(name, mediaType, []byte(text)) }

// printPage opens the browser's print dialogue.
func printPage() { js.Global().Call("print") }

func saveFile(name, mediaType string, data []byte) {
	bytes := js.Global().Get("Uint8Array").New(len(data))
	js.CopyBytesToJS(bytes, data)
	blob := js.Global().Get("Blob").New([]any{bytes}, map[string]any{"type": mediaType + ";charset=utf-8"})
	url := js.Global().Get("URL").Call("createObjectURL", blob)
	document := js.Global().Get("document")
	link := document.Call("createElement", "a")
	link.Set("href", url)
	link.Set("download", name)
	document.Get("body").Call("appendChild", link)
	link.Call("click")
	link.Call("remove")
	var release js.Func
	release = js.FuncOf(func(js.Value, []js.Value) any {
		js.Global().Get("URL").Call("revokeObjectURL", url)
		release.Release()
		return nil
	})
	// The browser reads the file after the click has been handled.
	js.Global().Call("setTimeout", release, 10000)
}

// focus moves the keyboard to the element with that id.
func focus(id string) {
	if e := js.Global().Get("document").Call("getElementById", id); e.Truthy() {
		e.Call("focus")
	}
}

// reveal scrolls a row sideways until one of its items is in the middle; the
// page itself stays where it is.
func reveal(list, item string) {
	document := js.Global().Get("document")
	l, i := document.Call("getElementById", list), document.Call("getElementById", item)
	if l.Truthy() && i.Truthy() {
		l.Set("scrollLeft", i.Get("offsetLeft").Float()-(l.Get("clientWidth").Float()-i.Get("offsetWidth").Float())/2)
	}
}

// setValue writes text into a field, whatever was typed there; a field that is
// not there is passed over.
func setValue(id, text string) {
	e := js.Global().Get("document").Call("getElementById", id)
	if e.Truthy() && e.Get("value").String() != text {
		e.Set("value", text)
	}
}

// widthOf returns how wide an element is, in CSS pixels; 0 where it is not there.
func widthOf(id string) int {
	if e := js.Global().Get("document").Call("getElementById", id); e.Truthy() {
		return e.Get("clientWidth").Int()
	}
	return 0
}

// chosenFile reads the file that was chosen in an <input type=file> as UTF-8
// text of at most most bytes, and calls done on the event loop. The field is
// emptied, so that the same file can be chosen again.
func chosenFile(id string, most int, done func(name, text string, err error)) {
	input := js.Global().Get("document").Call("getElementById", id)
	if !input.Truthy() || input.Get("files").Length() == 0 {
		return
	}
	file := input.Get("files").Index(0)
	name := file.Get("name").String()
	if size := file.Get("size").Int(); size > most {
		input.Set("value", "")
		done(name, "", tooLarge(size, most))
		return
	}
	settle(file.Call("text"), func(text js.Value, ok bool) {
		if !ok {
			done(name, "", errUnreadable)
			return
		}
		done(name, text.String(), nil)
	})
	input.Set("value", "")
}

// chosenBytes is chosenFile for a file that is no text.
func chosenBytes(id string, most int, done func(name string, data []byte, err error)) {
	input := js.Global().Get("document").Call("getElementById", id)
	if !input.Truthy() || input.Get("files").Length() == 0 {
		return
	}
	file := input.Get("files").Index(0)
	name := file.Get("name").String()
	if size := file.Get("size").Int(); size > most {
		input.Set("value", "")
		done(name, nil, tooLarge(size, most))
		return
	}
	settle(file.Call("arrayBuffer"), func(buffer js.Value, ok bool) {
		if !ok {
			done(name, nil, errUnreadable)
			return
		}
		done(name, bytesOf(buffer), nil)
	})
	input.Set("value", "")
}

func bytesOf(buffer js.Value) []byte {
	array := js.Global().Get("Uint8Array").New(buffer)
	data := make([]byte, array.Length())
	js.CopyBytesToGo(data, array)
	return data
}

// settle calls done once with what a promise comes to.
func settle(promise js.Value, done func(v js.Value, ok bool)) {
	var good, bad js.Func
	finish := func(v js.Value, ok bool) {
		good.Release()
		bad.Release()
		done(v, ok)
	}
	good = js.FuncOf(func(_ js.Value, args []js.Value) any { finish(args[0], true); return nil })
	bad = js.FuncOf(func(_ js.Value, args []js.Value) any { finish(args[0], false); return nil })
	promise.Call("then", good, bad)
}

// valueOf returns the text of a field, "" where it is not there.
func valueOf(id string) string {
	if e := js.Global().Get("document").Call("getElementById", id); e.Truthy() {
		return e.Get("value").String()
	}
	return ""
}
