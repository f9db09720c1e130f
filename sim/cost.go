package sim

import "fmt"

// Bounds of money and use: wide enough for a country's bill, tight enough that
// every product is finite.
const (
	maxMoney    = 1e12
	maxPrice    = 1e6
	maxRequests = 1e12
	maxGPUs     = 1e6
	maxHours    = 1e6
)

// million is the number of tokens that API prices are stated for.
const million = 1e6

// Rates are prices for one million tokens, all in one currency.
type Rates struct {
	Input      float64
	Cached     float64 // input read from the provider's cache
	CacheWrite float64 // input written to the provider's cache
	Output     float64
}

// Usage is what one request sends and receives, in tokens. Cached and
// CacheWrite are counted within Input.
type Usage struct {
	Input, Cached, CacheWrite, Output float64
}

// APICost is the bill of requests equal requests:
//
//	R · ((I − C − W) · p_i + C · p_c + W · p_w + O · p_o) / 10⁶
//
// in the currency of the rates. Cache writes appear in the formula where there
// are any. It is the definition of prices per million tokens.
func APICost(r Rates, u Usage, requests float64) (Quantity, error) {
	if err := first(
		checkWhole("input_tokens", u.Input, 0, maxTokens),
		checkWhole("cached_tokens", u.Cached, 0, maxTokens),
		checkWhole("cache_write_tokens", u.CacheWrite, 0, maxTokens),
		checkWhole("output_tokens", u.Output, 0, maxTokens),
		checkWhole("requests", requests, 0, maxRequests),
		checkRange("input_price", r.Input, 0, maxPrice),
		checkRange("cached_price", r.Cached, 0, maxPrice),
		checkRange("cache_write_price", r.CacheWrite, 0, maxPrice),
		checkRange("output_price", r.Output, 0, maxPrice),
	); err != nil {
		return Quantity{}, fmt.Errorf("api cost: %w", err)
	}
	if u.Cached+u.CacheWrite > u.Input {
		return Quantity{}, fmt.Errorf("api cost: %w", &FieldError{Field: "cached_tokens", Reason: OutOfRange,
			Detail: fmt.Sprintf("%s of %s input tokens", Number(u.Cached+u.CacheWrite), Number(u.Input))})
	}
	fresh := u.Input - u.Cached - u.CacheWrite
	q := Quantity{
		Name: "API 费用", Unit: Currency,
		Value:   requests * (fresh*r.Input + u.Cached*r.Cached + u.CacheWrite*r.CacheWrite + u.Output*r.Output) / million,
		Formula: "R · ((I − C) · p_i + C · p_c + O · p_o) / 10⁶",
		Working: Number(requests) + " × ((" + Number(u.Input) + " − " + Number(u.Cached) + ") × " + Number(r.Input) +
			" + " + product(u.Cached, r.Cached) + " + " + product(u.Output, r.Output) + ") / 10⁶",
		Terms: []Term{
			{"R", "请求数", requests, ""}, {"I", "每次输入的词元（含命中缓存的）", u.Input, ""},
			{"C", "其中命中缓存的词元", u.Cached, ""}, {"O", "每次输出的词元", u.Output, ""},
			{"p_i", "每百万词元输入价", r.Input, Currency}, {"p_c", "每百万词元缓存价", r.Cached, Currency},
			{"p_o", "每百万词元输出价", r.Output, Currency},
		},
	}
	if u.CacheWrite > 0 {
		q.Formula = "R · ((I − C − W) · p_i + C · p_c + W · p_w + O · p_o) / 10⁶"
		q.Working = Number(requests) + " × ((" + Number(u.Input) + " − " + Number(u.Cached) + " − " + Number(u.CacheWrite) + ") × " + Number(r.Input) +
			" + " + product(u.Cached, r.Cached) + " + " + product(u.CacheWrite, r.CacheWrite) + " + " + product(u.Output, r.Output) + ") / 10⁶"
		q.Terms = append(q.Terms, Term{"W", "其中写入缓存的词元", u.CacheWrite, ""}, Term{"p_w", "每百万词元写缓存价", r.CacheWrite, Currency})
	}
	return q, nil
}

// Electricity is the bill for power drawn at the devices, in watts, with the
// power usage effectiveness of the building, at least 1:
//
//	P / 1000 · PUE · t · p
//
// in the currency of pricePerKWh. It is the definition of a kilowatt-hour and
// of PUE.
func Electricity(watts, pue, pricePerKWh, hours float64) (Quantity, error) {
	if err := first(
		checkRange("watts", watts, 0, 1e9),
		checkRange("pue", pue, 1, 10),
		checkRange("price_per_kwh", pricePerKWh, 0, maxPrice),
		checkRange("hours", hours, 0, maxHours),
	); err != nil {
		return Quantity{}, fmt.Errorf("electricity: %w", err)
	}
	return Quantity{
		Name: "电费", Unit: Currency,
		Value:   watts / 1000 * pue * hours * pricePerKWh,
		Formula: "P / 1000 · PUE · t · p",
		Working: Number(watts) + " / 1000 × " + product(pue, hours, pricePerKWh),
		Terms: []Term{
			{"P", "设备功率", watts, "W"}, {"PUE", "机房总用电与设备用电之比", pue, ""},
			{"t", "运行时间", hours, "h"}, {"p", "每千瓦时电价", pricePerKWh, Currency},
		},
	}, nil
}

// RentPerMTok is what one million tokens cost on rented accelerators that
// together make tokensPerSecond without a pause:
//
//	n · p · 10⁶ / (3600 · v)
//
// in the currency of pricePerGPUHour. Idle hours make it dearer by the inverse
// of the utilisation.
func RentPerMTok(gpus, pricePerGPUHour, tokensPerSecond float64) (Quantity, error) {
	if err := first(
		checkWhole("gpus", gpus, 1, maxGPUs),
		checkRange("price_per_gpu_hour", pricePerGPUHour, 0, maxPrice),
		checkRange("tokens_per_second", tokensPerSecond, 1e-3, 1e12),
	); err != nil {
		return Quantity{}, fmt.Errorf("rent per million tokens: %w", err)
	}
	return Quantity{
		Name: "每百万词元的租金", Unit: Currency,
		Value:   gpus * pricePerGPUHour * million / (3600 * tokensPerSecond),
		Formula: "n · p · 10⁶ / (3600 · v)",
		Working: product(gpus, pricePerGPUHour) + " × 10⁶ / (" + product(3600, tokensPerSecond) + ")",
		Terms: []Term{
			{"n", "GPU 数", gpus, ""}, {"p", "每卡每小时租金", pricePerGPUHour, Currency},
			{"v", "全部卡合计每秒词元数", tokensPerSecond, ""},
		},
	}, nil
}

// GPURent is the rent of accelerators for hours hours, idle or not:
//
//	n · p · t
//
// in the currency of pricePerGPUHour.
func GPURent(gpus, pricePerGPUHour, hours float64) (Quantity, error) {
	if err := first(
		checkWhole("gpus", gpus, 1, maxGPUs),
		checkRange("price_per_gpu_hour", pricePerGPUHour, 0, maxPrice),
		checkRange("hours", hours, 0, maxHours),
	); err != nil {
		return Quantity{}, fmt.Errorf("gpu rent: %w", err)
	}
	return Quantity{
		Name: "GPU 租金", Unit: Currency,
		Value:   gpus * pricePerGPUHour * hours,
		Formula: "n · p · t",
		Working: product(gpus, pricePerGPUHour, hours),
		Terms: []Term{
			{"n", "GPU 数", gpus, ""}, {"p", "每卡每小时租金", pricePerGPUHour, Currency}, {"t", "租用时间", hours, "h"},
		},
	}, nil
}

const breakevenFormula = "K / (A − S)"

// Breakeven is how long a purchase takes to pay for itself:
//
//	K / (A − S)   months
//
// It fails with a *FieldError on api_per_month where own running costs are not
// below the API's: such a purchase never pays back.
func Breakeven(capex, ownPerMonth, apiPerMonth float64) (Quantity, error) {
	if err := first(
		checkRange("capex", capex, 0, maxMoney),
		checkRange("own_per_month", ownPerMonth, 0, maxMoney),
		checkRange("api_per_month", apiPerMonth, 0, maxMoney),
	); err != nil {
		return Quantity{}, fmt.Errorf("break-even: %w", err)
	}
	if apiPerMonth <= ownPerMonth {
		return Quantity{}, fmt.Errorf("break-even: %w", &FieldError{Field: "api_per_month", Reason: NeverPaysBack,
			Detail: fmt.Sprintf("%s is not above own_per_month, %s", Number(apiPerMonth), Number(ownPerMonth))})
	}
	return Quantity{
		Name: "打平所需时间", Unit: Month,
		Value:   capex / (apiPerMonth - ownPerMonth),
		Formula: breakevenFormula,
		Working: Number(capex) + " / (" + Number(apiPerMonth) + " − " + Number(ownPerMonth) + ")",
		Terms: []Term{
			{"K", "一次性投入", capex, Currency}, {"A", "用 API 每月的费用", apiPerMonth, Currency},
			{"S", "自建每月的费用", ownPerMonth, Currency},
		},
	}, nil
}

// CascadePrice is what one question costs where a small model answers first and a
// large one again where a checker objects:
//
//	p_s + ((1 − s) · c + s · f) · p_l
//
// in the currency of the prices; s is the share that the small model answers right,
// c the share of its wrong answers that the checker hands on, f that of its right
// ones. Both models are paid for a question that is handed on.
func CascadePrice(small, large, right, caught, falseAlarm float64) (Quantity, error) {
	if err := first(
		checkRange("small_price", small, 0, maxPrice), checkRange("large_price", large, 0, maxPrice),
		checkRange("right", right, 0, 1), checkRange("caught", caught, 0, 1), checkRange("false_alarm", falseAlarm, 0, 1),
	); err != nil {
		return Quantity{}, fmt.Errorf("cascade price: %w", err)
	}
	return Quantity{
		Name: "级联每问的价钱", Unit: Currency,
		Value:   small + ((1-right)*caught+right*falseAlarm)*large,
		Formula: "p_s + ((1 − s) · c + s · f) · p_l",
		Working: Number(small) + " + ((1 − " + Number(right) + ") × " + Number(caught) + " + " + product(right, falseAlarm) + ") × " + Number(large),
		Terms: []Term{
			{"p_s", "小模型每问", small, Currency}, {"p_l", "大模型每问", large, Currency}, {"s", "小模型答对的比例", right, ""},
			{"c", "检查器抓出的错", caught, ""}, {"f", "检查器误报的对", falseAlarm, ""},
		},
	}, nil
}
