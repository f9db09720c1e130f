//go:build !(js && wasm)

package kernel

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"courselab/attention"
)

const artefact = "../../assets/kernel.wasm"

// memoryModule is (module (memory (export "memory") 64)): what the kernel
// imports.
var memoryModule = []byte{
	0, 'a', 's', 'm', 1, 0, 0, 0,
	5, 3, 1, 0, 64,
	7, 10, 1, 6, 'm', 'e', 'm', 'o', 'r', 'y', 2, 0,
}

// native is the kernel in wazero, as a Backend. Operands are copied in at
// addresses that are aligned for a float and no more, with marks between them.
type native struct {
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
	return &native{t: t, memory: host.ExportedMemory("memory"), module: module}
}

func (*native) Name() string               { return "wazero" }
func (*native) Sync(context.Context) error { return nil }

func (k *native) MatMul(dst, a, b attention.Matrix) {
	attention.CheckMatMul(dst, a, b)
	k.call("matmul_nn", []attention.Matrix{dst, a, b}, a.Rows, b.Cols, a.Cols)
}

func (k *native) MatMulT(dst, a, b attention.Matrix) {
	attention.CheckMatMulT(dst, a, b)
	k.call("matmul_nt", []attention.Matrix{dst, a, b}, a.Rows, b.Rows, a.Cols)
}

func (k *native) SoftmaxRows(dst, src attention.Matrix) {
	attention.CheckSoftmaxRows(dst, src)
	k.call("softmax_rows", []attention.Matrix{dst, src}, src.Rows, src.Cols)
}

// call copies in, calls, copies the first operand out, and checks that nothing
// else was written to.
func (k *native) call(name string, operands []attention.Matrix, sizes ...int) {
	k.t.Helper()
	k.at, k.guards = 4, nil
	k.mark()
	var args []uint64
	for _, m := range operands {
		args = append(args, uint64(k.at))
		for _, v := range m.Data {
			k.memory.WriteFloat32Le(k.at, v)
			k.at += 4
		}
		k.mark()
	}
	for _, s := range sizes {
		args = append(args, uint64(s))
	}
	if _, err := k.module.ExportedFunction(name).Call(context.Background(), args...); err != nil {
		k.t.Fatalf("%s%v: %v", name, sizes, err)
	}
	for i, m := range operands {
		for j := range m.Data {
			v, _ := k.memory.ReadFloat32Le(uint32(args[i]) + uint32(4*j))
			if i == 0 {
				m.Data[j] = v
			} else if v != m.Data[j] {
				k.t.Fatalf("%s%v wrote to operand %d", name, sizes, i)
			}
		}
	}
	for _, at := range k.guards {
		if v, _ := k.memory.ReadUint32Le(at); v != guard {
			k.t.Fatalf("%s%v wrote outside its result", name, sizes)
		}
	}
}

// mark puts five words between operands: no operand is aligned to 16 bytes by
// luck for long.
func (k *native) mark() {
	for range 5 {
		k.memory.WriteUint32Le(k.at, guard)
		k.guards = append(k.guards, k.at)
		k.at += 4
	}
}

func random(seed uint64, rows, cols int) attention.Matrix {
	r := rand.New(rand.NewPCG(seed, 1))
	m := attention.NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(r.Float64()*8 - 4)
	}
	return m
}

func TestSelfTest(t *testing.T) {
	if err := attention.SelfTest(context.Background(), load(t)); err != nil {
		t.Error(err)
	}
}

// TestSizes goes through every small size, so through every tail; tolerances
// are those of attention.CompareToReference.
func TestSizes(t *testing.T) {
	k := load(t)
	for m := 0; m <= 9; m++ {
		for n := 0; n <= 21; n++ {
			for _, inner := range []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 17} {
				err := attention.CompareToReference(context.Background(), k, random(1, m, inner), random(2, inner, n), random(3, n, inner))
				if err != nil {
					t.Errorf("m %d, n %d, k %d: %v", m, n, inner, err)
				}
			}
		}
	}
}

func FuzzSizes(f *testing.F) {
	f.Add(uint8(5), uint8(19), uint16(257), uint64(1))
	f.Add(uint8(1), uint8(3), uint16(513), uint64(2))
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
