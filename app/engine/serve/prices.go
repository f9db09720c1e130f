package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"courselab/app/engine"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/pricefile"
)

// maxListed bounds the entries of each list of a reply.
const maxListed = 200

// prices answers engine.OpPrices: engine.PricesInput → engine.PricesOutput. It
// compares with the course's own prices, whatever was imported before.
func (l *labServer) prices(_ context.Context, raw json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	var in engine.PricesInput
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, nil, badPrices("", "请求的内容读不出来")
	}
	own := maps.Clone(in.Data)
	delete(own, engine.PricesFile)
	files, err := l.data.files(own)
	if err != nil {
		return nil, nil, err
	}
	models, err := files.Models()
	if err != nil {
		return nil, nil, badPrices("data", err.Error())
	}
	file, err := pricefile.Parse([]byte(in.Text))
	if err != nil {
		return nil, nil, priceProblem(err)
	}
	taken, report, err := file.Merge(models, in.Date)
	if err != nil {
		return nil, nil, priceProblem(err)
	}
	if report.Models == 0 {
		return nil, nil, badPrices("file", fmt.Sprintf("文件是 %s 的格式，但没有一个条目是目录里的模型由厂商自己卖的价格；原来的价格没有动", report.Format))
	}
	text, err := pricefile.Keep(taken, report)
	if err != nil {
		return nil, nil, priceProblem(err)
	}
	out := engine.PricesOutput{Prices: text, Summary: fmt.Sprintf("%s 格式，%s：读到 %s 个文字模型的条目，替换了 %d 个模型的价格，其中 %d 个与原来相同；%d 项有变化，%d 项没有采用，其余 %s 个条目不在目录里或是别家托管的。",
		report.Format, report.Date, format.Count(float64(report.Entries)), report.Models, report.Same, len(report.Changed), len(report.Refused), format.Count(float64(report.Unmatched)))}
	for _, c := range report.Changed[:min(len(report.Changed), maxListed)] {
		out.Changed = append(out.Changed, engine.PriceChange{Model: c.Name, Field: c.Field, Old: statedPrice(c.Old), New: statedPrice(c.New)})
	}
	for _, r := range report.Refused[:min(len(report.Refused), maxListed)] {
		out.Refused = append(out.Refused, engine.PriceChange{Model: r.Name, Reason: r.Reason})
	}
	return out, nil, nil
}

// statedPrice writes a price, or that the list does not state it.
func statedPrice(v *float64) string {
	if v == nil {
		return "没有写"
	}
	return format.Number(*v)
}

func badPrices(field, message string) *engine.Error {
	return &engine.Error{Code: engine.BadInput, Op: engine.OpPrices, Field: field, Message: message}
}

// priceProblem puts an error of sim/pricefile into words for the learner.
func priceProblem(err error) *engine.Error {
	var field *sim.FieldError
	if !errors.As(err, &field) {
		return badPrices("file", "读不懂："+err.Error())
	}
	const want = "要的是 litellm 的 model_prices_and_context_window.json，或 genai-prices 的 data.json"
	switch {
	case field.Field == "date":
		return badPrices("date", "日期要写成 2026-11-23、2026-11 或 2026")
	case field.Reason == sim.OutOfRange:
		return badPrices("file", fmt.Sprintf("文件太大（%s），最多 50 MB；%s", field.Detail, want))
	case field.Reason == sim.Missing:
		return badPrices("file", "文件是空的；"+want)
	case field.Reason == sim.Malformed:
		return badPrices("file", "文件不是完整的 JSON（"+field.Detail+"）；"+want)
	}
	return badPrices("file", "文件里没有文字模型的价格；"+want)
}
