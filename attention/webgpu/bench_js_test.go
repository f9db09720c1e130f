//go:build js && wasm

package webgpu

import (
	"fmt"
	"testing"

	"courselab/attention"
	"courselab/attention/kernel"
)

// shiya is the shape of the course's own model.
var shiya = attention.ModelConfig{Vocab: 3003, Width: 128, Layers: 4, Heads: 4, KVHeads: 2, HeadDim: 32, FFN: 352, Context: 128, RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: -1}

// BenchmarkBrowser measures the backends side by side; BenchmarkForBrowsers
// starts it in Chromium. On SwiftShader it says what a pass costs besides the
// arithmetic, and nothing about a graphics card.
func BenchmarkBrowser(b *testing.B) {
	gpu, err := Open(b.Context(), Options{Software: true})
	if err != nil {
		b.Fatal(err)
	}
	defer gpu.Close()
	simd, err := kernel.Load(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	m := lively(b, shiya)
	tokens := make([]int, 64)
	for i := range tokens {
		tokens[i] = i * 41 % shiya.Vocab
	}
	for _, on := range []attention.Backend{gpu, simd, attention.Go{}} {
		d, err := attention.NewDecoder(m, on, shiya.Context)
		if err != nil {
			b.Fatal(err)
		}
		read := func(b *testing.B, tokens []int) {
			if _, err := d.Next(b.Context(), tokens); err != nil {
				b.Fatal(err)
			}
		}
		b.Run("decode/"+on.Name(), func(b *testing.B) {
			d.Truncate(0)
			read(b, tokens)
			for b.Loop() {
				read(b, tokens[:1])
				d.Truncate(len(tokens))
			}
		})
		b.Run("prefill/"+on.Name(), func(b *testing.B) {
			for b.Loop() {
				d.Truncate(0)
				read(b, tokens)
			}
		})
	}
	for _, s := range [][3]int{{64, 256, 256}, {256, 1024, 1024}, {1, 256, 256}} {
		x, y, out := random(1, s[0], s[2]), random(2, s[1], s[2]), attention.NewMatrix(s[0], s[1])
		for _, on := range []attention.Backend{gpu, simd} {
			attention.Place(on, attention.Constant, x.Data, y.Data)
			b.Run(fmt.Sprintf("product/%dx%dx%d/%s", s[0], s[1], s[2], on.Name()), func(b *testing.B) {
				for b.Loop() {
					on.MatMulT(out, x, y)
					if err := on.Sync(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(2*float64(s[0]*s[1]*s[2])*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
