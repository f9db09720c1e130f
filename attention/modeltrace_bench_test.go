package attention

import "testing"

// BenchmarkTrace traces a text of the course's own model's size.
func BenchmarkTrace(b *testing.B) {
	m, err := NewModel(shiya, 1)
	if err != nil {
		b.Fatal(err)
	}
	tokens := someTokens(shiya, 64, 1)
	for b.Loop() {
		if _, err := TraceModel(b.Context(), Go{}, m, tokens, TraceOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkForward is the same pass without a trace.
func BenchmarkForward(b *testing.B) {
	m, err := NewModel(shiya, 1)
	if err != nil {
		b.Fatal(err)
	}
	d, err := NewDecoder(m, Go{}, shiya.Context)
	if err != nil {
		b.Fatal(err)
	}
	tokens := someTokens(shiya, 64, 1)
	for b.Loop() {
		d.Truncate(0)
		if _, err := d.Forward(b.Context(), tokens); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkExplain explains a cell of a long sum.
func BenchmarkExplain(b *testing.B) {
	m, err := NewModel(shiya, 1)
	if err != nil {
		b.Fatal(err)
	}
	trace, err := TraceModel(b.Context(), Go{}, m, someTokens(shiya, 64, 1), TraceOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := trace.Explain(LayerName(3, "ffn_output"), 63, 127); err != nil {
			b.Fatal(err)
		}
	}
}
