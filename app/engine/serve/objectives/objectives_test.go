package objectives

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
)

// prose is a text of n characters that can be learnt: sentences of a few words.
func prose(n int) string {
	subjects, verbs, objects := []string{"小猫", "老人", "工人", "学生"}, []string{"看见", "追着", "想起", "画出"}, []string{"月亮", "小球", "故乡", "江水"}
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for size := 0; size < n; size += 7 {
		b.WriteString(subjects[random.IntN(4)] + verbs[random.IntN(4)] + objects[random.IntN(4)] + "。")
		if size%140 == 0 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// small are values of a run that takes a second or two.
func small(pairs ...string) map[string]string {
	v := map[string]string{
		"source": "pasted", "text": prose(2000), "chars": "200000", "width": "32", "layers": "1", "context": "16", "batch": "8", "steps": "90",
		"rate": "0.01", "hide": "15", "leak": "0", "vocab": "200", "seed": "1", "prompt": "小猫", "cloze": "老人看见＿亮。",
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v[pairs[i]] = pairs[i+1]
	}
	return v
}

func input(values map[string]string) *sheet.Input {
	return sheet.New(context.Background(), values, sheet.Options{Lab: "objectives"})
}

func start(t *testing.T, values map[string]string) *training {
	t.Helper()
	r, err := begin(input(values))
	if err != nil {
		t.Fatal(err)
	}
	return r.(*training)
}

func (t *training) goOn(test *testing.T, steps int) {
	test.Helper()
	for range steps {
		if err := t.Step(test.Context()); err != nil {
			test.Fatal(err)
		}
	}
}

func show(t *testing.T, r *training) engine.Sheet {
	t.Helper()
	s, err := r.Sheet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func last[T any](s []T) T { return s[len(s)-1] }

// TestLearns: both held-out losses fall below what the characters' shares alone
// give, and the blanks are filled better than by the commonest character.
func TestLearns(t *testing.T) {
	r := start(t, small("steps", "120", "hide", "30", "rate", "0.02"))
	r.goOn(t, 120)
	if at := r.At(); at.Done != at.Total {
		t.Fatalf("at %+v", at)
	}
	for i, s := range r.sides {
		if p := last(s.Points); p.Held > 0.8*r.unigram || p.Step != 120 {
			t.Errorf("side %d: held-out %v at step %d, the shares alone give %v", i, p.Held, p.Step, r.unigram)
		}
	}
	causal, masked := last(r.sides[0].Fillings), last(r.sides[1].Fillings)
	if causal.Left < 2*r.common || causal.Both <= causal.Left || masked.Both < 2*r.common {
		t.Errorf("of %d blanks the causal fills %+v, the masked %+v, the commonest character %d", len(r.blanks), causal, masked, r.common)
	}
	if r.sides[0].Ahead.Most != 0 {
		t.Errorf("a causal model looks ahead: %+v", r.sides[0].Ahead)
	}
	s := show(t, r)
	if s.Verdict.Tone != engine.Good || len(s.Parts) < 5 || len(s.Parts[0].Figures[0].SVG) == 0 {
		t.Errorf("%+v", s.Verdict)
	}
}

// TestLeak: with the labels leaked the loss goes to nothing on held-out text in
// which nothing can be predicted, the attention goes to the next character, and with
// the mask back the model knows no more than the characters' shares.
func TestLeak(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var noise strings.Builder
	for range 3000 {
		noise.WriteRune([]rune("天地玄黄宇宙洪荒")[random.IntN(8)])
	}
	r := start(t, small("leak", "1", "text", noise.String()))
	r.goOn(t, 90)
	leaked := r.sides[0]
	p, f := last(leaked.Points), last(leaked.Fillings)
	if p.Held > 0.3*r.unigram || f.InUse < 0.98*r.unigram {
		t.Errorf("held-out loss %v, with the mask back %v; the shares alone give %v", p.Held, f.InUse, r.unigram)
	}
	if leaked.Ahead.Most < 4.0/16 {
		t.Errorf("attention to the next character: %+v", leaked.Ahead)
	}
	found := false
	for _, n := range show(t, r).Notes {
		found = found || strings.Contains(n.Text, "抄右边的字")
	}
	if !found {
		t.Error("the sheet does not say what happened")
	}
}

// TestTooHigh: with a learning rate far too high the run says so; no number is
// lost to the sheet.
func TestTooHigh(t *testing.T) {
	for _, rate := range []string{"1", "10"} {
		r := start(t, small("rate", rate, "steps", "30"))
		r.goOn(t, 30)
		s := show(t, r)
		bad := s.Verdict.Tone == engine.Bad
		for _, n := range s.Notes {
			bad = bad || n.Tone == engine.Bad
		}
		if !bad {
			t.Errorf("rate %s: %+v, %+v, points %+v", rate, s.Verdict, s.Notes, r.sides[0].Points)
		}
	}
}

// TestTooLittle: with a few hundred characters the held-out loss turns while the
// other goes on.
func TestTooLittle(t *testing.T) {
	r := start(t, small("chars", "500", "steps", "150", "rate", "0.02"))
	r.goOn(t, 150)
	found := false
	for _, n := range show(t, r).Notes {
		found = found || strings.Contains(n.Text, "背训练的字")
	}
	if !found {
		t.Errorf("points %+v", r.sides[0].Points)
	}
}

// TestGoesOnFromAFile: a run that is saved in the middle and opened elsewhere is
// the same from there on, to the last digit.
func TestGoesOnFromAFile(t *testing.T) {
	values := small("steps", "40", "rate", "0.003")
	whole := start(t, values)
	whole.goOn(t, 9)
	faster := small("steps", "40", "rate", "0.02", "prompt", "学生")
	if ok, err := whole.Set(input(faster)); err != nil || !ok {
		t.Fatalf("set: %v, %v", ok, err)
	}
	whole.goOn(t, 8)
	var file strings.Builder
	if err := whole.Save(&file, map[string]string{"k": "v"}); err != nil {
		t.Fatal(err)
	}
	whole.goOn(t, 23)

	again := start(t, faster)
	if err := again.Load([]byte(file.String())); err != nil {
		t.Fatal(err)
	}
	if again.done != 17 || again.sides[1].trainer.Rate() != 0.02 {
		t.Fatalf("at %d with rate %v", again.done, again.sides[1].trainer.Rate())
	}
	again.goOn(t, 23)
	for i := range whole.sides {
		a, b := whole.sides[i], again.sides[i]
		if len(a.Points) != len(b.Points) || len(a.Fillings) != len(b.Fillings) {
			t.Fatalf("side %d: %d and %d points", i, len(a.Points), len(b.Points))
		}
		for j := range a.Points {
			if a.Points[j] != b.Points[j] {
				t.Errorf("side %d: point %+v and %+v", i, a.Points[j], b.Points[j])
			}
		}
	}
	if a, b := last(whole.samples), last(again.samples); a.Written != b.Written || a.Filled != b.Filled {
		t.Errorf("samples %+v and %+v", a, b)
	}

	data := []byte(file.String())
	for name, load := range map[string]func() (*training, []byte){
		"truncated":  func() (*training, []byte) { return start(t, faster), data[:len(data)-5] },
		"empty":      func() (*training, []byte) { return start(t, faster), nil },
		"other text": func() (*training, []byte) { return start(t, small("steps", "40", "text", prose(2500))), data },
		"other size": func() (*training, []byte) { return start(t, small("steps", "40", "width", "48")), data },
		"other task": func() (*training, []byte) { return start(t, small("steps", "40", "leak", "1")), data },
		"shorter":    func() (*training, []byte) { return start(t, small("steps", "10")), data },
	} {
		r, bytes := load()
		if err := r.Load(bytes); err == nil {
			t.Errorf("%s: taken", name)
		}
		if r.done != 0 || len(r.sides[0].Points) != 0 || r.sides[0].trainer.Done() != 0 {
			t.Errorf("%s: the run changed", name)
		}
	}
}

// TestInterrupted: a step that is given up between the two models or within a
// measurement is gone on with, and the run is as if it had not been.
func TestInterrupted(t *testing.T) {
	whole := start(t, small("steps", "20"))
	whole.goOn(t, 20)
	r := start(t, small("steps", "20"))
	for n := 1; r.done < 20; n++ {
		ctx, cancel := context.WithCancel(t.Context())
		count := 0
		for i := range r.sides {
			r.sides[i].trainer.Pause = func(context.Context) error {
				if count++; count == n%7+1 {
					cancel()
				}
				return ctx.Err()
			}
		}
		if err := r.Step(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		cancel()
		if n > 1000 {
			t.Fatal("it does not get on")
		}
	}
	for i := range r.sides {
		if a, b := last(r.sides[i].Points), last(whole.sides[i].Points); a != b {
			t.Errorf("side %d: %+v, uninterrupted %+v", i, a, b)
		}
	}
}

func TestSetRefuses(t *testing.T) {
	r := start(t, small())
	for _, pair := range [][2]string{{"width", "48"}, {"leak", "1"}, {"text", prose(2500)}, {"seed", "2"}, {"steps", "130"}} {
		if ok, err := r.Set(input(small(pair[0], pair[1]))); ok || err != nil {
			t.Errorf("%s: %v, %v", pair[0], ok, err)
		}
	}
	if ok, err := r.Set(input(small("cloze", "没有空"))); ok || err == nil {
		t.Errorf("a sentence without a blank: %v, %v", ok, err)
	}
	if ok, err := r.Set(input(small("rate", "0.005", "cloze", "__"))); !ok || err != nil || r.sides[0].trainer.Rate() != 0.005 {
		t.Errorf("rate: %v, %v", ok, err)
	}
	r.goOn(t, 8)
	if f := last(r.samples).Filled[0]; len([]rune(f)) != 6 {
		t.Errorf("two blanks are filled with %q", f)
	}
}

// TestBadTexts: what cannot be trained on is refused with what is accepted.
func TestBadTexts(t *testing.T) {
	for _, c := range []struct{ name, text, field, says string }{
		{"empty", "", "text", "至少要 1000 个"},
		{"short", "太短了。", "text", "只有 4 个字"},
		{"spaces", strings.Repeat(" \n", 3000), "text", "只有 0 个字"},
		{"one character", strings.Repeat("啊", 5000), "text", "只有 1 种字"},
		{"no blank", "", "cloze", ""},
	} {
		v := small("text", c.text)
		if c.field == "cloze" {
			v = small("cloze", "没有空")
		}
		for name, call := range map[string]func() error{
			"sheet": func() error { _, err := Sheet(input(v)); return err },
			"begin": func() error { _, err := begin(input(v)); return err },
			"bytes": func() error { _, err := bytes(input(v)); return err },
		} {
			var faults *sheet.Faults
			if err := call(); !errors.As(err, &faults) || faults.All[0].Field != c.field || !strings.Contains(faults.All[0].Message, c.says) {
				t.Errorf("%s, %s: %v", c.name, name, err)
			}
		}
	}
}

// TestStrangeTexts: emoji, combining marks and one endless line are trained on,
// with a word on how signs are counted.
func TestStrangeTexts(t *testing.T) {
	for name, text := range map[string]string{
		"emoji":  strings.Repeat("👩‍👩‍👧 天气☀️很好，我们去公园🌳玩。", 120),
		"marks":  strings.Repeat("e\u0301a\u0300o\u0302 u\u0308n\u0303 words here, and more. ", 150),
		"no end": strings.Repeat("天地玄黄宇宙洪荒", 400),
		"mixed":  strings.Repeat("abc\t天\x00地\ufeff\n", 400),
	} {
		r := start(t, small("text", text, "steps", "6"))
		r.goOn(t, 6)
		s := show(t, r)
		said := false
		for _, n := range s.Notes {
			said = said || strings.Contains(n.Text, "码点")
		}
		if want := name == "emoji" || name == "marks"; said != want {
			t.Errorf("%s: says how it counts: %v", name, said)
		}
	}
}

// TestBytesIsWhatIsHeld: the estimate before and the claim under way are one.
func TestBytesIsWhatIsHeld(t *testing.T) {
	for _, v := range []map[string]string{small(), small("width", "64", "layers", "2", "context", "32", "batch", "16")} {
		before, err := bytes(input(v))
		if err != nil {
			t.Fatal(err)
		}
		if r := start(t, v); before != r.Bytes() || before < 1<<20 {
			t.Errorf("%d before, %d after", before, r.Bytes())
		}
	}
}

// TestCut: pieces are no longer than allowed, and nothing is lost.
func TestCut(t *testing.T) {
	texts := []string{"一二三。四五六七八九十\n\n甲乙丙丁戊己庚辛壬癸子丑寅卯", " 空 \n"}
	got := cut(texts, 6)
	want := []string{"一二三。", "四五六七八九", "十", "甲乙丙丁戊己", "庚辛壬癸子丑", "寅卯", "空"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, want %q", got, want)
	}
	if size(limited(want, 9)) != 9 || size(limited(want, 1000)) != size(want) {
		t.Error("limited to another size")
	}
}

func TestInterval(t *testing.T) {
	low, high, err := interval(0, 100)
	if err != nil || low != 0 || high < 0.03 || high > 0.04 {
		t.Errorf("0 of 100: %v … %v, %v", low, high, err)
	}
	if low, high, _ = interval(50, 100); low < 0.40 || high > 0.60 || low > 0.41 || high < 0.59 {
		t.Errorf("50 of 100: %v … %v", low, high)
	}
	if low, high, err = interval(0, 0); low != 0 || high != 1 || err != nil {
		t.Errorf("0 of 0: %v … %v, %v", low, high, err)
	}
}

// TestBefore: what stands before a run says the sizes that the run has.
func TestBefore(t *testing.T) {
	s, err := Sheet(input(small()))
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, small())
	n := 0
	for _, p := range r.sides[0].trainer.Model().Parameters() {
		n += len(p.Values)
	}
	if got := *s.Parts[1].Quantities[0].Value; int(got) != n {
		t.Errorf("%v parameters, want %d", got, n)
	}
	r.goOn(t, 1)
	if s.Answer != "seventh" || !strings.Contains(s.Verdict.Text, strconv.Itoa(8*16)) {
		t.Errorf("%q, %q", s.Answer, s.Verdict.Text)
	}
}
