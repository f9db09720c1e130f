package labs

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// judgeDesk shows one question at a time with both answers, sides shuffled, and
// takes the marks of the present judge.
type judgeDesk struct {
	goapp.Compo
	Bench Bench
	// Deck and Marks are what the desk shows. go-app draws a component anew only
	// where one of its exported fields differs, and the bench is always the same.
	Deck, Marks, Judge string

	at int // place in the judge's order
}

// newJudgeDesk returns the desk over what the bench has now.
func newJudgeDesk(b Bench) goapp.UI {
	f, _ := fileOf(b.Sheet(), "deck.json")
	return &judgeDesk{Bench: b, Deck: f.Text, Marks: b.Get("judgements"), Judge: b.Get("judge")}
}

// judgeTurn is one question as the engine deals it.
type judgeTurn struct {
	Item      int    `json:"item"`
	Question  string `json:"question"`
	Left      string `json:"left"`
	Right     string `json:"right"`
	Reference string `json:"reference"`
}

// noMarks are the marks of a question that nobody judged: see judgeAsks.
const noMarks = "------"

// judgeAsks are what is asked, by the place of its mark.
var judgeAsks = []struct {
	title  string
	values []string // marks
	names  []string // on the buttons
}{
	{"哪一边更准确", []string{"l", "t", "r"}, []string{"左边", "一样", "右边"}},
	{"哪一边更好读", []string{"l", "t", "r"}, []string{"左边", "一样", "右边"}},
	{"左边完成任务了吗", []string{"y", "n"}, []string{"完成", "没有"}},
	{"右边完成任务了吗", []string{"y", "n"}, []string{"完成", "没有"}},
	{"对左边满意吗", []string{"1", "2", "3", "4", "5"}, []string{"1", "2", "3", "4", "5"}},
	{"对右边满意吗", []string{"1", "2", "3", "4", "5"}, []string{"1", "2", "3", "4", "5"}},
}

// CompoID keeps one desk per lab.
func (d *judgeDesk) CompoID() string { return d.Bench.Key() + " desk" }

func (d *judgeDesk) Render() goapp.UI {
	box := goapp.Div().Class("judge")
	turns := d.turns()
	if len(turns) == 0 {
		return box
	}
	d.at = max(0, min(d.at, len(turns)-1))
	t, judge := turns[d.at], d.judge()
	all := readJudgements(d.Marks)
	marks := all.of(judge, t.Item)
	done := 0
	for _, x := range turns {
		if !strings.Contains(all.of(judge, x.Item), "-") {
			done++
		}
	}
	var asks []goapp.UI
	for i, a := range judgeAsks {
		id := d.Bench.Key() + "-ask-" + strconv.Itoa(i)
		var choices []goapp.UI
		for j, v := range a.values {
			choices = append(choices, pressed(a.names[j], a.title+"："+a.names[j], marks[i:i+1] == v, d.Bench.Off(),
				func(ctx goapp.Context, e goapp.Event) { d.mark(i, v) }, "judge", i, v))
		}
		asks = append(asks, goapp.Div().Class("judge-ask").Role("group").Aria("labelledby", id).Body(
			goapp.P().ID(id).Class("lab-label").Text(a.title), goapp.Div().Class("lab-guesses").Body(choices...)))
	}
	reference := goapp.UI(goapp.Div())
	if t.Reference != "" {
		reference = goapp.Details().Class("judge-reference").Body(goapp.Summary().Text("参考答案"), goapp.P().Text(t.Reference))
	}
	return box.Body(
		goapp.P().Class("lab-part").Text("盲评：第 "+strconv.Itoa(judge)+" 位评判者，第 "+strconv.Itoa(d.at+1)+" / "+strconv.Itoa(len(turns))+" 题（评完 "+strconv.Itoa(done)+" 题）"),
		goapp.P().Class("judge-question").Text(t.Question),
		reference,
		goapp.Div().Class("judge-sides").Body(side("左边", t.Left), side("右边", t.Right)),
		goapp.Div().Class("judge-asks").Body(asks...),
		goapp.Div().Class("lab-tools").Role("group").Aria("label", "题目").Body(
			button("上一题", d.Bench.Off() || d.at == 0, func(ctx goapp.Context, e goapp.Event) { d.at-- }, "judge"),
			button("下一题", d.Bench.Off() || d.at == len(turns)-1, func(ctx goapp.Context, e goapp.Event) { d.at++ }, "judge"),
			button("下载这份记录", d.Bench.Off() || len(all) == 0, func(ctx goapp.Context, e goapp.Event) {
				saveText("judgements.txt", "text/plain", d.Bench.Get("judgements"))
				d.Bench.Say("已下载 judgements.txt：几份记录接起来，中间用分号，就能合并。")
			}, "judge"),
		),
	)
}

func side(name, text string) goapp.UI {
	if text == "" {
		text = "（没有回答）"
	}
	return goapp.Section().Class("judge-side").Aria("label", name+"的回答").Body(
		goapp.P().Class("lab-sub").Text(name), goapp.Raw(`<p class="judge-answer">`+escape(text)+`</p>`))
}

// turns are the questions in the present judge's order.
func (d *judgeDesk) turns() []judgeTurn {
	var turns []judgeTurn
	if json.Unmarshal([]byte(d.Deck), &turns) != nil {
		return nil
	}
	return turns
}

func (d *judgeDesk) judge() int {
	n, err := strconv.Atoi(d.Judge)
	if err != nil {
		return 1
	}
	return n
}

// mark sets one mark of the question shown; the same again takes it back.
func (d *judgeDesk) mark(i int, value string) {
	turns := d.turns()
	if d.at >= len(turns) {
		return
	}
	all := readJudgements(d.Bench.Get("judgements"))
	item, judge := turns[d.at].Item, d.judge()
	marks := all.of(judge, item)
	if marks[i:i+1] == value {
		value = "-"
	}
	all.set(judge, item, marks[:i]+value+marks[i+1:])
	d.Bench.Set("judgements", all.String())
	d.Marks = d.Bench.Get("judgements")
}

// judgements are marks by judge and question, as the parameter "judgements" holds
// them: "1:0=ltyn43,2=r--y-5;2:0=…".
type judgements map[int]map[int]string

// readJudgements reads what can be read; the engine names what cannot.
func readJudgements(text string) judgements {
	all := judgements{}
	for _, block := range strings.Split(text, ";") {
		who, rest, ok := strings.Cut(strings.TrimSpace(block), ":")
		judge, err := strconv.Atoi(who)
		if !ok || err != nil {
			continue
		}
		for _, part := range strings.Split(rest, ",") {
			number, marks, ok := strings.Cut(strings.TrimSpace(part), "=")
			if item, err := strconv.Atoi(number); ok && err == nil && len(marks) == len(noMarks) {
				all.set(judge, item, marks)
			}
		}
	}
	return all
}

func (all judgements) of(judge, item int) string {
	if marks := all[judge][item]; marks != "" {
		return marks
	}
	return noMarks
}

// set puts marks in; a question without any is left out.
func (all judgements) set(judge, item int, marks string) {
	if all[judge] == nil {
		all[judge] = map[int]string{}
	}
	all[judge][item] = marks
	if marks == noMarks {
		delete(all[judge], item)
	}
	if len(all[judge]) == 0 {
		delete(all, judge)
	}
}

func (all judgements) String() string {
	var blocks []string
	for _, judge := range sortedInts(all) {
		var parts []string
		for _, item := range sortedInts(all[judge]) {
			parts = append(parts, strconv.Itoa(item)+"="+all[judge][item])
		}
		blocks = append(blocks, strconv.Itoa(judge)+":"+strings.Join(parts, ","))
	}
	return strings.Join(blocks, ";")
}

func sortedInts[V any](m map[int]V) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
