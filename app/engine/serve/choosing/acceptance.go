package choosing

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim/judge"
)

// Acceptance answers the lab "acceptance". Until the learner reveals, the sheet says
// nothing of which system is which.
func Acceptance(in *sheet.Input) (engine.Sheet, error) {
	seed, who := in.Number("seed"), int(in.Number("judge"))
	names := [2]string{or(strings.TrimSpace(in.Text("name_a")), "甲"), or(strings.TrimSpace(in.Text("name_b")), "乙")}
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	items, err := judge.ParseItems(in.Text("items"))
	if err != nil {
		in.Fault("items", "读不懂："+strings.TrimPrefix(err.Error(), "parse questions: "))
		return engine.Sheet{}, in.Err()
	}
	if len(items) == 0 {
		in.Fault("items", "还没有题目")
		return engine.Sheet{}, in.Err()
	}
	all, err := judge.Decode(in.Text("judgements"), len(items), uint64(seed))
	if err != nil {
		in.Fault("judgements", "与题目对不上，或写法不对："+strings.TrimPrefix(err.Error(), "decode judgements: "))
		return engine.Sheet{}, in.Err()
	}
	deck, err := deckOf(items, uint64(seed), who)
	if err != nil {
		return engine.Sheet{}, err
	}
	s := engine.Sheet{Files: []engine.File{deck}}
	missing := 0
	for _, x := range items {
		if x.Answers[0] == "" || x.Answers[1] == "" {
			missing++
		}
	}
	if missing > 0 {
		s.Notes = append(s.Notes, engine.Note{Tone: engine.Warn, Text: fmt.Sprintf("有 %d 题缺一边或两边的回答：先让两个系统用同样的设置各答一遍，再评。", missing)})
	}
	r, err := judge.Analyse(all, len(items), uint64(seed))
	if err != nil {
		return s, err
	}
	if !in.On("reveal") {
		s.Verdict = engine.Verdict{Text: fmt.Sprintf("%d 题，%d 位评判者评了 %d 次。揭晓之前不说左右各是谁。", len(items), r.Judges, len(all)), Detail: "每位评判者看到的次序与左右各自打乱；评完再打开“揭晓”。"}
		s.Parts = []engine.Part{progressPart(all, len(items)), neededPart(r)}
		return s, nil
	}
	s.Verdict = acceptanceVerdict(r, names)
	s.Parts = []engine.Part{
		preferencePart("准确性", r.Accuracy, names, "哪一边更准确"),
		preferencePart("流畅性", r.Fluency, names, "哪一边更好读"),
		outcomePart(r, names), agreementPart(r), neededPart(r), progressPart(all, len(items)),
	}
	s.Notes = append(s.Notes, engine.Note{Text: "题才是样本：几个人评同一题，先取平均，再按题算区间。bootstrap 抽 2,000 次，种子固定，所以每次结果相同。"})
	return s, nil
}

// turn is one question as the present judge sees it.
type turn struct {
	Item      int    `json:"item"`
	Question  string `json:"question"`
	Left      string `json:"left"`
	Right     string `json:"right"`
	Reference string `json:"reference,omitempty"`
}

// deckOf is what the judging element of the page shows: the questions in the
// judge's order, the sides in the judge's places.
func deckOf(items []judge.Item, seed uint64, who int) (engine.File, error) {
	var turns []turn
	for _, t := range judge.Shuffle(len(items), seed, who) {
		x := items[t.Item]
		left, right := x.Answers[0], x.Answers[1]
		if t.Swapped {
			left, right = right, left
		}
		turns = append(turns, turn{t.Item, x.Question, left, right, x.Reference})
	}
	text, err := json.Marshal(turns)
	return engine.File{Name: "deck.json", Type: "application/json", Text: string(text)}, err
}

func acceptanceVerdict(r judge.Result, names [2]string) engine.Verdict {
	p := r.Accuracy
	if p.Judged == 0 {
		return engine.Verdict{Tone: engine.Warn, Text: "还没有一次关于准确性的评判。", Detail: "在下面逐题评，或照“试一试”载入示例的评判。"}
	}
	v := engine.Verdict{Text: fmt.Sprintf("准确性：%s 的胜率 %s（平局算半场），按题抽样的 95%% 区间 %s。", names[0], format.Ratio(p.Rate), percents(p.Drawn))}
	switch {
	case p.Wins+p.Losses == 0:
		v.Tone, v.Detail = engine.Warn, "全是平局。"
	case p.Wilson.Lo > 0.5:
		v.Tone, v.Detail = engine.Good, fmt.Sprintf("去掉平局 %d 比 %d，区间 %s 不含 50%%：可以说%s更准确。", p.Wins, p.Losses, percents(p.Wilson), names[0])
	case p.Wilson.Hi < 0.5:
		v.Tone, v.Detail = engine.Good, fmt.Sprintf("去掉平局 %d 比 %d，区间 %s 不含 50%%：可以说%s更准确。", p.Wins, p.Losses, percents(p.Wilson), names[1])
	default:
		v.Tone, v.Detail = engine.Warn, fmt.Sprintf("去掉平局 %d 比 %d，区间 %s 含 50%%：题还不够，分不出高下。", p.Wins, p.Losses, percents(p.Wilson))
	}
	return v
}

func percents(v judge.Interval) string {
	if math.IsNaN(v.Lo) || math.IsNaN(v.Hi) {
		return format.None
	}
	return format.Fixed(100*v.Lo, 1) + "%–" + format.Fixed(100*v.Hi, 1) + "%"
}
