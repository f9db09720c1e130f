package serve

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"courselab/app/engine"
)

const somePrices = `{
 "gpt-6-sol": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 4e-06, "output_cost_per_token": 2e-05, "cache_read_input_token_cost": 4e-07},
 "gpt-6-luna": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": -1},
 "dashscope/qwen3-32b": {"litellm_provider": "fireworks", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06}
}`

// Imported prices count in the labs until they are gone.
func TestImportedPrices(t *testing.T) {
	s := Default()
	data := map[string]engine.DataFile{modelsFile: shippedData(t, true)[modelsFile]}
	var out engine.PricesOutput
	result(t, s, engine.OpPrices, engine.PricesInput{Text: somePrices, Date: "2026-11-20", Data: data}, &out)
	if len(out.Changed) < 3 || len(out.Refused) != 2 || !strings.Contains(out.Summary, "1 个模型") {
		t.Errorf("%+v", out)
	}
	bill := func(data map[string]engine.DataFile) float64 {
		t.Helper()
		sheet, err := Sheet(context.Background(), engine.LabInput{Lab: "cost", Values: defaults(t, "cost", map[string]string{"currency": "USD"}), Data: data})
		if err != nil || sheet.Empty() {
			t.Fatal(err, sheet.Faults)
		}
		return number(t, sheet, "API 月费")
	}
	own := shippedData(t, true)
	own[engine.PricesFile] = engine.DataFile{Mark: "x", Text: out.Prices}
	if before, after := bill(shippedData(t, true)), bill(own); !agrees(before, 9900) || !agrees(after, 19800) {
		t.Errorf("%v, then %v", before, after)
	}
	own[engine.PricesFile] = engine.DataFile{Mark: "y", Text: `{"prices": {"gpt-4": {"currency": "EUR"}}}`}
	sheet, err := Sheet(context.Background(), engine.LabInput{Lab: "cost", Values: defaults(t, "cost", nil), Data: own})
	if err != nil || len(sheet.Faults) == 0 || !strings.Contains(sheet.Faults[0].Message, "恢复") {
		t.Errorf("damaged prices: %+v, %v", sheet.Faults, err)
	}
}

func TestPricesRefused(t *testing.T) {
	data := map[string]engine.DataFile{modelsFile: shippedData(t, true)[modelsFile]}
	for text, says := range map[string]string{
		"":           "空的",
		"{":          "不是完整的 JSON",
		`{"a": 1}`:   "没有文字模型的价格",
		"[1, 2]":     "没有文字模型的价格",
		"name,price": "不是完整的 JSON",
		`{"x": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6}}`: "没有一个条目",
		strings.Repeat(" ", engine.MaxPricesFile+1):                                           "50 MB",
	} {
		input, err := json.Marshal(engine.PricesInput{Text: text, Date: "2026", Data: data})
		if err != nil {
			t.Fatal(err)
		}
		l := &labServer{data: &courseData{}}
		_, _, err = l.prices(context.Background(), input, nil)
		if known, ok := err.(*engine.Error); !ok || known.Code != engine.BadInput || !strings.Contains(known.Message, says) {
			t.Errorf("%.40q: %v, want %s", text, err, says)
		}
	}
	l := &labServer{data: &courseData{}}
	input, err := json.Marshal(engine.PricesInput{Text: somePrices, Date: "昨天", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.prices(context.Background(), input, nil); err == nil || !strings.Contains(err.Error(), "日期") {
		t.Errorf("%v", err)
	}
}
