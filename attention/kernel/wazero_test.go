//go:build !(js && wasm)

package kernel

import (
	"context"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"courselab/attention"
)

// The committed artefacts. wazero runs the first; the second, which it does not
// know, is tested under Node.
const (
	artefact        = "../../assets/kernel.wasm"
	relaxedArtefact = "../../assets/kernel-relaxed.wasm"
)

// memoryModule is (module (memory (export "memory") 64)): what the kernel
// imports.
var memoryModule = []byte{
	0, 'a', 's', 'm', 1, 0, 0, 0,
	5, 3, 1, 0, 64,
	7, 10, 1, 6, 'm', 'e', 'm', 'o', 'r', 'y', 2, 0,
}

// native is the kernel in wazero. Matrices are copied in at addresses that are
// aligned for a float and no more, with marks between them.
type native struct {
	*simd
	t      testing.TB
	memory api.Memory
	module api.Module
	at     uint32
	guards []uint32
}

const guard = 0xdeadbeef

func load(t testing.TB) *native {
	t.Helper()
	code, err := os.ReadFile(artefact)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	t.Cleanup(func() { r.Close(ctx) })
	host, err := r.InstantiateWithConfig(ctx, memoryModule, wazero.NewModuleConfig().WithName("env"))
	if err != nil {
		t.Fatal(err)
	}
	module, err := r.InstantiateWithConfig(ctx, code, wazero.NewModuleConfig().WithName("kernel"))
	if err != nil {
		t.Fatal(err)
	}
	n := &native{t: t, memory: host.ExportedMemory("memory"), module: module}
	n.simd = &simd{words: new([maxWords]uint32), invoke: n.call}
	return n
}

// call copies in, calls, copies the results out, and checks that nothing else
// was written to.
func (n *native) call(k *simd) {
	n.t.Helper()
	n.at, n.guards = 4*maxWords+4, nil
	n.mark()
	for i, data := range k.held[:k.count] {
		if j := same(k.held[:i], data); j >= 0 {
			k.words[1+i] = k.words[1+j]
			continue
		}
		k.words[1+i] = n.at
		n.memory.Write(n.at, data)
		n.at += uint32(len(data)+3) &^ 3
		n.mark()
	}
	for i, w := range k.words {
		n.memory.WriteUint32Le(uint32(4+4*i), w)
	}
	if _, err := n.module.ExportedFunction("call").Call(context.Background(), 4); err != nil {
		n.t.Fatalf("call%v: %v", *k.words, err)
	}
	for i, data := range k.held[:k.count] {
		if same(k.held[i:i+1], memory(k.work, 4)) == 0 {
			continue
		}
		after, _ := n.memory.Read(k.words[1+i], uint32(len(data)))
		if i < outs[k.words[0]] {
			copy(data, after)
		} else if !slices.Equal(after, data) {
			n.t.Fatalf("call%v wrote to matrix %d", *k.words, i)
		}
	}
	for _, at := range n.guards {
		if v, _ := n.memory.ReadUint32Le(at); v != guard {
			n.t.Fatalf("call%v wrote outside its results", *k.words)
		}
	}
}

// same returns which of the slices lies where data does, or −1.
func same(slices [][]byte, data []byte) int {
	for i, s := range slices {
		if len(s) > 0 && len(data) > 0 && &s[0] == &data[0] {
			return i
		}
	}
	return -1
}

// mark puts five words between operands: no operand is aligned to 16 bytes by
// luck for long.
func (n *native) mark() {
	for range 5 {
		n.memory.WriteUint32Le(n.at, guard)
		n.guards = append(n.guards, n.at)
		n.at += 4
	}
}

func TestSelfTest(t *testing.T) {
	if err := attention.SelfTestTraining(context.Background(), load(t)); err != nil {
		t.Error(err)
	}
}

func TestConformance(t *testing.T) { testConformance(t, load(t), 1) }

func FuzzSizes(f *testing.F) {
	f.Add(uint8(5), uint8(19), uint16(257), uint64(1))
	f.Add(uint8(1), uint8(3), uint16(513), uint64(2))
	f.Add(uint8(49), uint8(69), uint16(699), uint64(3))
	k := load(f)
	f.Fuzz(func(t *testing.T, m, n uint8, inner uint16, seed uint64) {
		k.t = t
		rows, cols, depth := int(m%50), int(n%70), int(inner%700)
		err := attention.CompareToReference(context.Background(), k, random(seed, rows, depth), random(seed+1, depth, cols), random(seed+2, cols, depth))
		if err != nil {
			t.Errorf("m %d, n %d, k %d: %v", rows, cols, depth, err)
		}
	})
}

func FuzzIntegers(f *testing.F) {
	f.Add(uint8(1), uint8(19), uint16(257), uint16(32), uint64(1))
	f.Add(uint8(9), uint8(3), uint16(513), uint16(512), uint64(2))
	f.Add(uint8(2), uint8(8), uint16(128), uint16(5), uint64(3))
	k := load(f)
	f.Fuzz(func(t *testing.T, m, n uint8, inner, group uint16, seed uint64) {
		k.t = t
		rows, cols, depth := int(m%12), int(n%40), int(inner%700)
		err := attention.CompareIntegerToReference(context.Background(), k, random(seed, rows, depth), integers(seed+1, cols, depth, 1+int(group%800)))
		if err != nil {
			t.Errorf("m %d, n %d, k %d: %v", rows, cols, depth, err)
		}
	})
}

// TestSoftmaxEdges covers what sums of ordinary numbers do not: masked cells,
// rows without any visible one, and scores far apart.
func TestSoftmaxEdges(t *testing.T) {
	k := load(t)
	inf := float32(math.Inf(-1))
	for _, row := range [][]float32{
		{inf, inf, inf, inf, inf}, {inf}, {0, inf, inf, inf, inf, inf}, {inf, inf, inf, inf, inf, 3},
		{1e30, -1e30, 1e30, 0, 5}, {-1e38, -1e38}, {100, 12.7, 12.6, 13, 20, 99}, {-5000, -5001, -5002, -5080},
	} {
		src := attention.Matrix{Rows: 1, Cols: len(row), Data: row}
		got, want := attention.NewMatrix(1, len(row)), attention.NewMatrix(1, len(row))
		k.SoftmaxRows(got, src)
		attention.Reference{}.SoftmaxRows(want, src)
		for i := range row {
			g, w := float64(got.Data[i]), float64(want.Data[i])
			if !(math.Abs(g-w) <= 2e-6*w+1.2e-38) {
				t.Errorf("softmax of %v: cell %d is %v, want %v", row, i, g, w)
			}
		}
	}
}

func FuzzLayers(f *testing.F) {
	f.Add(uint8(3), uint8(2), uint8(2), uint8(3), uint8(4), uint8(9), uint64(1))
	f.Add(uint8(16), uint8(50), uint8(1), uint8(3), uint8(15), uint8(128), uint64(2))
	k := load(f)
	f.Fuzz(func(t *testing.T, rows, past, kv, group, half, width uint8, salt uint64) {
		k.t = t
		kvHeads := 1 + int(kv%4)
		shape := attention.LayerShape{
			Rows: 1 + int(rows%20), Past: int(past % 70), Heads: kvHeads * (1 + int(group%4)), KVHeads: kvHeads,
			HeadDim: 2 * (1 + int(half%20)), Width: 1 + int(width),
		}
		if err := attention.CompareLayersToReference(t.Context(), k, shape, salt); err != nil {
			t.Error(err)
		}
		if err := attention.CompareTrainingToReference(t.Context(), k, shape, salt); err != nil {
			t.Error(err)
		}
	})
}
