package format

import (
	"math"
	"strings"
	"testing"
)

func TestValue(t *testing.T) {
	for _, c := range []struct {
		v    float64
		unit string
		want string
	}{
		{math.NaN(), "CNY", "—"}, {math.Inf(1), "B", "—"}, {math.Inf(-1), "", "—"},
		{0, "CNY", "¥0"}, {math.Copysign(0, -1), "CNY", "¥0"}, {-0.001, "CNY", "−¥0.001"},
		{1234.56, "CNY", "¥1,235"}, {12.5, "USD", "$12.50"}, {-3, "USD", "−$3.00"}, {0.000123, "USD", "$0.000123"},
		{250000, "CNY", "¥25 万"}, {1.5e8, "元", "¥1.5 亿"},
		{13476831232, "B", "13.48 GB"}, {999999, "B", "1 MB"}, {512, "B", "512 B"}, {0, "B", "0 B"},
		{0.00743, "s", "7.43 毫秒"}, {90, "s", "1.5 分钟"}, {2e-7, "s", "0.2 微秒"},
		{6738415616, "个", "6.74 B"}, {1100000, "个", "1.1 M"},
		{131072, "词元", "13.11 万词元"}, {4096, "词元", "4,096 词元"},
		{12.5, "%", "12.5%"}, {45.678, "词元/秒", "45.68 词元/秒"}, {3, "", "3"}, {2.5e-7, "", "2.5 × 10⁻⁷"}, {-0.0, "", "0"},
		{14.4, "GiB", "14.4 GiB"},
	} {
		if got := Value(c.v, c.unit); got != c.want {
			t.Errorf("Value(%v, %q) = %q, want %q", c.v, c.unit, got, c.want)
		}
	}
}

func TestFixedHasNoNegativeZero(t *testing.T) {
	for v, want := range map[float64]string{-0.004: "0.00", -0.006: "−0.01", 1234567.891: "1,234,567.89", -1234: "−1,234.00"} {
		if got := Fixed(v, 2); got != want {
			t.Errorf("Fixed(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestPlainIsReadBack(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 131072: "131072", 0.1: "0.1", 1e15: "1000000000000000", 1e20: "1e+20"} {
		if got := Plain(v); got != want {
			t.Errorf("Plain(%v) = %q, want %q", v, got, want)
		}
	}
}

// Whatever the number is, no reader meets NaN, Inf or a negative zero.
func FuzzValue(f *testing.F) {
	f.Add(0.0, "CNY")
	f.Add(-1e-12, "B")
	f.Add(1e300, "s")
	f.Fuzz(func(t *testing.T, v float64, unit string) {
		if strings.ContainsAny(unit, "NIaei0123456789.-−") {
			return
		}
		for _, s := range []string{Value(v, unit), Number(v), Count(v), Fixed(v, 3), Value(v, "B"), Value(v, "CNY"), Value(v, "s")} {
			if strings.Contains(s, "NaN") || strings.Contains(s, "Inf") || strings.Contains(s, "-") && !strings.Contains(unit, "-") {
				t.Errorf("%v: %q", v, s)
			}
			if rest, ok := strings.CutPrefix(s, "−"); ok && strings.Trim(rest, "0.¥ ") == "" {
				t.Errorf("%v: negative zero %q", v, s)
			}
		}
	})
}
