package objectives

import (
	"context"
	"fmt"
	"math"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
)

// Thresholds of what is said of a run.
const (
	// rising is how far above its lowest the held-out loss says that the model
	// learns the text by heart, in nats.
	rising = 0.15
	// settled is how many measurements come before anything is said of them.
	settled = 3
	// jumping is how far the training loss goes up and down between measurements, in
	// nats, above which it does not settle.
	jumping = 0.1
)

// Sheet implements run.Run.
func (t *training) Sheet(context.Context) (engine.Sheet, error) {
	var out engine.Sheet
	out.Verdict = t.verdict()
	out.Notes = append(t.findings(), t.settings.notes(t.corpus)...)
	losses, err := t.losses()
	if err != nil {
		return out, err
	}
	out.Parts = append(out.Parts, engine.Part{Title: "损失", Figures: []engine.Figure{losses},
		Text: fmt.Sprintf("单位是奈特每题。训练：上次量之后各步的平均；留出：没有训练过的 %d 行。虚线是只背字频的损失 %s；什么都不知道是 ln V = %s。", len(t.held), format.Fixed(t.unigram, 2), format.Fixed(math.Log(float64(t.config.Vocab)), 2))})
	if len(t.sides[0].Fillings)+len(t.sides[1].Fillings) > 0 {
		part, err := t.fillings()
		if err != nil {
			return out, err
		}
		out.Parts = append(out.Parts, part)
	}
	if len(t.samples) > 0 {
		out.Parts = append(out.Parts, t.written())
	}
	if part, ok := t.looksAhead(); ok {
		out.Parts = append(out.Parts, part)
	}
	out.Parts = append(out.Parts, t.speed(), t.settings.protocol(t.corpus))
	return out, nil
}

// verdict is the run in one sentence.
func (t *training) verdict() engine.Verdict {
	names := t.settings.names()
	for i, s := range t.sides {
		if s.Diverged > 0 {
			return engine.Verdict{Tone: engine.Bad, Text: fmt.Sprintf("第 %d 步，%s模型的数值溢出：学习率 %s 太高，这次训练毁了。", s.Diverged, names[i], format.Number(t.settings.rate)),
				Detail: "把学习率调小，从头再来；从坏掉的权重上接着训练没有用。"}
		}
	}
	if len(t.sides[0].Points) == 0 || len(t.sides[1].Points) == 0 {
		return engine.Verdict{Text: "还没有量过。"}
	}
	var parts []string
	for i, s := range t.sides {
		first, last := s.Points[0], s.Points[len(s.Points)-1]
		parts = append(parts, fmt.Sprintf("%s的留出损失 %s → %s", names[i], format.Fixed(first.Held, 2), format.Fixed(last.Held, 2)))
	}
	v := engine.Verdict{Text: fmt.Sprintf("第 %d 步：%s。", t.done, strings.Join(parts, "，"))}
	if t.falls() {
		v.Tone = engine.Good
	}
	v.Detail = t.compared()
	return v
}

// falls reports whether both held-out losses have fallen.
func (t *training) falls() bool {
	for _, s := range t.sides {
		if len(s.Points) < settled || s.Points[len(s.Points)-1].Held >= s.Points[0].Held-0.1 {
			return false
		}
	}
	return true
}

// compared says what both models do with the same blanks.
func (t *training) compared() string {
	var parts []string
	for i, name := range t.settings.names() {
		if f := t.sides[i].Fillings; len(f) > 0 {
			last := f[len(f)-1]
			parts = append(parts, fmt.Sprintf("%s只看左边 %d、两边都给 %d", name, last.Left, last.Both))
		}
	}
	if len(parts) == 0 {
		return "损失的题不同，不能互相比；同一批填空还没有做。"
	}
	return fmt.Sprintf("同样的 %d 个空，填对：%s；只会填最常见的字，%d。", len(t.blanks), strings.Join(parts, "；"), t.common)
}

// findings are what has become of the run, beside its numbers.
func (t *training) findings() []engine.Note {
	var notes []engine.Note
	for i, s := range t.sides {
		name := t.settings.names()[i]
		if len(s.Points) < settled {
			continue
		}
		lowest := s.Points[0]
		for _, p := range s.Points {
			if p.Held < lowest.Held {
				lowest = p
			}
		}
		last := s.Points[len(s.Points)-1]
		switch {
		case last.Train > s.Points[0].Held+0.5:
			notes = append(notes, engine.Note{Tone: engine.Bad, Text: fmt.Sprintf("%s的损失 %s 比什么都没学时的 %s 还高：学习率 %s 太高，每一步都走过了头。", name, format.Fixed(last.Train, 2), format.Fixed(s.Points[0].Held, 2), format.Number(t.settings.rate))})
		case last.Step > warmup && last.Held > 0.98*t.unigram && jumps(s.Points) > jumping:
			notes = append(notes, engine.Note{Tone: engine.Bad, Text: fmt.Sprintf("%s到第 %d 步还不如只背字频的 %s（现在 %s），训练损失每次量都跳 %s 左右：学习率 %s 太高，每一步都走过了头。", name, last.Step, format.Fixed(t.unigram, 2), format.Fixed(last.Held, 2), format.Fixed(jumps(s.Points), 2), format.Number(t.settings.rate))})
		case last.Held > lowest.Held+rising && last.Train < lowest.Held:
			notes = append(notes, engine.Note{Tone: engine.Warn, Text: fmt.Sprintf("%s的留出损失在第 %d 步最低（%s），之后回升到 %s，训练损失却还在降（%s）：它在背训练的字，字太少了。", name, lowest.Step, format.Fixed(lowest.Held, 2), format.Fixed(last.Held, 2), format.Fixed(last.Train, 2))})
		}
		if i == 0 && t.settings.leak && last.Held < t.unigram/2 {
			notes = append(notes, engine.Note{Tone: engine.Bad, Text: fmt.Sprintf("泄漏的因果模型在留出集上也只有 %s：它没有学会语言，它学会了抄右边的字。写的时候右边没有字可抄，看下面它写了什么。", format.Fixed(last.Held, 2))})
		}
	}
	return notes
}

// jumps is how far the training loss goes up and down between the last few points
// after the warmup, beyond the way that it makes on the whole: its mean change less
// the mean of its way; 0 of fewer than four points.
func jumps(points []point) float64 {
	var late []point
	for _, p := range points[max(0, len(points)-6):] {
		if p.Step > warmup {
			late = append(late, p)
		}
	}
	if len(late) < 4 {
		return 0
	}
	var sum float64
	for i, p := range late[1:] {
		sum += math.Abs(p.Train - late[i].Train)
	}
	return (sum - math.Abs(late[len(late)-1].Train-late[0].Train)) / float64(len(late)-1)
}

// losses draws both models' losses over the steps.
func (t *training) losses() (engine.Figure, error) {
	names := t.settings.names()
	table := engine.Table{Columns: sheet.Columns("步", names[0]+"，训练（奈特）", names[0]+"，留出（奈特）", names[1]+"，训练（奈特）", names[1]+"，留出（奈特）")}
	rows := map[int][]string{}
	var order []int
	var series []chart.Series
	for i := range t.sides {
		learnt, held := chart.Series{Name: names[i] + "，训练"}, chart.Series{Name: names[i] + "，留出"}
		for _, p := range t.sides[i].Points {
			learnt.Points = append(learnt.Points, chart.Point{X: float64(p.Step), Y: p.Train})
			held.Points = append(held.Points, chart.Point{X: float64(p.Step), Y: p.Held})
			if rows[p.Step] == nil {
				rows[p.Step] = []string{format.Plain(float64(p.Step)), format.None, format.None, format.None, format.None}
				order = append(order, p.Step)
			}
			rows[p.Step][1+2*i], rows[p.Step][2+2*i] = format.Fixed(p.Train, 3), format.Fixed(p.Held, 3)
		}
		if len(held.Points) > 0 {
			series = append(series, held, learnt)
		}
	}
	for _, step := range order {
		table.Rows = append(table.Rows, rows[step])
	}
	title := "损失随步数"
	if len(series) == 0 {
		return engine.Figure{Title: title, Desc: "还没有量过。", Table: table}, nil
	}
	var words []string
	for _, s := range series {
		words = append(words, fmt.Sprintf("%s从 %s 到 %s", s.Name, format.Fixed(s.Points[0].Y, 2), format.Fixed(s.Points[len(s.Points)-1].Y, 2)))
	}
	desc := fmt.Sprintf("横轴是步数，到第 %d 步；纵轴是损失，单位奈特每题。%s。", t.done, strings.Join(words, "；"))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: t.in.Key("losses"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "步数"}, Y: chart.Axis{Name: "损失", Unit: "奈特", Zero: true},
		Series: series, Rules: []chart.Rule{{At: t.unigram, Label: "只背字频"}},
	})
	return sheet.Figure(title, desc, table, svg, err)
}

// fillings shows what both models do with the same blanks, with intervals.
func (t *training) fillings() (engine.Part, error) {
	n := len(t.blanks)
	table := engine.FactTable{Title: "同一批填空，填对的比例", Name: "objectives-blanks", Columns: sheet.Columns("模型", "看得见", "填对（个）", "比例（%）", "95% 区间（%）", "每空读几遍（遍）")}
	title := "填对的比例"
	spec := chart.BarsSpec{Value: chart.Axis{Name: title, Unit: "%"}, Parts: []string{title}}
	figure := engine.Table{Columns: sheet.Columns("模型与所见", "填对（%）")}
	var words []string
	for i, name := range t.settings.names() {
		f := t.sides[i].Fillings
		if len(f) == 0 {
			continue
		}
		last := f[len(f)-1]
		for j, right := range []int{last.Left, last.Both} {
			sight := []string{"只有左边", "左右两边"}[j]
			passes := "1"
			if i == 0 && j == 1 {
				passes = "9"
			}
			low, high, err := interval(right, n)
			if err != nil {
				return engine.Part{}, err
			}
			share := 100 * float64(right) / float64(max(n, 1))
			table.Rows = append(table.Rows, engine.FactRow{Cells: []engine.Fact{{Text: name}, {Text: sight}, {Text: fmt.Sprintf("%d / %d", right, n)}, {Text: format.Fixed(share, 1)}, {Text: format.Fixed(100*low, 1) + " 到 " + format.Fixed(100*high, 1)}, {Text: passes}}})
			label := name + "，" + sight
			spec.Bars = append(spec.Bars, chart.Bar{Name: label, Values: []float64{share}, Label: fmt.Sprintf("%s%%（%s 到 %s）", format.Fixed(share, 0), format.Fixed(100*low, 0), format.Fixed(100*high, 0))})
			figure.Rows = append(figure.Rows, []string{label, format.Fixed(share, 1)})
			words = append(words, label+" "+format.Fixed(share, 0)+"%")
		}
	}
	common := 100 * float64(t.common) / float64(max(n, 1))
	spec.Rules = []chart.Rule{{At: common, Label: "只填最常见的字"}}
	desc := fmt.Sprintf("横条，百分比；%d 个空取自留出的文字。%s；只填最常见的字 %s%%。", n, strings.Join(words, "，"), format.Fixed(common, 0))
	spec.Frame = chart.Frame{Key: t.in.Key("blanks"), Title: title, Desc: desc}
	svg, err := chart.Bars(spec)
	drawn, err := sheet.Figure(title, desc, figure, svg, err)
	last := t.sides[0].Fillings
	if len(last) == 0 {
		last = t.sides[1].Fillings
	}
	half, halfErr := sim.WilsonHalfWidth(float64(last[len(last)-1].Left), float64(max(n, 1)), 1.96)
	part := engine.Part{Title: fmt.Sprintf("同一批填空（第 %d 步）", last[len(last)-1].Step), Figures: []engine.Figure{drawn}, Tables: []engine.FactTable{table},
		Text: "因果模型给两边时，把自己最看好的 8 个字逐个放进空里，看哪一个让右边的字最顺（链式法则），所以每空要读 1 + 8 遍；掩码模型一遍就够。只给左边时，掩码模型看到的是以 <mask> 结尾的半行，这种行它训练时很少见。"}
	if halfErr == nil {
		q := sheet.In(half, "%")
		q.Name = "区间的半宽（第一行）"
		part.Quantities = append(part.Quantities, q)
	}
	return part, err
}

// interval is Wilson's, at 95 %.
func interval(right, n int) (low, high float64, err error) {
	if n == 0 {
		return 0, 1, nil
	}
	const z = 1.96
	half, err := sim.WilsonHalfWidth(float64(right), float64(n), z)
	if err != nil {
		return 0, 0, err
	}
	centre := (float64(right)/float64(n) + z*z/2/float64(n)) / (1 + z*z/float64(n))
	return max(0, centre-half.Value), min(1, centre+half.Value), nil
}

// shownSamples is how many of the samples are shown, the newest first.
const shownSamples = 6

// written shows what the models write and fill in.
func (t *training) written() engine.Part {
	names := t.settings.names()
	table := engine.FactTable{Title: "写出与填出", Name: "objectives-samples", Columns: sheet.Columns("步", names[0]+"接着“"+t.settings.prompt+"”写", names[0]+"填空", names[1]+"填空")}
	text := func(s string) engine.Fact {
		if s == "" {
			s = format.None
		}
		return engine.Fact{Text: s}
	}
	for i := len(t.samples) - 1; i >= 0 && len(table.Rows) < shownSamples; i-- {
		s := t.samples[i]
		table.Rows = append(table.Rows, engine.FactRow{Cells: []engine.Fact{{Text: format.Plain(float64(s.Step))}, text(s.Written), text(s.Filled[0]), text(s.Filled[1])}})
	}
	part := engine.Part{Title: "写与填", Tables: []engine.FactTable{table},
		Text: fmt.Sprintf("写：温度 %s，top-k %d，种子 %d。填：每个空取最可能的字；掩码看整句一次填完，因果从左到右，看不到空右边的字。", format.Number(writeTemperature), writeTopK, t.settings.seed)}
	last := t.samples[len(t.samples)-1]
	guesses := engine.FactTable{Title: "每个空最看好的三个字", Name: "objectives-guesses", Columns: sheet.Columns("空", names[0], names[1])}
	for j := range max(len(last.Guesses[0]), len(last.Guesses[1])) {
		cells := []engine.Fact{{Text: fmt.Sprintf("第 %d 个", j+1)}}
		for i := range last.Guesses {
			var words []string
			if j < len(last.Guesses[i]) {
				for _, g := range last.Guesses[i][j] {
					words = append(words, g.Sign+" "+format.Ratio(g.Probability))
				}
			}
			cells = append(cells, text(strings.Join(words, "、")))
		}
		guesses.Rows = append(guesses.Rows, engine.FactRow{Cells: cells})
	}
	part.Tables = append(part.Tables, guesses)
	return part
}

// looksAhead shows how much attention goes to the next character: what a leaked
// label is read off.
func (t *training) looksAhead() (engine.Part, bool) {
	part := engine.Part{Title: "目光放在哪里", Text: fmt.Sprintf("每个位置给右边紧邻那个字的注意力，在留出的 %d 行上平均。平均分配的话是 1/%d = %s。", min(len(t.held), aheadRows), t.config.Context, format.Ratio(1/float64(t.config.Context)))}
	for i, name := range t.settings.names() {
		s := &t.sides[i]
		if len(s.Fillings) == 0 {
			continue
		}
		q := engine.Quantity{Name: name + "，最看右邻的一个头", Text: format.Ratio(s.Ahead.Most), Unit: "%", Note: fmt.Sprintf("第 %d 层第 %d 头；各头平均 %s", s.Ahead.Layer+1, s.Ahead.Head+1, format.Ratio(s.Ahead.Mean))}
		v := 100 * s.Ahead.Most
		q.Value = &v
		if !s.task.Objective.Unmasked() {
			q.Note = "因果掩码把右边的权重压成 0"
		}
		part.Quantities = append(part.Quantities, q)
	}
	if f := t.sides[0].Fillings; t.settings.leak && len(f) > 0 {
		last := f[len(f)-1]
		in := sheet.Plain("同一个模型，装回因果掩码再量留出损失", last.InUse, "")
		in.Text, in.Note, in.Tone = format.Fixed(last.InUse, 2)+" 奈特", "写的时候就是这样", engine.Bad
		part.Quantities = append(part.Quantities, in)
		part.Text += " 没有掩码时，要猜的字就摆在右邻：把目光移过去抄下来，损失便接近零。训练集、留出集都是这样，所以“留出损失也低”查不出泄漏；写的时候右边是空的，它就什么也不会了。"
	}
	return part, len(part.Quantities) > 0
}

// speed is how fast the run went on this machine.
func (t *training) speed() engine.Part {
	tokens := float64(t.done * t.settings.batch * t.settings.window)
	part := engine.Part{Title: "进度与速度"}
	read := sheet.Plain("每个模型读了", tokens, "")
	read.Text = format.Count(tokens) + " 个字"
	read.Note = fmt.Sprintf("训练的文字读了 %s 遍", format.Number(math.Round(10*tokens/float64(max(t.corpus.learntSize, 1)))/10))
	part.Quantities = append(part.Quantities, read)
	if t.done > 0 && t.seconds > 0 {
		part.Quantities = append(part.Quantities, sheet.Plain("每步（两个模型，连同测量）", t.seconds/float64(t.done), "s"))
	}
	rate := sheet.Plain("学习率", t.sides[0].trainer.Rate(), "")
	part.Quantities = append(part.Quantities, rate, engine.Quantity{Name: "计算", Text: t.backend.Name(), Note: "32 位浮点"})
	return part
}
