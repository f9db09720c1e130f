package shrink

import (
	"context"

	"courselab/app/engine/serve/quality"
	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/prune"
	"courselab/attention/quantise"
	"courselab/attention/train"
)

// version is one way to make the model smaller, to be measured.
type version struct {
	method, setting string
	strong          bool
	// make makes it of m, whose importances are imp, and says its bytes.
	make func(ctx context.Context, m *attention.Model, imp train.Importance) (*attention.Model, int, error)
}

// The methods of what stands beside the labs' own versions: the model as it is, and
// quantised.
const (
	asItIs  = "原样"
	rounded = "量化，就近舍入"
)

// versions are those of the comparison; the chosen setting is among them.
func versions(chosen setting, c attention.ModelConfig) []version {
	all := standing()
	settings := []setting{chosen}
	for _, share := range []float64{0.3, 0.5, 0.7} {
		settings = append(settings, setting{method: global, share: share})
	}
	for _, share := range []float64{0.5, 0.6} {
		settings = append(settings, setting{method: matrix, share: share})
	}
	settings = append(settings, setting{method: two, share: 0.5})
	total := c.Layers * c.Heads
	for _, n := range []int{1, total / 8, total / 4, total / 2} {
		settings = append(settings, setting{method: heads, heads: n, order: plain})
	}
	for _, share := range []float64{0.2, 0.4, 0.6, 0.8} {
		settings = append(settings, setting{method: columns, share: share, order: plain})
	}
	seen := map[string]bool{}
	for i, s := range settings {
		if seen[s.key()] {
			continue
		}
		seen[s.key()] = true
		all = append(all, s.version(i == 0))
	}
	return all
}

// standing are the versions that both labs show beside theirs: the model as it is,
// and quantised.
func standing() []version {
	all := []version{{method: asItIs, setting: "fp16", strong: true, make: func(_ context.Context, m *attention.Model, _ train.Importance) (*attention.Model, int, error) {
		return m, prune.Measure(m).Dense, nil
	}}}
	for _, q := range quantised() {
		all = append(all, version{method: rounded, setting: q.name, make: func(ctx context.Context, m *attention.Model, _ train.Importance) (*attention.Model, int, error) {
			return q.of(ctx, m)
		}})
	}
	return all
}

// version is the setting as one.
func (s setting) version(strong bool) version {
	return version{method: methodNames[s.method], setting: s.words(), strong: strong, make: func(_ context.Context, m *attention.Model, imp train.Importance) (*attention.Model, int, error) {
		cut, err := s.cut(m, imp)
		return cut.model, cut.bytes, err
	}}
}

// measure makes a version of m and reads documents with it.
func (v version) measure(in *sheet.Input, m *attention.Model, imp train.Importance, b attention.Backend, documents []train.Document) (quality.Point, error) {
	smaller, bytes, err := v.make(in.Context, m, imp)
	if err != nil {
		return quality.Point{}, err
	}
	loss, err := meanLoss(in, smaller, b, documents)
	return quality.Point{Method: v.method, Setting: v.setting, Bytes: float64(bytes), Loss: loss, Strong: v.strong}, err
}

// quantisation is one of the quantised versions that both labs show beside theirs.
type quantisation struct {
	name   string
	scheme quantise.Scheme
}

// quantised are eight bits to a channel's scale, and four to a group's.
func quantised() []quantisation {
	return []quantisation{
		{"int8，每通道", quantise.Scheme{Bits: 8, Group: quantise.Channel}},
		{"int4，每组 32 个", quantise.Scheme{Bits: 4, Group: 32}},
	}
}

// of rounds m to the nearest.
func (q quantisation) of(ctx context.Context, m *attention.Model) (*attention.Model, int, error) {
	out, err := quantise.Quantise(ctx, m, quantise.Options{Scheme: q.scheme})
	if err != nil {
		return nil, 0, err
	}
	return out.Model, out.Bytes, nil
}
