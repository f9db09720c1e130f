package labs

import (
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Prices from a file count at once, outlive the lab, and can be taken back.
func TestImportPrices(t *testing.T) {
	b := placeSheet(t, serve.Default(), Props{Name: "cost"})
	b.until("the first result", func() bool { return b.status == ready })
	b.shows("导入价格文件", "现在用的是课程自己的价格")
	before := b.sheet.Verdict.Text
	box := &pricesBox{Bench: Bench{&b.sheetPanel}, home: b.ctx, date: "2026-11-20"}
	shows := func(texts ...string) {
		t.Helper()
		html := goapp.HTMLString(box.Render())
		for _, text := range texts {
			if !strings.Contains(html, text) {
				t.Errorf("the box lacks %q", text)
			}
		}
	}

	box.running = true
	box.read(b.ctx, `{"a": 1}`)
	b.until("the refusal", func() bool { return !box.running })
	shows("没有文字模型的价格", "现在用的是课程自己的价格")

	box.running, box.failure = true, ""
	box.read(b.ctx, `{"gpt-6-sol": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 4e-06, "output_cost_per_token": 2e-05}}`)
	b.until("the import", func() bool { return !box.running && b.status == ready && b.sheet.Verdict.Text != before })
	shows("现在用的是你导入的价格", "GPT-6 Sol", "没有写", "已导入")
	if _, ok := b.files[engine.PricesFile]; !ok {
		t.Error("the lab computes without the imported prices")
	}

	box.keep("", "")
	b.until("the course's prices", func() bool { return b.status == ready && b.sheet.Verdict.Text == before })
	shows("已恢复课程的价格", "现在用的是课程自己的价格")
	if _, ok := b.files[engine.PricesFile]; ok {
		t.Error("the lab computes with prices that were taken back")
	}
}
