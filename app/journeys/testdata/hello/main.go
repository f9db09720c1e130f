//go:build js && wasm

// Command hello is the smallest go-app, which the course's start is measured
// against.
package main

import goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

type hello struct{ goapp.Compo }

func (h *hello) Render() goapp.UI { return goapp.H1().ID("ready").Text("hello") }

func main() {
	goapp.Route("/", func() goapp.Composer { return &hello{} })
	goapp.RunWhenOnBrowser()
}
