package report

import (
	"flag"
	"os"
	"strings"
	"testing"

	"courselab/sim"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func example() *Document {
	gpu := sim.Source{Title: "NVIDIA A100 Datasheet", URL: "https://example.com/a100", Date: "2021-06"}
	price := sim.Source{Title: "目录", Date: "2026-11-23"}
	d := &Document{
		Title: "客服问答选型报告", Author: "张三", Date: "2026-11-25",
		Texts: []Text{{"场景", "客服坐席使用。\n\n每天 2,000 次。"}, {"评测", ""}, {"结论与退路", "1. 先用 API"}},
		Parts: []Part{
			{ID: "fit", Title: "能不能跑", Link: "labs/fit/#lab=fit.1&bits=8", Verdict: "放得下，要 1 张卡",
				Assumptions: []Assumption{{"模型", "Qwen3-32B", false}, {"每个权重的位数", "8 bit", true}},
				Numbers:     []Number{{"权重", "32.8 GB", "N · b / 8", "32762123264 × 8 / 8", []sim.Source{gpu}}}},
			{ID: "select", Title: "选型", Verdict: "DeepSeek-V3 第一", Notes: []string{"缺失值按区间计"},
				Tables: []Table{{"排名", []string{"型号", "得分"}, [][]Cell{
					{{"DeepSeek-V3", nil}, {"0.70–0.82", []sim.Source{price, gpu}}}, {{"a|b", nil}, {"<b>", nil}}, {{"丙", nil}, {"0.5", []sim.Source{price, price}}},
				}}}},
			{ID: "breakeven", Title: "打平", Missing: "还没有做这个实验。"},
		},
		Data:   []Data{{"data/models.json", "2026-11-23", "abc-12"}},
		Rubric: Rubric(),
	}
	d.Rubric[Scene].Points, d.Rubric[Costs].Points = 2, 1
	d.Check()
	return d
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", name, got)
	}
}

func TestGolden(t *testing.T) {
	golden(t, "report.md", example().Markdown())
	golden(t, "report.html", example().HTML("r"))
}

// Whatever is in the document stands in both forms.
func TestNothingIsLost(t *testing.T) {
	d := example()
	for name, text := range map[string]string{"markdown": d.Markdown(), "html": d.HTML("r")} {
		for _, want := range []string{"客服问答选型报告", "张三", "2026-11-25", "每天 2,000 次", "（未填写）", "放得下，要 1 张卡", "Qwen3-32B", "课程预设", "自己",
			"N · b / 8", "32762123264 × 8 / 8", "NVIDIA A100 Datasheet", "https://example.com/a100", "2021-06", "DeepSeek-V3", "缺失值按区间计", "还没有做这个实验", "abc-12", "自评合计 3 / 16，还有 6 栏未评"} {
			plain := strings.NewReplacer(`\-`, "-", `\.`, ".").Replace(text)
			if !strings.Contains(plain, want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
	if s := d.Sources(); len(s) != 2 || s[0].Source.Title != "NVIDIA A100 Datasheet" || s[1].Number != 2 {
		t.Errorf("%+v", s)
	}
}

func TestCheck(t *testing.T) {
	d := example()
	for line, holds := range map[int]bool{Scene: true, Conditions: true, Candidates: true, Evaluation: false, Costs: false, Sensitivity: false, Conclusion: true, SourcesLine: true} {
		if d.Rubric[line].Holds != holds || d.Rubric[line].Checked == "" {
			t.Errorf("%s: %+v", d.Rubric[line].Criterion, d.Rubric[line])
		}
	}
}

// What a learner types is shown and not run.
func FuzzEscaping(f *testing.F) {
	f.Add(`<script>alert(1)</script>`)
	f.Add("# a\n- b\n| c |")
	f.Add(`](javascript:x) "onload=x`)
	f.Fuzz(func(t *testing.T, text string) {
		d := &Document{Title: text, Author: text, Texts: []Text{{text, text}}, Rubric: Rubric(),
			Parts: []Part{{ID: "x", Title: text, Verdict: text, Numbers: []Number{{text, text, text, text, []sim.Source{{Title: text, URL: text, Date: text}}}}}}}
		d.Check()
		page := d.HTML("r")
		// Every tag is one of ours.
		for _, part := range strings.Split(page, "<")[1:] {
			tag := strings.TrimPrefix(part, "/")
			name, _, _ := strings.Cut(tag, ">")
			name, _, _ = strings.Cut(name, " ")
			switch name {
			case "article", "section", "h2", "h3", "p", "dl", "dt", "dd", "strong", "sup", "a", "ol", "li", "div", "table", "caption", "thead", "tbody", "tr", "th", "td":
			default:
				t.Fatalf("tag %q", name)
			}
		}
		if strings.Contains(page, `href="javascript`) {
			t.Fatal("a script as an address")
		}
		for line := range strings.Lines(d.Markdown()) {
			if strings.HasPrefix(line, "<") {
				t.Fatalf("markup at the start of %q", line)
			}
		}
	})
}
