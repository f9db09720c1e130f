package attention

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"courselab/attention/safetensors"
)

// lively returns a model whose gains and matrices are large enough that a fault
// anywhere moves the logits.
func lively(t testing.TB, c ModelConfig, seed uint64) *Model {
	t.Helper()
	m, err := NewModel(c, seed)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 7))
	for _, p := range m.Parameters() {
		for i := range p.Values {
			if len(p.Shape) == 1 {
				p.Values[i] = float32(0.5 + random.Float64())
			} else {
				p.Values[i] = float32(random.NormFloat64() / math.Sqrt(float64(p.Shape[1])))
			}
		}
	}
	return m
}

// configs are models of all kinds: grouped or single heads of keys, heads wider
// than the stream's share, tied or not.
func configs() []ModelConfig {
	out := []ModelConfig{
		{Vocab: 11, Width: 8, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 2, FFN: 12, Context: 16, RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: 0, EOS: []int{1}},
		{Vocab: 7, Width: 6, Layers: 1, Heads: 1, KVHeads: 1, HeadDim: 6, FFN: 5, Context: 16, RopeTheta: 500, NormEps: 1e-6, BOS: -1},
		{Vocab: 5, Width: 4, Layers: 3, Heads: 3, KVHeads: 1, HeadDim: 4, FFN: 9, Context: 16, RopeTheta: 1e6, NormEps: 0.01, BOS: -1, EOS: []int{1, 2}},
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 12 {
		kv := 1 + random.IntN(3)
		heads := kv * (1 + random.IntN(3))
		out = append(out, ModelConfig{
			Vocab: 2 + random.IntN(30), Width: 1 + random.IntN(20), Layers: 1 + random.IntN(3), Heads: heads, KVHeads: kv,
			HeadDim: 2 * (1 + random.IntN(6)), FFN: 1 + random.IntN(25), Context: 16, RopeTheta: 10 + 1e4*random.Float64(), NormEps: 1e-5,
			Tied: random.IntN(2) == 0, BOS: -1,
		})
	}
	return out
}

func someTokens(c ModelConfig, n int, seed uint64) []int {
	random := rand.New(rand.NewPCG(seed, 5))
	out := make([]int, n)
	for i := range out {
		out[i] = random.IntN(c.Vocab)
	}
	return out
}

// naive computes the logits of the last token in float64 from the tensors by
// name, every layer anew for every position, with complex numbers as rotations.
type naive struct {
	c       ModelConfig
	w       map[string]Parameter
	without []Ablation
	known   map[string][]float64 // streams already computed
}

func newNaive(m *Model, without ...Ablation) naive {
	n := naive{m.Config, map[string]Parameter{}, without, map[string][]float64{}}
	for _, p := range m.Parameters() {
		n.w[p.Name] = p
	}
	return n
}

// lacks reports whether a part of a layer is taken out, alone or with it all.
func (n naive) lacks(part Part, layer, head int) bool {
	return slices.Contains(n.without, Ablation{part, layer, head})
}

func (n naive) times(name string, x []float64) []float64 {
	p := n.w[name]
	out := make([]float64, p.Shape[0])
	for r := range out {
		for i, v := range x {
			out[r] += v * float64(p.Values[r*len(x)+i])
		}
	}
	return out
}

func (n naive) norm(name string, x []float64) []float64 {
	var square float64
	for _, v := range x {
		square += v * v / float64(len(x))
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v / math.Sqrt(square+n.c.NormEps) * float64(n.w[name].Values[i])
	}
	return out
}

// stream is the residual stream after the first layers at the last of tokens.
func (n naive) stream(layers int, tokens []int) []float64 {
	key := fmt.Sprint(layers, tokens)
	if n.known[key] == nil {
		n.known[key] = n.compute(layers, tokens)
	}
	return slices.Clone(n.known[key])
}

func (n naive) compute(layers int, tokens []int) []float64 {
	last := len(tokens) - 1
	if layers == 0 {
		out := make([]float64, n.c.Width)
		for i := range out {
			out[i] = float64(n.w["model.embed_tokens.weight"].Values[tokens[last]*n.c.Width+i])
		}
		return out
	}
	at := fmt.Sprintf("model.layers.%d.", layers-1)
	x := n.stream(layers-1, tokens)
	h := n.c.HeadDim
	turned := func(v []float64, head, position int) []complex128 {
		out := make([]complex128, h/2)
		for j := range out {
			angle := float64(position) / math.Pow(n.c.RopeTheta, float64(2*j)/float64(h))
			out[j] = complex(v[head*h+j], v[head*h+j+h/2]) * cmplx.Exp(complex(0, angle))
		}
		return out
	}
	q := n.times(at+"self_attn.q_proj.weight", n.norm(at+"input_layernorm.weight", x))
	mixed := make([]float64, n.c.Heads*h)
	for head := range n.c.Heads {
		from := head * n.c.KVHeads / n.c.Heads
		var sum float64
		for j := range tokens {
			y := n.norm(at+"input_layernorm.weight", n.stream(layers-1, tokens[:j+1]))
			k, v := n.times(at+"self_attn.k_proj.weight", y), n.times(at+"self_attn.v_proj.weight", y)
			var score float64
			for d, z := range turned(k, from, j) {
				score += real(cmplx.Conj(z) * turned(q, head, last)[d])
			}
			e := math.Exp(score / math.Sqrt(float64(h)))
			sum += e
			for d := range h {
				mixed[head*h+d] += e * v[from*h+d]
			}
		}
		for d := range h {
			mixed[head*h+d] /= sum
			if n.lacks(PartHead, layers-1, head) {
				mixed[head*h+d] = 0
			}
		}
	}
	output := n.times(at+"self_attn.o_proj.weight", mixed)
	n.join(x, output, n.lacks(PartAttentionResidual, layers-1, 0), n.lacks(PartAttention, layers-1, 0) || n.lacks(PartLayer, layers-1, 0))
	y := n.norm(at+"post_attention_layernorm.weight", x)
	gate, up := n.times(at+"mlp.gate_proj.weight", y), n.times(at+"mlp.up_proj.weight", y)
	for i, g := range gate {
		gate[i] = g * up[i] / (1 + math.Exp(-g))
	}
	output = n.times(at+"mlp.down_proj.weight", gate)
	n.join(x, output, n.lacks(PartFFNResidual, layers-1, 0), n.lacks(PartFFN, layers-1, 0) || n.lacks(PartLayer, layers-1, 0))
	return x
}

// join adds a block's output to the stream, as far as each is there.
func (n naive) join(x, output []float64, noStream, noBlock bool) {
	for i, v := range output {
		if noStream {
			x[i] = 0
		}
		if !noBlock {
			x[i] += v
		}
	}
}

func (n naive) logits(tokens []int) []float64 {
	output := "lm_head.weight"
	if n.c.Tied {
		output = "model.embed_tokens.weight"
	}
	return n.times(output, n.norm("model.norm.weight", n.stream(n.c.Layers, tokens)))
}

func forward(t testing.TB, m *Model, b Backend, tokens []int) Matrix {
	t.Helper()
	d, err := NewDecoder(m, b, m.Config.Context)
	if err != nil {
		t.Fatal(err)
	}
	logits, err := d.Forward(context.Background(), tokens)
	if err != nil {
		t.Fatal(err)
	}
	return logits
}

func closeRow(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d logits, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !(math.Abs(float64(got[i])-want[i]) <= 1e-4*(1+math.Abs(want[i]))) {
			t.Fatalf("%s: logit %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestForwardAgainstNaive(t *testing.T) {
	for i, c := range configs() {
		m := lively(t, c, uint64(i))
		n := newNaive(m)
		tokens := someTokens(c, 4, uint64(i))
		var logits []Matrix
		backends := []Backend{Go{}, Reference{}, struct{ Backend }{Go{}}}
		for _, b := range backends {
			logits = append(logits, forward(t, m, b, tokens))
		}
		for j := range tokens {
			want := n.logits(tokens[:j+1])
			for at, b := range backends {
				closeRow(t, fmt.Sprintf("%+v on %s, token %d", c, b.Name(), j), logits[at].Row(j), want)
			}
		}
	}
}

// TestCache reads a text whole, in parts and token by token.
func TestCache(t *testing.T) {
	c := configs()[0]
	c.Context = 300
	m := lively(t, c, 1)
	tokens := someTokens(c, 290, 1) // more than two prefills, and than a decoder's first memory
	whole := forward(t, m, Go{}, tokens)
	for _, sizes := range [][]int{{1}, {7}, {128, 129, 33}, {289, 1}} {
		d, err := NewDecoder(m, Go{}, c.Context)
		if err != nil {
			t.Fatal(err)
		}
		for at, i := 0, 0; at < len(tokens); i++ {
			size := min(sizes[i%len(sizes)], len(tokens)-at)
			if i%2 == 0 {
				logits, err := d.Forward(t.Context(), tokens[at:at+size])
				if err != nil {
					t.Fatal(err)
				}
				for r := range size {
					closeRow(t, fmt.Sprintf("parts %v, token %d", sizes, at+r), logits.Row(r), wide(whole.Row(at+r)))
				}
			} else {
				logits, err := d.Next(t.Context(), tokens[at:at+size])
				if err != nil {
					t.Fatal(err)
				}
				closeRow(t, fmt.Sprintf("parts %v, next of %d", sizes, at+size-1), logits, wide(whole.Row(at+size-1)))
			}
			at += size
			// What is forgotten and read again, otherwise, leaves no trace.
			if at < len(tokens) {
				if _, err := d.Next(t.Context(), []int{(tokens[at] + 1) % c.Vocab}); err != nil {
					t.Fatal(err)
				}
				d.Truncate(at)
			}
		}
	}
}

func wide(row []float32) []float64 {
	out := make([]float64, len(row))
	for i, v := range row {
		out[i] = float64(v)
	}
	return out
}

// failing is a backend that is lost after some operations.
type failing struct {
	Go
	err error
}

func (f *failing) Sync(context.Context) error { return f.err }

func TestDecoderRefuses(t *testing.T) {
	m := lively(t, configs()[0], 1)
	for _, capacity := range []int{-1, 0, 17} {
		if _, err := NewDecoder(m, Go{}, capacity); err == nil || !strings.Contains(err.Error(), fmt.Sprint(capacity)) {
			t.Errorf("capacity %d: %v", capacity, err)
		}
	}
	d, _ := NewDecoder(m, Go{}, 4)
	for _, tokens := range [][]int{nil, {11}, {0, -1}} {
		if _, err := d.Forward(t.Context(), tokens); err == nil || d.Len() != 0 {
			t.Errorf("tokens %v: %v, %d read", tokens, err, d.Len())
		}
	}
	if _, err := d.Forward(t.Context(), []int{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	_, err := d.Forward(t.Context(), []int{1, 2})
	if e, ok := err.(*ContextError); !ok || *e != (ContextError{Read: 3, Tokens: 2, Capacity: 4}) || d.Len() != 3 {
		t.Errorf("overflow: %v, %d read", err, d.Len())
	}
	if _, err := d.Forward(t.Context(), []int{1}); err != nil {
		t.Errorf("after the overflow: %v", err)
	}
	gone := &failing{err: fmt.Errorf("device lost")}
	for _, b := range []Backend{gone, struct{ Backend }{gone}} {
		d, _ := NewDecoder(m, b, 4)
		if _, err := d.Forward(t.Context(), []int{1}); !errors.As(err, new(*BackendError)) || !strings.Contains(err.Error(), "device lost") || d.Len() != 0 {
			t.Errorf("lost backend: %v, %d read", err, d.Len())
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	d.Truncate(0)
	if _, err := d.Forward(cancelled, []int{1}); !errors.Is(err, context.Canceled) || errors.As(err, new(*BackendError)) || d.Len() != 0 {
		t.Errorf("cancelled: %v, %d read", err, d.Len())
	}
}

func writeFolder(t testing.TB, m *Model, dtype safetensors.DType) string {
	t.Helper()
	dir := t.TempDir()
	var weights bytes.Buffer
	if err := m.WriteWeights(&weights, dtype); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{ConfigFile: m.Config.JSON(), WeightsFile: weights.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestAgainstPython lets a reader and a forward pass in plain Python go through
// the files that this package writes.
func TestAgainstPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: nothing to compare with")
	}
	for i, c := range configs()[:6] {
		for _, dtype := range []safetensors.DType{safetensors.F32, safetensors.F16, safetensors.BF16}[i%3:][:1] {
			dir := writeFolder(t, lively(t, c, uint64(i)), dtype)
			m, err := LoadModel(os.DirFS(dir))
			if err != nil {
				t.Fatal(err)
			}
			tokens := someTokens(c, 9, uint64(i))
			command := exec.Command(python, "testdata/forward.py", dir, strings.Trim(strings.ReplaceAll(fmt.Sprint(tokens), " ", ","), "[]"))
			command.Stderr = os.Stderr
			out, err := command.Output()
			if err != nil {
				t.Fatal(err)
			}
			var want struct{ Logits [][]float64 }
			if err := json.Unmarshal(out, &want); err != nil || len(want.Logits) != len(tokens) {
				t.Fatalf("%v: %.200s", err, out)
			}
			logits := forward(t, m, Go{}, tokens)
			for j, row := range want.Logits {
				closeRow(t, fmt.Sprintf("%+v as %s, token %d", c, dtype, j), logits.Row(j), row)
			}
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	m, err := NewModel(ModelConfig{Vocab: 5, Width: 4, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 2, FFN: 4, Context: 4, RopeTheta: 10000, NormEps: 1e-5, Tied: true}, 1)
	if err != nil {
		t.Fatal(err)
	}
	clone := m.Clone()
	was := m.Parameters()
	for i, p := range clone.Parameters() {
		if p.Name != was[i].Name || !slices.Equal(p.Values, was[i].Values) {
			t.Errorf("%s differs", p.Name)
		}
		p.Values[0]++
		if p.Values[0] == was[i].Values[0] {
			t.Errorf("%s is shared", p.Name)
		}
	}
	if &clone.Output.Data[0] != &clone.Embedding.Data[0] {
		t.Error("the clone's output is not its embedding")
	}
}
