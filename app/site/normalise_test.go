package site

import (
	"testing"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

func TestNormalise(t *testing.T) {
	tests := []struct {
		name string
		ui   goapp.UI
		want string
	}{
		{"chinese inline nodes stay together",
			goapp.P().Body(goapp.Text("注意"), goapp.B().Text("权重"), goapp.Text("之和为 1")),
			"<p>注意<b>权重</b>之和为 1</p>"},
		{"one text child", goapp.P().Text("注意力"), "<p>注意力</p>"},
		{"nested", goapp.Div().Body(goapp.Ul().Body(goapp.Li().Text("甲"), goapp.Li().Text("乙"))),
			"<div><ul><li>甲</li><li>乙</li></ul></div>"},
		{"aria true keeps its value", goapp.Span().Aria("hidden", true).Text("·"), `<span aria-hidden="true">·</span>`},
		{"false boolean goes", goapp.Input().Type("checkbox").Checked(false), `<input type="checkbox"/>`},
		{"true boolean stays", goapp.Input().Type("checkbox").Checked(true), `<input checked="" type="checkbox"/>`},
		{"attributes sorted", goapp.A().Href("x").Class("c").ID("i").Text("链"), `<a class="c" href="x" id="i">链</a>`},
		{"raw preformatted text keeps its lines", goapp.Div().Body(goapp.Raw("<pre>a\n    b\n</pre>")), "<div><pre>a\n    b\n</pre></div>"},
		{"raw prose keeps its line breaks", goapp.Div().Body(goapp.Raw("<p>one\n<em>two</em>\nthree</p>")),
			"<div><p>one\n<em>two</em>\nthree</p></div>"},
		{"markup in text is escaped", goapp.P().Text("a < b & c"), "<p>a &lt; b &amp; c</p>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := normalise(goapp.HTMLString(tt.ui))
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
