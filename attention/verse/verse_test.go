package verse

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/mozillazg/go-pinyin"
)

const quiet = "床前明月光，疑是地上霜。举头望明月，低头思故乡。"

func TestKeepsForm(t *testing.T) {
	for text, want := range map[string]bool{
		quiet: true,
		"白日依山尽，黄河入海流。欲穷千里目，更上一层楼。":         true,
		"朝辞白帝彩云间，千里江陵一日还。两岸猿声啼不住，轻舟已过万重山。": true,
		quiet + quiet: true, // eight lines
		"床前明月光，疑是地上霜。举头望明月，低头思故。":   false,
		"床前明月光，疑是地上霜。":              false,
		"床前明月光。疑是地上霜，举头望明月，低头思故乡。":  false,
		"床前明月光，疑是地上霜。举头望明月，低头思故乡":   false,
		"床前明月a，疑是地上霜。举头望明月，低头思故乡。":  false,
		"床前明月光，，疑是地上霜。举头望明月，低头思故乡。": false,
		"": false,
	} {
		if got := KeepsForm(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

func TestForm(t *testing.T) {
	for text, want := range map[string]float64{
		quiet: 1,
		"床前明月光，疑是地上霜。举头望明月，低头思故。": (1 + 0.75 + 1) / 3,
		"床前明月光，疑是地上霜。":            (0 + 1 + 1) / 3.,
		"床前明月光":                   (0 + 1 + 0) / 3.,
		"":                        0,
	} {
		if got := Form(text); math.Abs(got.Value-want) > 1e-12 {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// FuzzScores: every score is in 0 … 1 and says why, and Form is 1 exactly where
// the form is kept.
func FuzzScores(f *testing.F) {
	for _, seed := range []string{quiet, "", "，。，。", "a\xff，", "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。", quiet + "，"} {
		f.Add(seed, "春")
	}
	f.Fuzz(func(t *testing.T, text, heads string) {
		for name, s := range map[string]Score{
			"form": Form(text), "rhyme": Rhyme(text), "repeat": RhymeOrRepeat(text), "tone": Tone(text), "acrostic": Acrostic(text, heads),
		} {
			if !(s.Value >= 0 && s.Value <= 1) || s.Why == "" {
				t.Errorf("%s of %q: %+v", name, text, s)
			}
		}
		if (Form(text).Value == 1) != KeepsForm(text) {
			t.Errorf("%q: form %v, kept %t", text, Form(text), KeepsForm(text))
		}
	})
}

// TestGroupsOfEverySyllable: each final of the dictionary but the interjections
// without a vowel is in a group, so that no character is left out unawares.
func TestGroupsOfEverySyllable(t *testing.T) {
	missing := map[string]bool{}
	for r := range pinyin.PinyinDict {
		for _, spelled := range pinyin.SinglePinyin(rune(r), pinyin.Args{Style: pinyin.Normal, Heteronym: true}) {
			if _, ok := groupOf(spelled); !ok {
				missing[spelled] = true
			}
		}
	}
	for syllable := range missing {
		if strings.ContainsAny(syllable, "aeiouv") && !strings.ContainsAny(syllable, "ê") {
			t.Errorf("%q is in no group", syllable)
		}
	}
}

// TestGroups holds one character of each final to the published table.
func TestGroups(t *testing.T) {
	for text, want := range map[string]string{
		"麻家花": "麻", "波国歌": "波", "接月雪夜": "皆", "开怀": "开", "飞归": "微", "高桥": "豪", "楼秋": "尤",
		"山天船泉": "寒", "深林春云": "文", "光乡霜": "唐", "风星东穷": "庚", "西儿鱼雨": "齐", "诗时日": "支", "书湖": "姑",
	} {
		for _, r := range text {
			found := false
			for _, g := range Groups(r) {
				found = found || g.String() == want
			}
			if !found {
				t.Errorf("%c: %v, want %s", r, Groups(r), want)
			}
		}
	}
}

func TestReadings(t *testing.T) {
	for r, want := range map[rune]Reading{'光': {"guang", 1}, '月': {"yue", 4}, '绿': {"lv", 4}, '女': {"nv", 3}, '略': {"lve", 4}} {
		if got := Readings(r); !slices.Contains(got, want) {
			t.Errorf("%c: %v lacks %v", r, got, want)
		}
	}
	if got := Readings('a'); got != nil {
		t.Errorf("a: %v", got)
	}
	for r, want := range map[rune]string{'中': "平", '月': "仄", '们': "中", '天': "平", 'a': "？"} {
		if got := TonesOf(r).String(); got != want {
			t.Errorf("%c: %s, want %s", r, got, want)
		}
	}
}

func TestRhyme(t *testing.T) {
	for _, c := range []struct {
		text          string
		rhyme, repeat float64
	}{
		{quiet, 1, 1}, // 霜, 乡
		{"白日依山尽，黄河入海流。欲穷千里目，更上一层楼。", 1, 1}, // 流, 楼
		{"远上寒山石径斜，白云生处有人家。停车坐爱枫林晚，霜叶红于二月天。", 0, 0},
		{"一，霜。二，霜。", 0, 1},
		{"一，霜。二，乡。三，楼。四，光。", 2. / 3, 2. / 3},
		{"一，霜。二，乡。三，霜。四，乡。", 1. / 3, 1},
		{"一，霜。", 0, 0},
		{"", 0, 0},
	} {
		if got := Rhyme(c.text); math.Abs(got.Value-c.rhyme) > 1e-12 {
			t.Errorf("%q: %+v, want %v", c.text, got, c.rhyme)
		}
		if got := RhymeOrRepeat(c.text); math.Abs(got.Value-c.repeat) > 1e-12 {
			t.Errorf("%q, repeats: %+v, want %v", c.text, got, c.repeat)
		}
	}
}

func TestTone(t *testing.T) {
	// Worked by hand: 平平平仄平, 平仄仄仄平, 仄平仄平仄, 平平平仄平. Places 2 and 4: ✓ ✗
	// ✗ ✓. Ends of the even lines ✓ ✓, of line 3 ✓. Couplets: 前 是 ✓, 头 头 ✗.
	// Between them: 是 头 ✗. 6 of 10.
	if got := Tone(quiet); math.Abs(got.Value-0.6) > 1e-12 {
		t.Errorf("%+v", got)
	}
	// 平仄平平仄, 平平仄仄平, 仄平平仄仄, 仄仄平平平.
	if got := Tone("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"); got.Value != 1 {
		t.Errorf("%+v", got)
	}
	if got := Tone("朝辞白帝彩云间，千里江陵一日还。两岸猿声啼不住，轻舟已过万重山。"); got.Value < 0.9 {
		t.Errorf("%+v", got)
	}
	if got := Tone("白日依山尽"); got.Value != 0 {
		t.Errorf("%+v", got)
	}
}

func TestAcrostic(t *testing.T) {
	for heads, want := range map[string]float64{"床疑举低": 1, "床疑举": 0.75, "春疑举低": 0.75, "": 0, "床疑举低头": 0.8} {
		if got := Acrostic(quiet, heads); got.Value != want {
			t.Errorf("%s: %+v, want %v", heads, got, want)
		}
	}
	if got := Heads(quiet); got != "床疑举低" {
		t.Errorf("heads %s", got)
	}
}

func TestDistinct(t *testing.T) {
	for _, c := range []struct {
		texts []string
		n     int
		want  float64
	}{
		{[]string{"春花秋月，"}, 2, 1},
		{[]string{"春花春花，"}, 2, 2. / 3}, // 春花, 花春, 春花
		{[]string{"春花，秋月。", "春花，月秋。"}, 2, 3. / 4},
		{[]string{"春花，秋月。"}, 1, 1},
		{[]string{"春，月。"}, 2, 0},
		{nil, 2, 0},
		{[]string{"春花"}, 0, 0},
	} {
		if got := Distinct(c.texts, c.n); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v by %d: %v, want %v", c.texts, c.n, got, c.want)
		}
	}
}
