package lessons

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse checks that no text makes Parse panic, and that whatever it makes of
// a text, faulty or not, is well-formed and runs nothing.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.md")
	for _, file := range files {
		if src, err := os.ReadFile(file); err == nil {
			f.Add(string(src))
		}
	}
	for _, body := range []string{
		"<script>alert(1)</script>", "[a](javascript:b)", "![a](javascript:b)", "<a href='javascript:b'>", "[a]: javascript:b\n\n[a]",
		"$\\text{<script>}$", "$\\text{<img src=x onerror=y>}$", "$$<script>$$", "a [[\"><script>|b]] c", "## a {onclick=\"b\" style=\"c\"}",
		"```<script>\nx\n```", "| <script> |\n|-|\n| `a|b` |", "[^\"><script>]", "[^a]\n\n[^a]: # b", "- [x] > a\n  # b", "{\"><script>}",
		"## 自测 {.quiz}\n### a {#b}\n- [x] <b>\n  > c", "![a](img/block.svg \"<script>\")", "<javascript:alert(1)>", "[a](<java\tscript:b>)",
		"$\\unicode{x}\\style{a}{b}\\href{javascript:a}{b}$", "\\$ $ $$ $$$ a$b$", "> - > 1. $$\n> - > $$",
	} {
		f.Add(header9 + body)
	}
	f.Fuzz(func(t *testing.T, src string) {
		lesson, err := Parse("m9.md", []byte(src), testOptions)
		var faults Faults
		if err != nil && (!errors.As(err, &faults) || len(faults) == 0) {
			t.Fatalf("the error is not Faults: %v", err)
		}
		lines := 1 + strings.Count(strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n"), "\n")
		for _, fault := range faults {
			if fault.Line < 1 || fault.Line > lines {
				t.Errorf("fault outside of the file's %d lines: %v", lines, fault)
			}
		}
		if lesson == nil {
			if err == nil {
				t.Fatal("neither lesson nor error")
			}
			return
		}
		for _, text := range htmlOf(lesson) {
			harmless(t, text)
			wellFormed(t, text)
		}
	})
}

// FuzzMath does it for formulas.
func FuzzMath(f *testing.F) {
	for _, tex := range []string{`\frac{a}{b}`, `\text{<script>}`, `\left(\begin{matrix}a&b\\c\end{matrix}\right)`, `\mathrm{a b}`, `a^{b_c}'`, `\sqrt[3]{x}`, `\ce{H2O}`, `\def\a{b}`} {
		f.Add(tex)
	}
	f.Fuzz(func(t *testing.T, tex string) {
		html, err := mathML(tex, true)
		if (err == nil) == (html == "") {
			t.Fatalf("%q, %v", html, err)
		}
		if err == nil {
			harmless(t, html)
			wellFormed(t, html)
		}
	})
}

// FuzzDrawing does it for drawings.
func FuzzDrawing(f *testing.F) {
	f.Add(`<svg viewBox="0 0 1 1"><text x="1">a</text></svg>`)
	f.Add(`<svg viewBox="0 0 1 1"><use href="#a"/><g fill="url(#b)" onclick='c'/></svg>`)
	f.Add(`<?xml?><!-- a --><svg viewBox=""><title>&lt;script></title></svg>`)
	f.Fuzz(func(t *testing.T, src string) {
		svg, err := Drawing("a.svg", []byte(src), `"><script>`)
		if (err == nil) == (svg == "") {
			t.Fatalf("%q, %v", svg, err)
		}
		harmless(t, svg)
	})
}
