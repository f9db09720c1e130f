package class

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"
	"time"

	"courselab/lessons"
)

//go:embed report.html
var reportHTML string

//go:embed report.css
var reportCSS string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"percent": func(share float64) string { return percent(share) + "%" },
	"kind":    func(q *lessons.Question) string { return kindNames[q.Kind] },
	"course":  courseHTML,
	"prompt":  promptHTML,
	"day":     func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") },
	"inc":     func(i int) int { return i + 1 },
}).Parse(reportHTML))

// mostShown is how many questions and how many mistakes of each the report tells
// in full; the table has all.
const (
	mostQuestions = 20
	mostMistakes  = 3
)

// Refused is a file that was left out, and why.
type Refused struct{ File, Why string }

type reportInput struct {
	Summary
	Made    time.Time
	Files   int
	Refused []Refused
	CSS     template.CSS
	Policy  string
	Hardest []reportQuestion
	More    int // questions that were tried and are not shown
	Untried int
	Charts  []reportChart
}

type reportQuestion struct {
	Question
	Top []Wrong
}

type reportChart struct {
	SVG     template.HTML
	Caption string
}

// Report writes a page that needs nothing beside it and runs nothing: what the
// class misunderstood, hardest first, how far each module was done, and who handed
// in. made is the time that it states.
func (s Summary) Report(refused []Refused, made time.Time) ([]byte, error) {
	sum := sha256.Sum256([]byte(reportCSS))
	in := reportInput{Summary: s, Made: made, Refused: refused, CSS: template.CSS(reportCSS),
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"}
	for _, l := range s.Learners {
		in.Files += len(l.Files)
	}
	for _, m := range s.Modules {
		in.Untried += len(m.Questions)
	}
	hardest := s.Hardest()
	in.Untried -= len(hardest)
	for i, q := range hardest {
		if i == mostQuestions {
			in.More = len(hardest) - i
			break
		}
		in.Hardest = append(in.Hardest, reportQuestion{q, q.Wrong[:min(len(q.Wrong), mostMistakes)]})
	}
	var err error
	if in.Charts, err = s.charts(hardest); err != nil {
		return nil, fmt.Errorf("write report: %w", err)
	}
	var b bytes.Buffer
	if err := reportTemplate.Execute(&b, in); err != nil {
		return nil, fmt.Errorf("write report: %w", err)
	}
	return b.Bytes(), nil
}

// elsewhere are the tags of what a page by itself cannot show or lead to; the text
// of links stays.
var elsewhere = regexp.MustCompile(`</?(a|img)\b[^>]*>`)

// gaps marks the places of a prompt that are filled in.
var gaps = strings.NewReplacer(`data-blank="`, `class="gap" data-blank="`)

// courseHTML is markup that package lessons made, which is safe as it stands.
func courseHTML(markup string) template.HTML {
	return template.HTML(gaps.Replace(elsewhere.ReplaceAllString(markup, "")))
}

// promptHTML is a prompt with what its numbers are drawn from in their place.
func promptHTML(q *lessons.Question) template.HTML {
	prompt := q.Prompt
	if q.Compute != nil {
		for name, drawn := range q.Compute.Ranges {
			prompt = strings.ReplaceAll(prompt, `<span data-param="`+name+`">…</span>`, `<span class="drawn">`+html.EscapeString(drawn)+`</span>`)
		}
	}
	return courseHTML(prompt)
}
