package bench

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Markdown writes the report as tables: medians, and in brackets the least and the
// greatest of all rounds.
func (r Report) Markdown() string {
	var b strings.Builder
	browser := r.Browser
	if version := regexp.MustCompile(`Chrome/[0-9]+`).FindString(browser); version != "" {
		browser = strings.Replace(version, "/", " ", 1)
	}
	fmt.Fprintf(&b, "%s, %s, %d cores, headless %s", r.Date, r.Machine, r.Cores, browser)
	if r.Load > 0 {
		fmt.Fprintf(&b, " (load %.1f)", r.Load)
	}
	for _, p := range r.Peers {
		fmt.Fprintf(&b, "; %s %s", p.Name, p.Version)
		if p.Missing != "" {
			fmt.Fprintf(&b, " (not measured: %s)", p.Missing)
		}
	}
	for _, m := range r.Missing {
		fmt.Fprintf(&b, "; no %s", m.Name)
	}
	b.WriteString(".\n\n")

	type row struct{ what, unit string }
	var rows []row
	var columns []string
	cells := map[row]map[string]string{}
	for _, f := range r.Figures {
		k := row{f.What, f.Unit}
		if cells[k] == nil {
			rows, cells[k] = append(rows, k), map[string]string{}
		}
		cells[k][f.By] = fmt.Sprintf("%s (%s–%s)", figures(f.Median), figures(f.Min), figures(f.Max))
		if f.By != "memory" && !slices.Contains(columns, f.By) {
			columns = append(columns, f.By)
		}
	}
	slices.SortStableFunc(columns, func(a, b string) int { return place(a) - place(b) })
	fmt.Fprintf(&b, "| | %s |\n|---|%s\n", strings.Join(columns, " | "), strings.Repeat("---:|", len(columns)))
	for _, k := range rows {
		if _, memory := cells[k]["memory"]; memory {
			continue
		}
		fmt.Fprintf(&b, "| %s, %s |", k.what, k.unit)
		for _, c := range columns {
			fmt.Fprintf(&b, " %s |", cells[k][c])
		}
		b.WriteString("\n")
	}
	for _, k := range rows {
		if c, memory := cells[k]["memory"]; memory {
			fmt.Fprintf(&b, "\n%s: %s %s.\n", strings.ToUpper(k.what[:1])+k.what[1:], c, k.unit)
		}
	}
	if v := r.Visit; v.Page != "" {
		fmt.Fprintf(&b, "\nFirst visit to `%s`, from this machine: text after %.0f ms, program after %.0f, its lab computed after %.0f.\n", v.Page, v.TextMS, v.AppMS, v.LabMS)
	}
	if r.Slider.Edits > 0 {
		b.WriteString("\n| Slider of | moves | first new figure, ms (95 %) | whole result, ms |\n|---|---:|---:|---:|\n")
		fmt.Fprintf(&b, "| attention | %d | %.0f (%.0f) | %.0f |\n", r.Slider.Edits, r.Slider.MedianMS, r.Slider.P95MS, r.Slider.MedianMS)
		for _, s := range r.Sliders {
			fmt.Fprintf(&b, "| %s | %d | %.0f (%.0f) | %.0f |\n", s.Lab, s.Edits, s.MedianMS, s.P95MS, s.WholeMS)
		}
	}
	return b.String()
}

// place orders the columns: ours, then peers.
func place(by string) int {
	if i := slices.Index([]string{"simd", "simd int8", "cpu", "webgpu"}, by); i >= 0 {
		return i
	}
	return 9
}

// figures writes a rate with three significant figures.
func figures(v float64) string {
	if v <= 0 || v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.*f", min(2, max(0, 2-int(math.Floor(math.Log10(v))))), v)
}
