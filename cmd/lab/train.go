package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v3"

	"courselab/attention"
	"courselab/attention/safetensors"
	"courselab/attention/train"
)

// The files of a run beside those of the model.
const (
	checkpointFile = "checkpoint.safetensors"
	logFile        = "training.json"
)

func trainCommand() *cli.Command {
	o := train.Default()
	return &cli.Command{
		Name:  "train",
		Usage: "train a model on a text file, one document a line; goes on from the checkpoint in --out",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "corpus", Usage: "text `FILE`, UTF-8, one document a line; .gz is unpacked"},
			&cli.StringFlag{Name: "held-out", Usage: "text `FILE` that is only measured, at the end of each epoch"},
			&cli.StringFlag{Name: "out", Usage: "folder `DIR` for the model and its checkpoint"},
			&cli.IntFlag{Name: "epochs", Value: o.Epochs, Usage: "read the corpus `N` times"},
			&cli.IntFlag{Name: "batch-tokens", Value: o.Rows, Usage: "read about `N` tokens a step"},
			&cli.FloatFlag{Name: "rate", Value: o.Rate, Usage: "peak learning rate `R`"},
			&cli.FloatFlag{Name: "last-rate", Value: o.Last, Usage: "end at `S` times the peak rate"},
			&cli.IntFlag{Name: "warmup", Value: o.Warmup, Usage: "reach the peak rate after `N` steps"},
			&cli.FloatFlag{Name: "decay", Value: o.Decay, Usage: "weight decay `D`, on matrices only"},
			&cli.FloatFlag{Name: "beta1", Value: o.Beta1, Usage: "AdamW's β₁, `B`"},
			&cli.FloatFlag{Name: "beta2", Value: o.Beta2, Usage: "AdamW's β₂, `B`"},
			&cli.FloatFlag{Name: "clip", Value: o.Clip, Usage: "bound the gradient's norm by `C`; 0: do not"},
			&cli.Uint64Flag{Name: "seed", Usage: "`S` of the first weights and of the order of documents"},
			&cli.IntFlag{Name: "vocab", Usage: "keep the `N` commonest symbols, three marks among them; 0: all"},
			&cli.IntFlag{Name: "width", Value: 128, Usage: "width `N` of the residual stream"},
			&cli.IntFlag{Name: "layers", Value: 4, Usage: "`N` layers"},
			&cli.IntFlag{Name: "heads", Value: 4, Usage: "`N` heads of queries"},
			&cli.IntFlag{Name: "kv-heads", Value: 2, Usage: "`N` heads of keys and values"},
			&cli.IntFlag{Name: "ffn", Value: 352, Usage: "width `N` of the feed-forward's middle"},
			&cli.IntFlag{Name: "context", Value: 72, Usage: "`N` positions"},
			&cli.StringFlag{Name: "dtype", Value: string(safetensors.F16), Usage: "store the weights as `T`: F32, F16 or BF16"},
			&cli.StringFlag{Name: "backend", Value: "blas", Usage: "compute with `NAME`: go or blas"},
			&cli.IntFlag{Name: "checkpoint-every", Value: 200, Usage: "write the checkpoint every `N` steps"},
			&cli.IntFlag{Name: "stop-after", Usage: "stop after `N` steps of this call, with a checkpoint; 0: go on to the end"},
		},
		Action: runTrain,
	}
}

// training is one call of lab train.
type training struct {
	out     string
	backend attention.Backend
	dtype   safetensors.DType
	trainer *train.Trainer
	heldOut []train.Document
	log     trainingLog
	symbols *attention.Tokenizer
}

// trainingLog is training.json: what a model card quotes.
type trainingLog struct {
	Documents  int               `json:"documents"`
	Tokens     int               `json:"tokens_per_epoch"` // predicted, end marks included
	Parameters int               `json:"parameters"`
	Options    train.Options     `json:"options"`
	Seconds    float64           `json:"seconds"` // of training, over all calls
	Epochs     []epochLog        `json:"epochs"`
	Sum        float64           `json:"loss_sum,omitempty"`      // over the tokens met in the epoch that has not ended
	Met        int               `json:"tokens_met,omitempty"`    // how many those are
	HeldOut    *float64          `json:"held_out_loss,omitempty"` // of the stored weights, nats per character
	DType      safetensors.DType `json:"dtype"`
}

type epochLog struct {
	Epoch   int      `json:"epoch"`
	Steps   int      `json:"steps"`                   // so far
	Loss    float64  `json:"loss"`                    // mean over the epoch's tokens, as they were met
	HeldOut *float64 `json:"held_out_loss,omitempty"` // nats per character
}

func runTrain(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	t, err := openTraining(c)
	if err != nil {
		return err
	}
	return t.run(ctx, c)
}

// openTraining reads everything that a run needs, and its checkpoint where
// there is one.
func openTraining(c *cli.Command) (*training, error) {
	o := train.Options{
		Epochs: c.Int("epochs"), Rows: c.Int("batch-tokens"), Rate: c.Float("rate"), Last: c.Float("last-rate"), Warmup: c.Int("warmup"),
		Decay: c.Float("decay"), Beta1: c.Float("beta1"), Beta2: c.Float("beta2"), Clip: c.Float("clip"), Seed: c.Uint64("seed"),
	}
	if err := o.Check(); err != nil {
		return nil, fmt.Errorf("--%w", err)
	}
	if n := c.Int("checkpoint-every"); n < 1 {
		return nil, fmt.Errorf("--checkpoint-every %d: below one", n)
	}
	if n := c.Int("stop-after"); n < 0 {
		return nil, fmt.Errorf("--stop-after %d: below zero", n)
	}
	t := &training{out: c.String("out"), dtype: safetensors.DType(c.String("dtype"))}
	if t.out == "" {
		return nil, fmt.Errorf("--out: missing (a folder for the model)")
	}
	switch t.dtype {
	case safetensors.F32, safetensors.F16, safetensors.BF16:
	default:
		return nil, fmt.Errorf("--dtype %q: unknown (F32, F16, BF16)", t.dtype)
	}
	var err error
	if t.backend, err = modelBackend(c); err != nil {
		return nil, err
	}
	corpus, err := readCorpus("corpus", c.String("corpus"))
	if err != nil {
		return nil, err
	}
	limit := c.Int("vocab")
	if limit < 0 || limit > 0 && limit <= len(train.Marks) {
		return nil, fmt.Errorf("--vocab %d: must be 0 or above %d", limit, len(train.Marks))
	}
	symbols, err := train.Vocabulary(corpus, limit)
	if err != nil {
		return nil, fmt.Errorf("--corpus %s: %w", c.String("corpus"), err)
	}
	if t.symbols, err = attention.NewTokenizer(symbols, len(train.Marks)); err != nil {
		return nil, fmt.Errorf("--corpus %s: %w", c.String("corpus"), err)
	}
	heads := c.Int("heads")
	if heads < 1 || c.Int("width")%heads != 0 {
		return nil, fmt.Errorf("--heads %d: does not divide --width %d", heads, c.Int("width"))
	}
	config := attention.ModelConfig{
		Vocab: len(symbols), Width: c.Int("width"), Layers: c.Int("layers"), Heads: heads, KVHeads: c.Int("kv-heads"),
		HeadDim: c.Int("width") / heads, FFN: c.Int("ffn"), Context: c.Int("context"),
		RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: train.BOS, EOS: []int{train.EOS},
	}
	if err := config.Check(); err != nil {
		return nil, fmt.Errorf("the model's shape: %w", err)
	}
	documents, err := train.Documents(corpus, t.symbols, config, train.Unknown)
	if err != nil {
		return nil, fmt.Errorf("--corpus %s: %w", c.String("corpus"), err)
	}
	if c.IsSet("held-out") {
		texts, err := readCorpus("held-out", c.String("held-out"))
		if err != nil {
			return nil, err
		}
		if t.heldOut, err = train.Documents(texts, t.symbols, config, train.Unknown); err != nil {
			return nil, fmt.Errorf("--held-out %s: %w", c.String("held-out"), err)
		}
	}
	m, err := attention.NewModel(config, o.Seed)
	if err != nil {
		return nil, err
	}
	if t.trainer, err = train.New(m, t.backend, documents, o); err != nil {
		return nil, err
	}
	t.log = trainingLog{Documents: len(corpus), Options: o, DType: t.dtype}
	for _, d := range documents {
		t.log.Tokens += len(d) - 1
	}
	for _, p := range m.Parameters() {
		t.log.Parameters += len(p.Values)
	}
	return t, t.resume()
}

// readCorpus reads the lines of a text file, empty ones left out.
func readCorpus(flag, path string) ([]string, error) {
	if path == "" {
		return nil, fmt.Errorf("--%s: missing (a text file, one document a line)", flag)
	}
	texts, err := train.ReadTexts(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	if err != nil {
		return nil, fmt.Errorf("--%s %s: %w", flag, path, err)
	}
	return texts, nil
}

// resume goes on from the folder's checkpoint, if there is one.
func (t *training) resume() error {
	data, err := os.ReadFile(filepath.Join(t.out, checkpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("--out %s: %w", t.out, err)
	}
	if err := t.trainer.Load(data); err != nil {
		return fmt.Errorf("--out %s: %s: %w", t.out, checkpointFile, err)
	}
	src, err := os.ReadFile(filepath.Join(t.out, logFile))
	if err != nil {
		return fmt.Errorf("--out %s: %w", t.out, err)
	}
	if err := json.Unmarshal(src, &t.log); err != nil {
		return fmt.Errorf("--out %s: %s: %w", t.out, logFile, err)
	}
	return nil
}

// run trains to the end, or until it is told to stop; then it writes what there
// is to go on from.
func (t *training) run(ctx context.Context, c *cli.Command) error {
	if err := os.MkdirAll(t.out, 0o777); err != nil {
		return fmt.Errorf("--out %s: %w", t.out, err)
	}
	stderr := c.Root().ErrWriter
	bar := progressbar.NewOptions(t.trainer.Steps(), progressbar.OptionSetWriter(stderr), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(time.Second), progressbar.OptionSetWidth(20), progressbar.OptionSetElapsedTime(true))
	_ = bar.Set(t.trainer.Done()) // a bar that cannot be drawn stops nothing

	var smooth, recent float64
	var since int
	taken, began := 0, time.Now()
	for t.trainer.Done() < t.trainer.Steps() {
		if n := c.Int("stop-after"); n > 0 && taken == n || ctx.Err() != nil {
			break
		}
		start := time.Now()
		// A step is finished even when the run is to stop: half a step is lost.
		r, err := t.trainer.Step(context.WithoutCancel(ctx))
		if err != nil {
			return err
		}
		taken++
		spent := time.Since(start).Seconds()
		t.log.Seconds += spent
		t.log.Sum, t.log.Met = t.log.Sum+r.Loss*float64(r.Rows), t.log.Met+r.Rows
		recent, since = recent+spent, since+r.Rows
		if smooth == 0 {
			smooth = r.Loss
		}
		smooth = 0.98*smooth + 0.02*r.Loss
		bar.Describe(fmt.Sprintf("epoch %d loss %.4f, %.0f tokens/s", r.Epoch, smooth, float64(since)/recent))
		_ = bar.Add(1)
		if r.EpochEnd {
			e := epochLog{Epoch: r.Epoch, Steps: r.Step, Loss: t.log.Sum / float64(t.log.Met)}
			if e.HeldOut, err = t.measure(ctx, t.trainer.Model()); err != nil {
				return err
			}
			t.log.Epochs = append(t.log.Epochs, e)
			t.log.Sum, t.log.Met = 0, 0
			fmt.Fprintf(stderr, "\nepoch %d: loss %.4f%s\n", e.Epoch, e.Loss, heldOutText(e.HeldOut))
		}
		if r.EpochEnd || r.Step%c.Int("checkpoint-every") == 0 {
			recent, since = 0, 0
			if err := t.checkpoint(); err != nil {
				return err
			}
		}
	}
	_ = bar.Exit()
	if err := t.checkpoint(); err != nil {
		return err
	}
	if t.trainer.Done() < t.trainer.Steps() {
		_, err := fmt.Fprintf(c.Root().Writer, "stopped after step %d of %d; the same command goes on\n", t.trainer.Done(), t.trainer.Steps())
		return err
	}
	if err := t.finish(ctx); err != nil {
		return err
	}
	_, err := fmt.Fprintf(c.Root().Writer, "%s: %d parameters, %d steps, %s%s\n", t.out, t.log.Parameters, t.trainer.Steps(), time.Since(began).Round(time.Second), heldOutText(t.log.HeldOut))
	return err
}

func heldOutText(loss *float64) string {
	if loss == nil {
		return ""
	}
	return fmt.Sprintf(", held-out %.4f nats per character", *loss)
}

// measure returns the held-out loss, nil without a held-out text.
func (t *training) measure(ctx context.Context, m *attention.Model) (*float64, error) {
	if t.heldOut == nil {
		return nil, nil
	}
	loss, err := train.HeldOut(context.WithoutCancel(ctx), m, t.backend, t.heldOut, t.log.Options.Rows)
	if err != nil {
		return nil, err
	}
	return &loss, nil
}

// checkpoint writes the log and the checkpoint.
func (t *training) checkpoint() error {
	if err := t.writeLog(); err != nil {
		return err
	}
	return t.write(checkpointFile, t.trainer.Save)
}

// finish writes the model, reads it back as anyone would, and measures that.
func (t *training) finish(ctx context.Context) error {
	m := t.trainer.Model()
	for name, data := range map[string][]byte{
		attention.ConfigFile: m.Config.JSON(), attention.TokenizerFile: t.symbols.JSON(train.Marks[train.Unknown]),
	} {
		if err := t.write(name, func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
			return err
		}
	}
	if err := t.write(attention.WeightsFile, func(w io.Writer) error { return m.WriteWeights(w, t.dtype) }); err != nil {
		return err
	}
	stored, err := attention.LoadModel(os.DirFS(t.out))
	if err != nil {
		return err
	}
	if t.log.HeldOut, err = t.measure(ctx, stored); err != nil {
		return err
	}
	return t.writeLog()
}

func (t *training) writeLog() error {
	src, err := json.MarshalIndent(t.log, "", "  ")
	if err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return t.write(logFile, func(w io.Writer) error { _, err := w.Write(append(src, '\n')); return err })
}

// write replaces a file of the folder whole, or leaves it as it was.
func (t *training) write(name string, content func(io.Writer) error) error {
	var data bytes.Buffer
	if err := content(&data); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	path := filepath.Join(t.out, name)
	if err := os.WriteFile(path+".new", data.Bytes(), 0o666); err != nil {
		return fmt.Errorf("--out %s: %w", t.out, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("--out %s: %w", t.out, err)
	}
	return nil
}
