package format

import (
	"math"
	"strconv"
	"strings"
)

// None stands for what is no number.
const None = "—"

// step is one size of a unit.
type step struct {
	size float64
	name string
}

// scales are the units that are shown in the size that suits the value, largest
// first. The last is for what is smaller still.
var scales = map[string][]step{
	"B":    {{1e15, "PB"}, {1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "KB"}, {1, "B"}},
	"B/s":  {{1e12, "TB/s"}, {1e9, "GB/s"}, {1e6, "MB/s"}, {1e3, "KB/s"}, {1, "B/s"}},
	"FLOP": {{1e24, "YFLOP"}, {1e21, "ZFLOP"}, {1e18, "EFLOP"}, {1e15, "PFLOP"}, {1e12, "TFLOP"}, {1e9, "GFLOP"}, {1e6, "MFLOP"}, {1, "FLOP"}},
	"FLOP/s": {{1e18, "EFLOP/s"}, {1e15, "PFLOP/s"}, {1e12, "TFLOP/s"}, {1e9, "GFLOP/s"}, {1e6, "MFLOP/s"},
		{1, "FLOP/s"}},
	"s": {{86400, "天"}, {3600, "小时"}, {60, "分钟"}, {1, "秒"}, {1e-3, "毫秒"}, {1e-6, "微秒"}},
	"个": {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}, {1, "个"}},
	"W": {{1e6, "MW"}, {1e3, "kW"}, {1, "W"}},
}

// currencies are written before the number.
var currencies = map[string]string{"CNY": "¥", "元": "¥", "USD": "$", "美元": "$"}

// Value writes v with its unit: "13.5 GB", "7.43 毫秒", "¥1,234.50", "12.5%".
func Value(v float64, unit string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return None
	}
	if sign, ok := currencies[unit]; ok {
		return money(v, sign)
	}
	if steps, ok := scales[unit]; ok {
		return scaled(v, steps)
	}
	switch unit {
	case "":
		return Number(v)
	case "%", "°":
		return Number(v) + unit
	case "词元", "次", "条", "字":
		if count := Count(v); count[len(count)-1] > '9' { // ends in 万 or 亿
			return count + unit
		}
		return Count(v) + " " + unit
	}
	return Number(v) + " " + unit
}

// Ratio writes a fraction of one as per cent: 0.125 is "12.5%".
func Ratio(v float64) string { return Value(v*100, "%") }

// Range writes two ends of an interval with their unit once: "3 到 8 月".
func Range(low, high float64, unit string) string {
	a, b := Value(low, unit), Value(high, unit)
	if a == b {
		return a
	}
	return a + " 到 " + b
}

// Number writes v with as many digits as a reader can use: whole numbers in
// full with separators, others with three or four significant digits, very large
// and very small ones with a power of ten.
func Number(v float64) string {
	size := math.Abs(v)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return None
	case size == 0:
		return "0"
	case size >= 1e15 || size < 1e-4:
		return power(v)
	case v == math.Trunc(v) || size >= 9999.5:
		return Fixed(v, 0)
	}
	return trim(Fixed(v, max(0, 3-int(math.Floor(math.Log10(size))))))
}

// Count writes a number of things, in 万 and 亿 where that is shorter to read:
// "4,096", "13.11 万", "1.5 亿".
func Count(v float64) string {
	switch size := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return None
	case size >= 1e16:
		return power(v)
	case size >= 1e12:
		return Number(v/1e12) + " 万亿"
	case size >= 1e8:
		return Number(v/1e8) + " 亿"
	case size >= 1e5:
		return Number(v/1e4) + " 万"
	case size < 1:
		return Number(v)
	case v == math.Trunc(v):
		return Fixed(v, 0)
	}
	return trim(Fixed(v, 1))
}

// Fixed writes v with a number of decimals, thousands separated, and a true
// minus sign unless all its digits are zero.
func Fixed(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return None
	}
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction, dotted := strings.Cut(text, ".")
	var b strings.Builder
	if v < 0 && strings.Trim(text, "0.") != "" {
		b.WriteString("−")
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if dotted {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// Plain writes v for a program or an input field to read: the shortest decimal
// that gives v again, without an exponent where that is not too long.
func Plain(v float64) string {
	if v == 0 {
		return "0" // and not −0
	}
	if size := math.Abs(v); size >= 1e18 || size < 1e-9 {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// money writes an amount: in 万 and 亿 above a hundred thousand, with cents below
// a thousand, with as many as matter below a cent.
func money(v float64, sign string) string {
	text := ""
	switch size := math.Abs(v); {
	case size >= 1e8:
		text = trim(Fixed(size/1e8, 2)) + " 亿"
	case size >= 1e5:
		text = trim(Fixed(size/1e4, 2)) + " 万"
	case size >= 1000:
		text = Fixed(size, 0)
	case size == 0:
		return sign + "0"
	case size < 0.01:
		text = Number(size)
	default:
		text = Fixed(size, 2)
	}
	if v < 0 {
		return "−" + sign + text
	}
	return sign + text
}

func scaled(v float64, steps []step) string {
	if v == 0 {
		return "0 " + steps[len(steps)-1].name
	}
	for i, s := range steps {
		// What would be written as 1000 of a size is 1 of the next one.
		if math.Abs(v) >= s.size*0.99995 || i == len(steps)-1 {
			return significant(v/s.size) + " " + s.name
		}
	}
	return None
}

// significant writes v with three or four digits, whole or not.
func significant(v float64) string {
	switch size := math.Abs(v); {
	case size >= 9999.5 || size < 1e-3:
		return Number(v)
	case size >= 1000:
		return Fixed(v, 0)
	case size >= 100:
		return trim(Fixed(v, 1))
	default:
		return trim(Fixed(v, 2))
	}
}

// power writes v as a number between one and ten with a power of ten.
func power(v float64) string {
	if v == 0 {
		return "0"
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', 2, 64), "e")
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return None
	}
	raised := strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹").Replace(strconv.Itoa(n))
	return strings.Replace(trim(mantissa), "-", "−", 1) + " × 10" + raised
}

// trim drops zeros behind the point.
func trim(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
