package serve

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"courselab/app/engine"
	"courselab/app/modeltest"
	"courselab/attention"
)

func modelServer() *Server { return WithModel(ModelFolder(modeltest.Files(1))) }

func TestModelInfo(t *testing.T) {
	var got engine.ModelInfo
	result(t, modelServer(), engine.OpModelInfo, nil, &got)
	c := modeltest.Config
	if got.Layers != c.Layers || got.KVHeads != c.KVHeads || got.Context != c.Context || got.Vocab != c.Vocab {
		t.Errorf("%+v", got)
	}
	want := 0
	for _, f := range modeltest.Files(1) {
		want += len(f.Data)
	}
	if got.Bytes != want {
		t.Errorf("%d bytes, want %d", got.Bytes, want)
	}
	// embedding, final norm; per layer Q, K, V, O, three of the feed-forward, two norms
	d, kv := c.Width, c.KVHeads*c.HeadDim
	if want := c.Vocab*d + d + c.Layers*(2*d*d+2*kv*d+3*c.FFN*d+2*d); got.Parameters != want {
		t.Errorf("%d parameters, want %d", got.Parameters, want)
	}
}

// TestDamagedModel spoils the files one way after the other: the message names
// what is wrong, and mended files are taken at the next request.
func TestDamagedModel(t *testing.T) {
	wider := modeltest.Config
	wider.Width = 20
	for name, c := range map[string]struct {
		spoil func(fstest.MapFS)
		says  []string
	}{
		"no weights": {func(f fstest.MapFS) { delete(f, attention.WeightsFile) }, []string{"没有放", "model.safetensors"}},
		"no config":  {func(f fstest.MapFS) { delete(f, attention.ConfigFile) }, []string{"没有放", "config.json"}},
		"truncated":  {func(f fstest.MapFS) { f[attention.WeightsFile].Data = f[attention.WeightsFile].Data[:5000] }, []string{"model.safetensors"}},
		"not a number": {func(f fstest.MapFS) {
			data := f[attention.WeightsFile].Data
			binary.LittleEndian.PutUint32(data[len(data)-4:], math.Float32bits(float32(math.NaN())))
		}, []string{"model.safetensors", "tensor", "NaN"}},
		"misfit":       {func(f fstest.MapFS) { f[attention.ConfigFile].Data = wider.JSON() }, []string{"model.embed_tokens.weight", "16", "20"}},
		"bad config":   {func(f fstest.MapFS) { f[attention.ConfigFile].Data = []byte(`{"model_type":"gpt2"}`) }, []string{"config.json", "gpt2"}},
		"a web page":   {func(f fstest.MapFS) { f[attention.TokenizerFile].Data = []byte("<!doctype html>") }, []string{"tokenizer.json"}},
		"large symbol": {func(f fstest.MapFS) { f[attention.TokenizerFile].Data = []byte(`{"model":{"vocab":{"月":999}}}`) }, []string{"月", "999"}},
	} {
		files := modeltest.Files(1)
		c.spoil(files)
		s := WithModel(ModelFolder(files))
		replies := repliesTo(t, context.Background(), s, engine.OpModelInfo, nil)
		e := replies[len(replies)-1].Error
		if e == nil || e.Code != engine.NoModel {
			t.Errorf("%s: %+v", name, e)
			continue
		}
		for _, word := range c.says {
			if !strings.Contains(e.Message, word) {
				t.Errorf("%s: %q does not say %q", name, e.Message, word)
			}
		}
		for file, whole := range modeltest.Files(1) {
			files[file] = whole
		}
		var info engine.ModelInfo
		result(t, s, engine.OpModelInfo, nil, &info)
	}
}

// TestModelIsReadOnce holds that requests share one reading, that one given up
// leaves it to the others, and that all of them hear how far it has come.
func TestModelIsReadOnce(t *testing.T) {
	folder, reads, goOn := modeltest.Files(1), atomic.Int32{}, make(chan struct{})
	m := &shiya{files: func(_ context.Context, name string, progress func(done, total int)) ([]byte, error) {
		if name == attention.WeightsFile {
			reads.Add(1)
			progress(1_000_000, 2_000_000)
			<-goOn
		}
		return fs.ReadFile(folder, name)
	}}
	heard := make(chan engine.Progressed, 10)
	emit := func(r engine.Reply) { heard <- *r.Progress }
	given, giveUp := context.WithCancel(context.Background())
	outcomes := make(chan error, 2)
	go func() { _, err := m.get(given, emit); outcomes <- err }()
	<-heard
	go func() { _, err := m.get(context.Background(), emit); outcomes <- err }()
	if p := <-heard; p.Done != 1 || p.Total != 2 || p.Unit != "MB" {
		t.Errorf("heard %+v", p)
	}
	giveUp()
	if err := <-outcomes; !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	close(goOn)
	if err := <-outcomes; err != nil {
		t.Error(err)
	}
	if _, err := m.get(context.Background(), nil); err != nil || reads.Load() != 1 {
		t.Errorf("%v after %d readings", err, reads.Load())
	}
}

func TestReadText(t *testing.T) {
	m, err := testModel(t).get(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	tokens, shown := m.read("床x前")
	if len(tokens) != 3 || tokens[0] != 0 || len(shown) != 4 || !shown[0].Mark || shown[2].Token != -1 || shown[2].Symbol != "x" {
		t.Errorf("%v, %+v", tokens, shown)
	}
	if m.symbol(1) != "〈终〉" || m.symbol(tokens[1]) != "床" {
		t.Error("symbols")
	}
}

func testModel(testing.TB) *shiya { return &shiya{files: ModelFolder(modeltest.Files(1))} }
