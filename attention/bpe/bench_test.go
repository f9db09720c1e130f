package bpe

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// megabyte is a text of about 1 MB whose characters and words are as unevenly
// frequent as those of a language (Zipf), in phrases that recur.
func megabyte() string {
	random := rand.New(rand.NewPCG(1, 0x7a697066))
	zipf := rand.NewZipf(random, 1.05, 3, 2500)
	phrases := make([]string, 20000)
	for i := range phrases {
		var b strings.Builder
		for range 1 + random.IntN(4) {
			b.WriteRune(rune(0x4e00 + zipf.Uint64()*7))
		}
		phrases[i] = b.String()
	}
	var b strings.Builder
	for b.Len() < 1<<20 {
		b.WriteString(phrases[int(float64(len(phrases))*math.Pow(random.Float64(), 3))])
		if random.IntN(6) == 0 {
			b.WriteString("，")
		}
	}
	return b.String()
}

func BenchmarkTrain(b *testing.B) {
	text := megabyte()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		v := learn(b, text, 2000)
		b.ReportMetric(float64(v.Len()), "merges")
	}
}

// BenchmarkTrainReference takes a twentieth of the text and of the merges.
func BenchmarkTrainReference(b *testing.B) {
	text := megabyte()[:50_000]
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		TrainReference(text, 100)
	}
}

func BenchmarkEncode(b *testing.B) {
	text := megabyte()
	v := learn(b, text, 2000)
	sample := text[:60_000]
	b.SetBytes(int64(len(sample)))
	for b.Loop() {
		v.Encode(sample, v.Len())
	}
}
