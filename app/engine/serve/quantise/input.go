package quantise

import (
	"fmt"
	"strconv"

	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/quantise"
)

// parts are the matrices of a layer and what stands beside the layers, by the
// value of the input "part".
var parts = []struct{ value, parameter, name string }{
	{"embedding", "model.embed_tokens.weight", "E（嵌入，也作输出）"},
	{"q", "self_attn.q_proj.weight", "W_Q"},
	{"k", "self_attn.k_proj.weight", "W_K"},
	{"v", "self_attn.v_proj.weight", "W_V"},
	{"o", "self_attn.o_proj.weight", "W_O"},
	{"gate", "mlp.gate_proj.weight", "W_gate"},
	{"up", "mlp.up_proj.weight", "W_up"},
	{"down", "mlp.down_proj.weight", "W_down"},
}

// settings are what the learner has set.
type settings struct {
	scheme quantise.Scheme
	gptq   bool
	part   string // of parts
	layer  int
	poems  int // of the calibration
	prompt string
	seed   uint64
}

func read(in *sheet.Input) settings {
	s := settings{
		scheme: quantise.Scheme{Bits: int(in.Number("bits")), Asymmetric: in.Text("zero") == "asymmetric"},
		gptq:   in.Text("method") == "gptq", part: in.Text("part"), layer: int(in.Number("layer")),
		poems: int(in.Number("poems")), prompt: in.Text("prompt"), seed: uint64(in.Number("seed")),
	}
	switch group := in.Text("group"); group {
	case "whole":
		s.scheme.Group = quantise.Whole
	case "channel":
		s.scheme.Group = quantise.Channel
	default:
		n, err := strconv.Atoi(group)
		if err != nil || n < 1 {
			in.Fault("group", "没有这种分法；可用整个矩阵、每行、每 128、64 或 32 个")
		}
		s.scheme.Group = n
	}
	if s.scheme.Check() != nil {
		in.Fault("bits", "可用 32、16、8、4、3、2 位")
	}
	return s
}

// parameter returns the matrix of m that was chosen.
func (s settings) parameter(in *sheet.Input, m *attention.Model) (attention.Parameter, error) {
	for _, p := range parts {
		if p.value != s.part {
			continue
		}
		name := p.parameter
		if s.part != "embedding" {
			if s.layer >= m.Config.Layers {
				in.Fault("layer", fmt.Sprintf("这个模型的层是 0 到 %d", m.Config.Layers-1))
				return attention.Parameter{}, in.Err()
			}
			name = fmt.Sprintf("model.layers.%d.%s", s.layer, name)
		}
		for _, p := range m.Parameters() {
			if p.Name == name {
				return p, nil
			}
		}
	}
	in.Fault("part", "模型没有这个矩阵")
	return attention.Parameter{}, in.Err()
}

// nameOf is a parameter as the learner reads it.
func nameOf(parameter string) string {
	for _, p := range parts {
		if p.parameter == parameter {
			return p.name
		}
		var layer int
		if n, err := fmt.Sscanf(parameter, "model.layers.%d.", &layer); err == nil && n == 1 && parameter == fmt.Sprintf("model.layers.%d.%s", layer, p.parameter) {
			return fmt.Sprintf("第 %d 层 %s", layer, p.name)
		}
	}
	if parameter == "lm_head.weight" {
		return "W_out（输出）"
	}
	return parameter
}

// bitsName is a number format by its usual name.
func bitsName(bits int) string {
	if bits >= 16 {
		return fmt.Sprintf("fp%d", bits)
	}
	return fmt.Sprintf("int%d", bits)
}

// groupName says who shares a scale.
func groupName(group int) string {
	switch group {
	case quantise.Whole:
		return "整个矩阵"
	case quantise.Channel:
		return "每行"
	}
	return fmt.Sprintf("每 %d 个", group)
}

func zeroName(asymmetric bool) string {
	if asymmetric {
		return "非对称"
	}
	return "对称"
}

func methodName(gptq bool) string {
	if gptq {
		return "GPTQ"
	}
	return "就近舍入"
}

// name is a scheme in words.
func name(s quantise.Scheme) string {
	if s.Float() {
		return bitsName(s.Bits)
	}
	return bitsName(s.Bits) + "，" + groupName(s.Group) + "一个尺度，" + zeroName(s.Asymmetric)
}
