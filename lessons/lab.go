package lessons

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// setting is a line "key: value" of a fenced block.
type setting struct {
	key, value string
	line       int
}

// readSettings reads the body of a fenced block. Empty lines and lines that
// start with "#" are skipped; a key may stand once.
func (d *document) readSettings(n *ast.FencedCodeBlock) []setting {
	var settings []setting
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		text := strings.TrimSpace(string(segment.Value(d.text)))
		line := d.line(segment.Start)
		if text == "" || text[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(strings.Replace(text, "：", ":", 1), ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case !ok || key == "":
			d.fault(line, "这一行应为“参数: 值”")
		case value == "":
			d.fault(line, "%s 没有值", key)
		case slices.ContainsFunc(settings, func(s setting) bool { return s.key == key }):
			d.fault(line, "%s 写了两次", key)
		default:
			settings = append(settings, setting{key, value, line})
		}
	}
	return settings
}

// readLab reads a placed lab, or returns nil where it cannot be named.
func (d *document) readLab(n *ast.FencedCodeBlock, name string) *Lab {
	line := d.lineOf(n)
	if !isID(name) {
		d.fault(line, "实验块应写明名字：```lab attention")
		return nil
	}
	spec, known := d.opt.Registry.Labs[name]
	if !known && d.opt.Registry.Labs != nil {
		d.fault(line, "没有名为 %s 的实验：可用 %s", name, names(d.opt.Registry.Labs))
	}
	d.labs[name]++
	lab := &Lab{Key: fmt.Sprintf("%s-%d", name, d.labs[name]), Name: name, Params: map[string]string{}, Line: line}
	for _, s := range d.readSettings(n) {
		if known {
			p, ok := spec.Params[s.key]
			if !ok {
				d.fault(s.line, "实验 %s 没有参数 %s：可用 %s", name, s.key, names(spec.Params))
				continue
			}
			if problem := p.problem(s.value); problem != "" {
				d.fault(s.line, "%s %s", s.key, problem)
				continue
			}
		}
		lab.Params[s.key] = s.value
	}
	return lab
}

// names lists the keys of a map in order.
func names[T any](m map[string]T) string {
	if len(m) == 0 {
		return "（无）"
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return strings.Join(keys, "、")
}

// problem returns what is wrong with a value, in Chinese after the parameter's
// name, or nothing.
func (p ParamSpec) problem(value string) string {
	bounded := p.Min != 0 || p.Max != 0
	switch p.Kind {
	case IntParam, FloatParam:
		v, ok := number(value)
		if !ok || p.Kind == IntParam && v != math.Trunc(v) {
			return fmt.Sprintf("应为%s，现在是 %s", p.form(), value)
		}
		if bounded && (v < p.Min || v > p.Max) {
			return fmt.Sprintf("超出范围：应为%s，现在是 %s", p.form(), value)
		}
	case BoolParam:
		if value != "true" && value != "false" {
			return "应为 true 或 false，现在是 " + value
		}
	case TextParam:
		if n := float64(utf8.RuneCountInString(value)); bounded && (n < p.Min || n > p.Max) {
			return fmt.Sprintf("应为 %g 到 %g 个字，现在有 %g 个", p.Min, p.Max, n)
		}
	case ChoiceParam:
		if !slices.Contains(p.Choices, value) {
			return fmt.Sprintf("应为 %s 之一，现在是 %s", strings.Join(p.Choices, "、"), value)
		}
	}
	return ""
}

func (p ParamSpec) form() string {
	kind := "数"
	if p.Kind == IntParam {
		kind = "整数"
	}
	if p.Min == 0 && p.Max == 0 {
		return kind
	}
	return fmt.Sprintf(" %s 到 %s 的%s", decimal(p.Min), decimal(p.Max), kind)
}

// number reads a finite decimal number such as "8", "-1.5" or "7e9".
func number(s string) (float64, bool) {
	if strings.ContainsAny(s, "xXpP_nN") || s == "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
