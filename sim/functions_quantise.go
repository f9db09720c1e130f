package sim

import "fmt"

// quantiseFunctions are those about weights of fewer bits.
func quantiseFunctions() map[string]Function {
	return map[string]Function{
		"grouped-bytes": {
			Title: "分组量化后的体积", Base: Byte,
			Params: []Param{paramsParam, decimal("bits", "每个权重的位数 b", 1, maxBits), whole("group", "每组的权重数 g", 1, maxWidth), decimal("scale_bits", "每组尺度的位数 s", 0, maxBits)},
			eval: func(v values) (Quantity, error) {
				return GroupedBytes(v["params"], v["bits"], v["group"], v["scale_bits"])
			},
		},
	}
}

// GroupedBytes is the memory of parameters of which so many share a scale, with a
// zero point where there is one counted into its bits:
//
//	N · (b + s/g) / 8   bytes
//
// This is the definition of a byte; it needs no source.
func GroupedBytes(parameters, bits, group, scaleBits float64) (Quantity, error) {
	if err := first(
		checkRange("params", parameters, 1, maxParams),
		checkRange("bits", bits, 1, maxBits),
		checkWhole("group", group, 1, maxWidth),
		checkRange("scale_bits", scaleBits, 0, maxBits),
	); err != nil {
		return Quantity{}, fmt.Errorf("grouped bytes: %w", err)
	}
	return Quantity{
		Name: "分组量化后的体积", Unit: Byte,
		Value:   parameters * (bits + scaleBits/group) / 8,
		Formula: "N · (b + s / g) / 8",
		Working: fmt.Sprintf("%s × (%s + %s / %s) / 8", Number(parameters), Number(bits), Number(scaleBits), Number(group)),
		Terms: []Term{{"N", "参数量", parameters, Parameter}, {"b", "每个权重的位数", bits, "bit"},
			{"s", "每组尺度的位数", scaleBits, "bit"}, {"g", "每组的权重数", group, ""}},
	}, nil
}
