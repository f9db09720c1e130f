package serve

import (
	"strings"
	"testing"
)

func TestProbeQuestion(t *testing.T) {
	kv := func(change func(map[string]string)) map[string]string {
		ranges := kvDraw(1).Ranges
		change(ranges)
		return ranges
	}
	same := func(map[string]string) {}
	dense := map[string]string{"layers": "2", "d_model": "64", "heads": "7", "kv_heads": "2 | 3", "head_dim": "8", "d_ff": "128", "vocab": "100", "tied": "0"}
	for _, c := range []struct {
		name, function string
		ranges         map[string]string
		unit, want     string
	}{
		{"sound", "kv-cache", kv(same), "GiB", ""},
		{"unknown function", "kv", kv(same), "GiB", "没有名为 kv 的计算"},
		{"other unit", "kv-cache", kv(same), "km", "“km”不是"},
		{"out of range", "kv-cache", kv(func(r map[string]string) { r["layers"] = "1..99999" }), "GiB", "参数 layers 的取值范围"},
		{"missing", "kv-cache", kv(func(r map[string]string) { delete(r, "bits") }), "GiB", "缺少参数 bits"},
		{"contradiction", "params-dense", dense, "亿", "取值互相矛盾，抽不出能算的参数：参数 "},
	} {
		got := ProbeQuestion(c.function, c.ranges, c.unit, 1000)
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
