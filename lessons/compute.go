package lessons

import (
	"math"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// defaultTolerance of a computed answer, relative.
const defaultTolerance = 0.01

// readCompute reads a block such as
//
//	```compute kv-cache
//	layers: 32 | 40 | 80
//	tokens: 4096..32768 step 4096
//	bits: 16
//	unit: GiB
//	tolerance: 1%
//	```
//
// Every parameter of the function is given a value, a range or choices. Those
// that differ from one attempt to the next must be shown in the prompt as {name}.
func (r *questionReader) readCompute(n *ast.FencedCodeBlock) {
	line := r.lineOf(n)
	_, name := infoOf(n, r.text)
	spec, known := r.opt.Registry.Functions[name]
	unchecked := r.opt.Registry.Functions == nil
	if !known && (!unchecked || name == "") {
		r.fault(line, "没有名为 %q 的计算：可用 %s", name, names(r.opt.Registry.Functions))
	}
	c := &ComputeSpec{Function: name, Ranges: map[string]string{}, Tolerance: defaultTolerance}
	r.q.Compute = c
	unitLine := line
	varying := map[string]int{}
	seen := map[string]bool{}
	for _, s := range r.readSettings(n) {
		p, isParam := spec.Params[s.key]
		switch {
		case isParam || s.key != "unit" && s.key != "tolerance" && !known:
			seen[s.key] = true
			values, varies, problem := readRange(s.value, p, known)
			if problem != "" {
				r.fault(s.line, "%s %s", s.key, problem)
				continue
			}
			c.Ranges[s.key] = values
			if varies {
				varying[s.key] = s.line
			}
		case s.key == "unit":
			c.Unit, unitLine = s.value, s.line
		case s.key == "tolerance":
			t, ok := readTolerance(s.value)
			if !ok {
				r.fault(s.line, "tolerance 应为 1%% 这样的相对误差，小于 100%%，现在是 %s", s.value)
				continue
			}
			c.Tolerance = t
		default:
			r.fault(s.line, "计算 %s 没有参数 %s：可用 %s、unit、tolerance", name, s.key, names(spec.Params))
		}
	}
	if known {
		r.checkComplete(line, unitLine, name, spec, seen)
	}
	r.markParams(varying)
}

func (r *questionReader) checkComplete(line, unitLine int, name string, spec FunctionSpec, seen map[string]bool) {
	var missing []string
	for key := range spec.Params {
		if !seen[key] {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		r.fault(line, "计算 %s 缺少参数 %s", name, strings.Join(missing, "、"))
	}
	unit := r.q.Compute.Unit
	switch {
	case unit == "" && len(spec.Units) > 0 && !slices.Contains(spec.Units, ""):
		r.fault(line, "缺少 unit：可用 %s", strings.Join(spec.Units, "、"))
	case unit != "" && !slices.Contains(spec.Units, unit):
		r.fault(unitLine, "计算 %s 不能用单位 %s：可用 %s", name, unit, strings.Join(spec.Units, "、"))
	}
}

// markParams turns {name} in the prompt into places for the drawn values.
func (r *questionReader) markParams(varying map[string]int) {
	shown := map[string]bool{}
	for _, n := range r.prompt {
		for _, p := range find[*param](n) {
			if _, ok := r.q.Compute.Ranges[p.name]; !ok {
				r.fault(r.lineOf(p), "题干里的 {%s} 不是这道题的参数", p.name)
				continue
			}
			p.known = true
			shown[p.name] = true
		}
	}
	for name, line := range varying {
		if !shown[name] {
			r.fault(line, "%s 每次不同，题干里要写 {%s}", name, name)
		}
	}
}

// readRange reads "8", "4096..32768 step 4096" or "32 | 40 | 80" and returns it
// in that spelling; without a step, whole numbers step by one. The words "range" and "choices" before it may be written.
func readRange(text string, p ParamSpec, check bool) (values string, varies bool, problem string) {
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "range "), "choices "))
	text = strings.ReplaceAll(text, "｜", "|")
	test := func(v string) bool {
		if check {
			problem = p.problem(v)
		} else if _, ok := number(v); !ok {
			problem = "应为数，现在是 " + v
		}
		return problem == ""
	}
	if strings.Contains(text, "|") {
		var choices []string
		for _, v := range strings.Split(text, "|") {
			v = strings.TrimSpace(v)
			if slices.Contains(choices, v) {
				return "", false, "里 " + v + " 写了两次"
			}
			if !test(v) {
				return "", false, problem
			}
			choices = append(choices, v)
		}
		return strings.Join(choices, " | "), true, ""
	}
	low, rest, isRange := strings.Cut(text, "..")
	if !isRange {
		return text, false, func() string { test(text); return problem }()
	}
	const form = "应为 4096..32768 step 4096 这样的范围（起点、终点、步长）"
	high, step, hasStep := strings.Cut(rest, "step")
	low, high, step = strings.TrimSpace(low), strings.TrimSpace(high), strings.TrimSpace(step)
	if !test(low) || !test(high) {
		return "", false, problem
	}
	a, _ := number(low)
	b, _ := number(high)
	by := 1.0
	if hasStep {
		by, _ = number(step)
	} else if a != math.Trunc(a) || b != math.Trunc(b) {
		return "", false, form
	}
	whole := p.Kind != IntParam || by == math.Trunc(by)
	if !(a < b) || !(by > 0) || by > b-a || !whole || (b-a)/by > 1e6 {
		return "", false, form
	}
	return low + ".." + high + " step " + decimal(by), true, ""
}

// readTolerance reads "1%" or "0.01".
func readTolerance(text string) (float64, bool) {
	scale := 1.0
	if t, percent := strings.CutSuffix(strings.ReplaceAll(text, "％", "%"), "%"); percent {
		text, scale = strings.TrimSpace(t), 100
	}
	t, ok := number(text)
	t /= scale
	return t, ok && t >= 0 && t < 1
}
