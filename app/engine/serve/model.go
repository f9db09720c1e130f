package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"courselab/app/engine"
	"courselab/attention"
)

// ModelFiles reads one file of the course's language model. It may call progress
// with how many of how many bytes have come; a total of 0 is unknown.
type ModelFiles func(ctx context.Context, name string, progress func(done, total int)) ([]byte, error)

// ModelFolder reads the files of a folder.
func ModelFolder(folder fs.FS) ModelFiles {
	return func(_ context.Context, name string, _ func(done, total int)) ([]byte, error) {
		return fs.ReadFile(folder, name)
	}
}

// shiya holds the course's language model between requests. Its files are read
// when the first request needs them; after a failure the next request tries
// again.
type shiya struct {
	files ModelFiles

	mu      sync.Mutex
	held    *heldModel
	loading *modelLoad
}

// heldModel is a model with its tokenizer.
type heldModel struct {
	*attention.Model
	tokenizer *attention.Tokenizer
	bytes     int // of the files
}

// modelLoad is a reading of the files that is under way. It belongs to no
// request: one that is given up leaves it to the others.
type modelLoad struct {
	done chan struct{} // closed once held or err is set
	held *heldModel
	err  error

	mu       sync.Mutex
	progress engine.Progressed
	watchers map[int]func(engine.Reply)
	next     int
}

// get returns the model. While it is on its way emit tells how far it has come.
func (s *shiya) get(ctx context.Context, emit func(engine.Reply)) (*heldModel, error) {
	s.mu.Lock()
	if s.held != nil {
		defer s.mu.Unlock()
		return s.held, nil
	}
	load := s.loading
	if load == nil {
		load = &modelLoad{done: make(chan struct{}), watchers: map[int]func(engine.Reply){}}
		s.loading = load
		go s.load(context.WithoutCancel(ctx), load)
	}
	s.mu.Unlock()
	stop := load.watch(emit)
	defer stop()
	select {
	case <-load.done:
		return load.held, load.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// config returns the model's shape; the weights stay where they are.
func (s *shiya) config(ctx context.Context) (attention.ModelConfig, error) {
	s.mu.Lock()
	held := s.held
	s.mu.Unlock()
	if held != nil {
		return held.Config, nil
	}
	src, err := s.files(ctx, attention.ConfigFile, func(int, int) {})
	if err != nil {
		return attention.ModelConfig{}, noModel(attention.ConfigFile, err)
	}
	c, err := attention.ParseModelConfig(src)
	if err != nil {
		return attention.ModelConfig{}, noModel(attention.ConfigFile, err)
	}
	return c, nil
}

// load reads the files and leaves the outcome.
func (s *shiya) load(ctx context.Context, load *modelLoad) {
	held, err := readModel(ctx, s.files, load.tell)
	s.mu.Lock()
	load.held, load.err = held, err
	s.held, s.loading = held, nil
	s.mu.Unlock()
	close(load.done)
}

// watch has emit told of progress, at once and from then on, until stop.
func (l *modelLoad) watch(emit func(engine.Reply)) (stop func()) {
	if emit == nil {
		return func() {}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	id := l.next
	l.watchers[id] = emit
	if l.progress.Total > 0 {
		emit(progressReply(l.progress))
	}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.watchers, id)
	}
}

func (l *modelLoad) tell(done, total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.progress = engine.Progressed{What: "下载诗芽", Done: float64(done) / 1e6, Total: float64(total) / 1e6, Unit: "MB"}
	for _, emit := range l.watchers {
		emit(progressReply(l.progress))
	}
}

func progressReply(p engine.Progressed) engine.Reply {
	return engine.Reply{Kind: engine.Progress, Progress: &p}
}

// readModel reads and checks the three files. Its errors are *engine.Error.
func readModel(ctx context.Context, files ModelFiles, progress func(done, total int)) (*heldModel, error) {
	held := &heldModel{}
	read := func(name string, progress func(done, total int)) ([]byte, error) {
		data, err := files(ctx, name, progress)
		if err != nil {
			return nil, noModel(name, err)
		}
		held.bytes += len(data)
		return data, nil
	}
	quiet := func(int, int) {}
	src, err := read(attention.ConfigFile, quiet)
	if err != nil {
		return nil, err
	}
	config, err := attention.ParseModelConfig(src)
	if err == nil {
		err = config.CheckMarks()
	}
	if err != nil {
		return nil, noModel(attention.ConfigFile, err)
	}
	if src, err = read(attention.TokenizerFile, quiet); err != nil {
		return nil, err
	}
	held.tokenizer, err = attention.ParseTokenizer(src)
	if err == nil {
		err = held.tokenizer.CheckVocab(config.Vocab)
	}
	if err != nil {
		return nil, noModel(attention.TokenizerFile, err)
	}
	weights, err := read(attention.WeightsFile, progress)
	if err != nil {
		return nil, err
	}
	if held.Model, err = attention.ReadModel(config, weights); err != nil {
		return nil, noModel(attention.WeightsFile, err)
	}
	return held, nil
}

// noModel says which file of the model is missing or wrong. The detail names the
// tensor or the field, with its value, as the file spells it.
func noModel(name string, err error) error {
	message := fmt.Sprintf("诗芽的文件 %s 不能用（%v）。重试会重新读取；仍不行，说明站点上的这个文件不完整，请告诉课程的维护者。", name, err)
	if errors.Is(err, fs.ErrNotExist) {
		message = fmt.Sprintf("这个站点没有放诗芽的文件 %s，要用到它的实验暂时不能运行；课文与其余实验不受影响。", name)
	}
	return &engine.Error{Code: engine.NoModel, Field: name, Message: message}
}

// info answers engine.OpModelInfo.
func (s *shiya) info(ctx context.Context, _ json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	m, err := s.get(ctx, emit)
	if err != nil {
		return nil, nil, err
	}
	return m.info(), nil, nil
}

func (m *heldModel) info() engine.ModelInfo {
	c := m.Config
	info := engine.ModelInfo{
		Bytes: m.bytes, Vocab: c.Vocab, Width: c.Width, Layers: c.Layers, Heads: c.Heads, KVHeads: c.KVHeads,
		HeadDim: c.HeadDim, FFN: c.FFN, Context: c.Context,
	}
	for _, p := range m.Parameters() {
		info.Parameters += len(p.Values)
	}
	return info
}

// read returns text as the model reads it: the mark that begins it, then its
// characters. Those that were not seen in training are listed and left out of
// the tokens.
func (m *heldModel) read(text string) (tokens []int, shown []engine.TextToken) {
	if m.Config.BOS >= 0 {
		tokens = append(tokens, m.Config.BOS)
		shown = append(shown, engine.TextToken{Symbol: "〈始〉", Token: m.Config.BOS, Mark: true})
	}
	ids, _ := m.tokenizer.Encode(text) // the unseen have −1
	for i, r := range []rune(text) {
		shown = append(shown, engine.TextToken{Symbol: string(r), Token: ids[i]})
		if ids[i] >= 0 {
			tokens = append(tokens, ids[i])
		}
	}
	return tokens, shown
}

// symbol is how a token is shown.
func (m *heldModel) symbol(token int) string {
	if m.ends(token) {
		return "〈终〉"
	}
	if token == m.Config.BOS {
		return "〈始〉"
	}
	if s, ok := m.tokenizer.Symbol(token); ok {
		return s
	}
	return fmt.Sprintf("#%d", token)
}

// ends reports whether a token ends a document.
func (m *heldModel) ends(token int) bool {
	for _, e := range m.Config.EOS {
		if e == token {
			return true
		}
	}
	return false
}
