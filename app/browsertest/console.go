//go:build !js

package browsertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
)

// Message is one line of the page's console: a call of the console API by the
// page, an uncaught exception, or an entry of the browser's own log, which
// includes what the page's workers print.
type Message struct {
	Level  string // "log", "debug", "info", "warning" or "error"
	Text   string
	Source string // of a log entry: "network", "security", "worker" …
	URL    string
}

func (m Message) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s: %s %s", m.Level, m.Source, m.Text, m.URL))
}

// Violation is a breach of the page's Content-Security-Policy.
type Violation struct {
	Directive string `json:"directive"`
	Blocked   string `json:"blocked"`
	Source    string `json:"source"`
	Line      int    `json:"line"`
	Sample    string `json:"sample"`
}

func (v Violation) String() string {
	return fmt.Sprintf("%s blocked %q at %s:%d %s", v.Directive, v.Blocked, v.Source, v.Line, v.Sample)
}

// Console returns everything that was written to the console so far.
func (b *Browser) Console() []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.console)
}

// Errors returns the errors and uncaught exceptions among Console.
func (b *Browser) Errors() []Message {
	return slices.DeleteFunc(b.Console(), func(m Message) bool { return m.Level != "error" })
}

// Violations returns the breaches of the Content-Security-Policy so far.
func (b *Browser) Violations() []Violation {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.violations)
}

const violationBinding = "browsertestViolation"

const violationScript = `document.addEventListener("securitypolicyviolation", e => ` + violationBinding + `(JSON.stringify({
	directive: e.effectiveDirective, blocked: e.blockedURI, source: e.sourceFile, line: e.lineNumber, sample: e.sample})))`

// listen runs on the goroutine that reads the browser's messages: it only notes.
func (b *Browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		m := Message{Level: string(e.Type), Text: words(e.Args)}
		if e.Type == "assert" {
			m.Level = "error"
		}
		b.console = append(b.console, m)
	case *runtime.EventExceptionThrown:
		d := e.ExceptionDetails
		text := d.Text
		if d.Exception != nil {
			text += " " + word(d.Exception)
		}
		b.console = append(b.console, Message{Level: "error", Text: text, URL: fmt.Sprintf("%s:%d:%d", d.URL, d.LineNumber+1, d.ColumnNumber+1)})
	case *log.EventEntryAdded:
		level := string(e.Entry.Level)
		if level == "verbose" {
			level = "debug"
		}
		b.console = append(b.console, Message{Level: level, Text: e.Entry.Text, Source: string(e.Entry.Source), URL: e.Entry.URL})
	case *runtime.EventBindingCalled:
		if e.Name != violationBinding {
			return
		}
		var v Violation
		if json.Unmarshal([]byte(e.Payload), &v) == nil {
			b.violations = append(b.violations, v)
		}
	}
}

func words(args []*runtime.RemoteObject) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = word(a)
	}
	return strings.Join(texts, " ")
}

func word(o *runtime.RemoteObject) string {
	var text string
	if len(o.Value) > 0 && json.Unmarshal(o.Value, &text) == nil {
		return text
	}
	if o.Description != "" {
		return o.Description
	}
	if len(o.Value) > 0 {
		return string(o.Value)
	}
	return string(o.Type)
}
