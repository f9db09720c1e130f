package tokens

import (
	"fmt"
	"sync"
	"unicode/utf8"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention/bpe"
	"courselab/sim"
)

const (
	passagesFile = "data/passages.json"

	// MaxText bounds the text to learn from and MaxSample the one to cut, in bytes.
	MaxText   = 2_000_000
	MaxSample = 20_000
)

// Lab answers the lab "tokens". It keeps what was learnt last, so that another
// number of merges or another text to cut costs no training.
type Lab struct {
	mu   sync.Mutex
	kept []*training // the newest last
	// texts are the lessons of the course file, by what the learner chooses.
	file  string
	texts map[string]string
}

// asked is one state of the lab, computed.
type asked struct {
	name       string // of the text learnt from
	text       string
	characters float64 // of the text
	vocabulary *bpe.Vocabulary
	merges     int // that the vocabulary may have
	k          int // that texts are cut with
	sample     string
	ids        []int // of the sample
	model      *sim.Model
	catalogue  *sim.Catalogue
	volume     float64 // characters to be read
}

// Sheet answers engine.OpLab.
func (l *Lab) Sheet(in *sheet.Input) (engine.Sheet, error) {
	a, err := l.read(in)
	if err != nil {
		return engine.Sheet{}, err
	}
	step := in.NumberOr("step", float64(a.merges))
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	learnt, err := l.learn(in, a.text, a.merges)
	if err != nil {
		return engine.Sheet{}, err
	}
	a.vocabulary, a.characters = learnt.vocabulary, learnt.characters
	a.k = min(int(step), a.merges, a.vocabulary.Len())
	a.ids = a.vocabulary.Encode(a.sample, a.k)
	return a.sheet(in)
}

// read takes the inputs; what is too large is refused before any work.
func (l *Lab) read(in *sheet.Input) (*asked, error) {
	a := &asked{
		merges: int(in.Number("vocab")) - 256, sample: in.Text("sample"), volume: in.Number("volume"),
		model: in.Model("model"), catalogue: in.Models("model"),
	}
	if a.merges < 0 || a.merges > bpe.MaxMerges {
		in.Faultf("vocab", "要在 256 到 %s 之间", format.Number(256+bpe.MaxMerges))
	}
	switch n := len(a.sample); {
	case n == 0:
		in.Fault("sample", "还是空的，写几个字")
	case n > MaxSample:
		in.Faultf("sample", "有 %s 字节，最多 %s 字节", format.Number(float64(n)), format.Number(MaxSample))
	}
	if in.Text("source") == "own" {
		a.name, a.text = "你的文字", in.Text("text")
		switch n := len(a.text); {
		case n == 0:
			in.Fault("text", "还没有文字：贴一段，或从文件读入")
		case n > MaxText:
			in.Faultf("text", "有 %s 字节，最多 %s 字节", format.Number(float64(n)), format.Number(MaxText))
		}
	} else {
		a.name, a.text = l.course(in, in.Text("source"))
	}
	return a, in.Err()
}

// sheet puts together what follows.
func (a *asked) sheet(in *sheet.Input) (engine.Sheet, error) {
	var s engine.Sheet
	whole := a.vocabulary.Len()
	c, t := float64(utf8.RuneCountInString(a.sample)), float64(len(a.ids))
	s.Verdict = engine.Verdict{
		Text: fmt.Sprintf("这段文字 %s 个字符，切成 %s 个词元，每词元 %s 个字符。", format.Number(c), format.Number(t), format.Fixed(c/t, 2)),
		Detail: fmt.Sprintf("词表 %s 个 = 256 个字节 + %s 次合并，学自%s（%s 个字符）。", format.Number(float64(256+a.k)), format.Number(float64(a.k)),
			a.name, format.Number(a.characters)),
	}
	if whole < a.merges {
		s.Verdict.Tone = engine.Warn
		s.Verdict.Detail += fmt.Sprintf("再没有出现两次的一对了，合并停在第 %s 次：要更大的词表，得有更多的文字。", format.Number(float64(whole)))
	}
	s.Notes = []engine.Note{{Text: "这里的词表只学了一份短文字。真实模型的词表学自几十亿字以上、十几万个词元，算钱要用那个模型自己的分词器；“真实的词表”一段有七种，切的是同一批样本。"}}
	languages, err := a.languages(in)
	if err != nil {
		return s, err
	}
	s.Answer, s.Because = languages.answer()
	bars, err := languages.part(in)
	if err != nil {
		return s, err
	}
	growth, err := a.growth(in, languages)
	if err != nil {
		return s, err
	}
	cut, err := a.cut()
	if err != nil {
		return s, err
	}
	price, err := a.price(languages)
	if err != nil {
		return s, err
	}
	s.Parts = []engine.Part{cut, a.mergesPart(), bars, growth, price}
	s.Files = []engine.File{a.file()}
	return s, nil
}
