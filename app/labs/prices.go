package labs

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"strconv"
	"time"

	"courselab/app/engine"
	"courselab/app/env"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// pricesRecord is where the learner's imported prices are kept, among the records
// of labs: values "prices", the text for engine.PricesFile, and "summary".
const pricesRecord = "imported-prices"

// importedPrices returns the prices that this browser has imported, and what was
// said of them; empty where there are none.
func importedPrices(e *env.Env) (text, summary string) {
	if !e.Interactive() {
		return "", ""
	}
	v := e.Progress.Lab(pricesRecord).Values
	return v["prices"], v["summary"]
}

// withPrices adds the imported prices to the files of a lab that knows models.
func withPrices(files map[string]engine.DataFile, e *env.Env) map[string]engine.DataFile {
	text, _ := importedPrices(e)
	if _, models := files[ModelsFile]; !models || text == "" {
		return files
	}
	h := fnv.New64a()
	h.Write([]byte(text))
	files[engine.PricesFile] = engine.DataFile{Mark: strconv.FormatUint(h.Sum64(), 36), Text: text}
	return files
}

// pricesBox takes over prices from a file on the learner's disk. They count in
// this browser only, until they are reset.
type pricesBox struct {
	goapp.Compo
	Bench Bench

	home    goapp.Context
	date    string
	running bool
	failure string
	done    string
	changed []engine.PriceChange
	refused []engine.PriceChange
	cancel  func()
}

// OnMount keeps the context that answers come to, and takes today for the file's
// day.
func (b *pricesBox) OnMount(ctx goapp.Context) {
	b.home = ctx
	b.date = time.Now().UTC().Format("2006-01-02")
}

// OnDismount gives an import up.
func (b *pricesBox) OnDismount() {
	if b.cancel != nil {
		b.cancel()
	}
}

func (b *pricesBox) id(name string) string { return b.Bench.Key() + "-prices-" + name }

func (b *pricesBox) Render() goapp.UI {
	_, summary := importedPrices(b.Bench.Env())
	state := "现在用的是课程自己的价格。"
	if summary != "" {
		state = "现在用的是你导入的价格：" + summary
	}
	off := b.Bench.Off() || b.running
	file := goapp.Input().Type("file").ID(b.id("file")).Class("lab-file").Accept(".json,application/json")
	date := goapp.Input().Type("text").ID(b.id("date")).Class("lab-text").Value(b.date).AutoComplete(false).
		OnInput(func(ctx goapp.Context, e goapp.Event) { b.date = ctx.JSSrc().Get("value").String() })
	if off {
		file.Disabled(true)
		date.Disabled(true)
	}
	return goapp.Details().Class("lab-more", "lab-wide").Body(
		goapp.Summary().Text("导入价格文件"),
		goapp.P().Class("sheet-text").Text("从本机读 litellm 的 model_prices_and_context_window.json 或 genai-prices 的 data.json（最多 50 MB）。文件不会发出去；只换厂商自己卖的价格，只在这个浏览器的实验里生效，课文里的价格表不变。"),
		goapp.P().Class("lab-words").Text(state),
		goapp.Div().Class("lab-control").Body(
			goapp.Label().For(b.id("date")).Text("文件的日期"), date),
		goapp.Div().Class("lab-control").Body(
			goapp.Label().For(b.id("file")).Text("价格文件"),
			file.OnChange(func(ctx goapp.Context, e goapp.Event) { b.choose() })),
		button("恢复课程的价格", off || summary == "", func(ctx goapp.Context, e goapp.Event) { b.keep("", "") }, summary),
		goapp.P().Class("lab-words").Role("status").Text(b.done),
		goapp.P().Class("lab-wrong").Role("alert").Text(b.failure),
		b.list(),
	)
}

// list shows what the last import changed and what it left.
func (b *pricesBox) list() goapp.UI {
	if len(b.changed)+len(b.refused) == 0 {
		return goapp.Div()
	}
	const unit = "美元/百万词元"
	table := engine.FactTable{Title: "导入价格的结果", Name: "imported-prices", Columns: []engine.Column{
		{Name: "模型"}, {Name: "项目"}, {Name: "原来", Unit: unit}, {Name: "现在", Unit: unit}, {Name: "没有采用，因为"},
	}}
	add := func(texts ...string) {
		var row engine.FactRow
		for _, text := range texts {
			row.Cells = append(row.Cells, engine.Fact{Text: text})
		}
		table.Rows = append(table.Rows, row)
	}
	for _, c := range b.changed {
		add(c.Model, c.Field, c.Old, c.New, "–")
	}
	for _, r := range b.refused {
		add(r.Model, "–", "–", "–", r.Reason)
	}
	return &tablePiece{Table: table, Options: sheetOptions{lab: "prices", place: b.Bench.panel.Props.ordinal(), saver: b.Bench.panel}}
}

// choose reads the chosen file and asks the engine to take its prices over.
func (b *pricesBox) choose() {
	b.failure, b.done, b.running = "", "正在读文件……", true
	b.changed, b.refused = nil, nil
	chosenFile(b.id("file"), engine.MaxPricesFile, func(name, text string, err error) {
		b.home.Dispatch(func(ctx goapp.Context) {
			if err != nil {
				b.fail("“" + shorten(name) + "”：" + err.Error() + "（最多 50 MB）。原来的价格没有动。")
				return
			}
			b.read(ctx, text)
		})
	})
}

// read fetches the course's models, which the prices are for.
func (b *pricesBox) read(ctx goapp.Context, text string) {
	e := b.Bench.Env()
	if e == nil || e.Engine == nil || e.Content == nil {
		b.fail("计算程序或课程数据还没有载入，请稍后再试。")
		return
	}
	ctx.Async(func() {
		models, mark, err := e.Content.Data(ModelsFile)
		b.home.Dispatch(func(goapp.Context) {
			if err != nil {
				b.fail("课程的模型数据读不到：" + err.Error())
				return
			}
			in := engine.PricesInput{Text: text, Date: b.date, Data: map[string]engine.DataFile{ModelsFile: {Mark: mark, Text: string(models)}}}
			b.cancel = e.Engine.Do(context.Background(), b.id("import"), engine.OpPrices, in, func(r engine.Reply) {
				if r.Kind.Final() {
					b.home.Dispatch(func(goapp.Context) { b.reply(r) })
				}
			})
		})
	})
}

func (b *pricesBox) reply(r engine.Reply) {
	var out engine.PricesOutput
	switch {
	case r.Kind == engine.Done && json.Unmarshal(r.Output, &out) == nil:
		b.changed, b.refused = out.Changed, out.Refused
		b.keep(out.Prices, out.Summary)
	case r.Error != nil:
		b.fail(r.Error.Message + "。")
	default:
		b.fail("引擎的回答读不懂。")
	}
}

func (b *pricesBox) fail(message string) {
	b.running, b.done, b.failure = false, "", message
}

// keep stores prices, or none, and has the lab computed with them.
func (b *pricesBox) keep(prices, summary string) {
	values := map[string]string{}
	b.running, b.failure, b.done = false, "", "已恢复课程的价格。"
	if prices != "" {
		values["prices"], values["summary"] = prices, summary
		b.done = "已导入。"
	} else {
		b.changed, b.refused = nil, nil
	}
	if err := b.Bench.Env().Progress.SetLab(pricesRecord, values, ""); err != nil {
		b.fail("浏览器存不下：" + err.Error() + "。原来的价格没有动。")
		return
	}
	b.Bench.Reload()
}
