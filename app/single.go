package app

import (
	"courselab/app/env"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Single is the root of the single-file edition, where one document holds all
// pages and its query names them. go-app routes by path alone, so it sees one
// page; this component shows the one that the query asks for.
type Single struct {
	goapp.Compo
	Env *env.Env

	path  string
	known bool
}

// OnNav turns to the page that the address names now. What is new on it was not
// there to hear of the navigation, so that is made once more when it stands;
// boot.js makes no second entry in the history of it.
func (s *Single) OnNav(ctx goapp.Context) {
	at := ctx.Page().URL()
	path := route.FromQuery(at.Query())
	if path == s.path {
		ctx.PreventUpdate()
		return
	}
	s.path = path
	again := *at
	again.Scheme = "" // or go-app takes it for the navigation that was
	ctx.Defer(func(ctx goapp.Context) { ctx.NavigateTo(&again) })
}

// Render draws that page.
func (s *Single) Render() goapp.UI {
	if !s.known {
		s.known = true
		s.path = route.FromQuery(goapp.Window().URL().Query())
	}
	return &Root{Env: s.Env, Path: s.path}
}
