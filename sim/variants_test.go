package sim

import (
	"testing"
)

func TestShiyaIsSmall(t *testing.T) {
	q, err := Shiya().Parameters()
	// 3003·128 + 4·(2·128·128 + 2·128·64 + 3·128·352 + 2·128) + 128
	if want := 1122816.0; err != nil || q.Value != want {
		t.Errorf("%v parameters, %v; want %v", q.Value, err, want)
	}
}

// Llama 2 70B by hand: 80 layers of 64 heads, 128 wide, 16 bits, one token.
func TestCacheVariants(t *testing.T) {
	a := Architecture{Layers: 80, Width: 8192, Heads: 64, KVHeads: 8, HeadDim: 128}
	all, err := a.CacheVariants(4096, 2, 16, Windows{Every: 6, Tokens: 1024})
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{
		2 * 80 * 64 * 128 * 4096 * 2 * 2,
		2 * 80 * 8 * 128 * 4096 * 2 * 2,
		2 * 80 * 1 * 128 * 4096 * 2 * 2,
		80 * (512 + 64) * 4096 * 2 * 2,
		2 * 8 * 128 * (13*4096 + 67*1024) * 2 * 2,
	}
	if len(all) != len(want) {
		t.Fatalf("%d variants", len(all))
	}
	for i, v := range all {
		if v.Cache.Value != want[i] || v.Name == "" || len(v.Cache.Sources) == 0 {
			t.Errorf("%s: %v bytes, want %v", v.Name, v.Cache.Value, want[i])
		}
	}
	// Heads that eight do not divide have no such group.
	a.Heads, a.KVHeads = 12, 12
	if all, err := a.CacheVariants(1, 1, 16, Windows{Every: 6, Tokens: 1024}); err != nil || len(all) != 4 {
		t.Errorf("%d variants, %v", len(all), err)
	}
	for _, bad := range []func() error{
		func() error { _, err := a.CacheVariants(0, 1, 16, Windows{6, 1024}); return err },
		func() error { _, err := a.CacheVariants(1, 1, 16, Windows{1, 1024}); return err },
		func() error { _, err := (&Architecture{}).CacheVariants(1, 1, 16, Windows{6, 1024}); return err },
	} {
		if bad() == nil {
			t.Error("a fault was accepted")
		}
	}
}

func TestAttentionNames(t *testing.T) {
	window, layers, kept := 128.0, 18.0, 4.0
	for want, a := range map[string]Architecture{
		"MHA（32）":     {Heads: 32, KVHeads: 32},
		"GQA（8）":      {Heads: 64, KVHeads: 8},
		"MQA（1）":      {Heads: 64, KVHeads: 1},
		"MLA":         {Heads: 64, KVHeads: 64, MLA: &MLA{}},
		"GQA + 窗口（8）": {Heads: 64, KVHeads: 8, Window: &window, WindowLayers: &layers},
		"混合（部分层线性）":   {Heads: 24, KVHeads: 4, Attention: "hybrid: x", KVLayers: &kept},
		"压缩注意力":       {Heads: 64, KVHeads: 1, Attention: "CSA+HCA hybrid"},
	} {
		if got := a.AttentionName(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
