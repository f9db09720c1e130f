package attention

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
)

// distant stands for a backend with memory of its own: between passes the
// host's side of Device memory holds no numbers, and Constant memory must hold
// what it held when it was placed.
type distant struct {
	t      *testing.T
	placed map[*float32]*distantMemory
	passes int
}

type distantMemory struct {
	residence Residence
	host      []float32
	kept      []float32 // of Device between passes, of Constant always; else nil
}

func newDistant(t *testing.T) *distant {
	return &distant{t: t, placed: map[*float32]*distantMemory{}}
}

func (d *distant) Place(r Residence, memory ...[]float32) {
	for _, m := range memory {
		if len(m) == 0 {
			continue
		}
		was := d.placed[&m[0]]
		switch {
		case was != nil && was.residence == r:
		case r == Host:
			delete(d.placed, &m[0])
		case r == Constant:
			d.placed[&m[0]] = &distantMemory{r, m, slices.Clone(m)}
		default:
			d.placed[&m[0]] = &distantMemory{r, m, nil}
		}
	}
}

// pass brings the device's memory back before an operation.
func (d *distant) pass() Go {
	for _, m := range d.placed {
		if m.residence == Device && m.kept != nil {
			copy(m.host, m.kept)
			m.kept = nil
		}
	}
	return Go{}
}

func (d *distant) Sync(context.Context) error {
	d.pass()
	d.passes++
	for _, m := range d.placed {
		if m.residence == Constant {
			if !slices.Equal(m.host, m.kept) {
				d.t.Error("constant memory was written")
			}
			continue
		}
		m.kept = slices.Clone(m.host)
		for i := range m.host {
			m.host[i] = float32(math.NaN())
		}
	}
	return nil
}

func (d *distant) Name() string                                  { return "distant" }
func (d *distant) MatMul(dst, a, b Matrix)                       { d.pass().MatMul(dst, a, b) }
func (d *distant) MatMulT(dst, a, b Matrix)                      { d.pass().MatMulT(dst, a, b) }
func (d *distant) SoftmaxRows(dst, src Matrix)                   { d.pass().SoftmaxRows(dst, src) }
func (d *distant) Gather(dst, table Matrix, tokens []int)        { d.pass().Gather(dst, table, tokens) }
func (d *distant) RMSNorm(dst, x Matrix, g []float32, e float64) { d.pass().RMSNorm(dst, x, g, e) }
func (d *distant) RoPE(x, cos, sin Matrix)                       { d.pass().RoPE(x, cos, sin) }
func (d *distant) Add(dst, a, b Matrix)                          { d.pass().Add(dst, a, b) }
func (d *distant) SiLUGate(dst, gate, up Matrix)                 { d.pass().SiLUGate(dst, gate, up) }
func (d *distant) Attend(dst, weights, q, k, v Matrix, heads int) {
	d.pass().Attend(dst, weights, q, k, v, heads)
}

// TestDecoderLeavesDeviceMemory holds Decoder to what it says of its memory, in
// texts that outgrow its first room.
func TestDecoderLeavesDeviceMemory(t *testing.T) {
	c := configs()[0]
	c.Context = 600
	m := lively(t, c, 1)
	tokens := someTokens(c, 580, 1)
	want := forward(t, m, Go{}, tokens)
	b := newDistant(t)
	d, err := NewDecoder(m, b, c.Context)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, n := range []int{1, 1, 5, 100, 20, 1, 1, 200, 1, 250} {
		logits, err := d.Forward(t.Context(), tokens[at:at+n])
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			closeRow(t, fmt.Sprintf("token %d", at+i), logits.Row(i), wide(want.Row(at+i)))
		}
		at += n
	}
	if !slices.Equal(d.Text(), tokens) {
		t.Error("another text than was read")
	}
	m.Place(b, Host)
	for _, p := range m.Parameters() {
		if b.placed[&p.Values[0]] != nil {
			t.Errorf("%s is still placed", p.Name)
		}
	}
}

// TestDecoderKeepsItsTextWhenGrowingFails reads on after a growth that failed.
func TestDecoderKeepsItsTextWhenGrowingFails(t *testing.T) {
	c := configs()[0]
	c.Context = 300
	m := lively(t, c, 1)
	tokens := someTokens(c, 200, 1)
	want := forward(t, m, Go{}, tokens)
	b := &failing{}
	d, err := NewDecoder(m, b, c.Context)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Next(t.Context(), tokens[:120]); err != nil {
		t.Fatal(err)
	}
	b.err = fmt.Errorf("no memory")
	if _, err := d.Next(t.Context(), tokens[120:]); err == nil || d.Len() != 120 {
		t.Fatalf("error %v, %d read", err, d.Len())
	}
	b.err = nil
	logits, err := d.Next(t.Context(), tokens[120:])
	if err != nil {
		t.Fatal(err)
	}
	closeRow(t, "after the failure", logits, wide(want.Row(199)))
}
