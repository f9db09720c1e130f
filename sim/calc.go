package sim

import (
	"fmt"
	"slices"
	"strings"
)

// Data is what calculations by name look models and accelerators up in.
type Data struct {
	Models *Catalogue
	GPUs   []GPU
}

// Result is what Calc answers. Its Unit is the one that files of cases use.
type Result struct {
	Quantity
	Unit string // "bytes", "USD"; "currency" where the inputs do not name one
	// None reports that there is no such number: a purchase that never pays back.
	// Value is then 0 and means nothing.
	None bool
}

// answered puts a Quantity under the unit of a kind's cases.
func answered(q Quantity, err error, unit string) (Result, error) {
	return Result{Quantity: q, Unit: unit}, err
}

// unnamedCurrency is the unit of money whose currency the inputs do not state.
const unnamedCurrency = "currency"

// kinds are the calculations by name. Each reads its inputs, and computes only
// where they are right.
var kinds = map[string]func(in *inputs, d Data) (Result, error){
	"params": func(in *inputs, _ Data) (Result, error) {
		a := in.arch("arch")
		return compute(in, "parameters", func() (Quantity, error) { return inArch(a.Parameters()) })
	},
	"active": func(in *inputs, _ Data) (Result, error) {
		a, embedding := in.arch("arch"), in.flag("count_input_embedding")
		return compute(in, "parameters", func() (Quantity, error) { return inArch(a.ActiveParameters(embedding)) })
	},
	"kv-per-token": func(in *inputs, _ Data) (Result, error) {
		a, bits := in.arch("arch"), in.number("bits")
		return compute(in, "bytes/token", func() (Quantity, error) { return inArch(a.KVCache(1, 1, bits)) })
	},
	"kv":          calcKV,
	"weights":     calcWeights,
	"flops":       calcFLOPs,
	"decode-time": calcDecode,
	"cost":        calcCost,
	"train-flops": func(in *inputs, _ Data) (Result, error) {
		n, d := in.number("N"), in.number("D")
		return compute(in, "FLOP", func() (Quantity, error) {
			q, err := TrainFLOPs(n, d)
			return q, renamed(err, "params", "N", "tokens", "D")
		})
	},
	"gpu-rent": func(in *inputs, _ Data) (Result, error) {
		n, p, t := in.number("gpus"), in.number("price_per_gpu_hour"), in.number("hours")
		return compute(in, unnamedCurrency, func() (Quantity, error) { return GPURent(n, p, t) })
	},
	"rent-per-mtok": func(in *inputs, _ Data) (Result, error) {
		n, p, v := in.number("gpus"), in.number("price_per_gpu_hour"), in.number("tokens_per_second")
		return compute(in, "per 1M tokens", func() (Quantity, error) { return RentPerMTok(n, p, v) })
	},
	"electricity": func(in *inputs, _ Data) (Result, error) {
		w, pue, p, t := in.number("watts"), in.number("pue"), in.number("price_per_kwh"), in.number("hours")
		return compute(in, unnamedCurrency, func() (Quantity, error) { return Electricity(w, pue, p, t) })
	},
	"breakeven": calcBreakeven,
	"loss":      calcLoss,
	"optimal-n": func(in *inputs, _ Data) (Result, error) {
		law, c := chinchilla(in.numbers("constants", []string{"A", "B", "a", "b"}, []string{"E"})), in.number("C")
		return compute(in, "parameters", func() (Quantity, error) {
			if err := law.check(); err != nil {
				return Quantity{}, within("constants", err)
			}
			q, err := law.OptimalParameters(c)
			if err != nil {
				return q, renamed(err, "flops", "C")
			}
			return finite(q, "constants")
		})
	},
}

// compute runs f where the inputs are right.
func compute(in *inputs, unit string, f func() (Quantity, error)) (Result, error) {
	if err := in.done(); err != nil {
		return Result{}, err
	}
	q, err := f()
	return answered(q, err, unit)
}

// Kinds returns the names of the calculations that Calc knows, in order.
func Kinds() []string { return sortedKeys(kinds) }

// Calc computes one kind from a JSON object of inputs. It fails with a
// *FieldError on the field at fault: missing, unknown, out of range, or not
// published for the model or accelerator that the inputs name.
func Calc(kind string, inputs []byte, d Data) (Result, error) {
	run, ok := kinds[kind]
	if !ok {
		return Result{}, &FieldError{Field: "kind", Reason: Unknown, Detail: fmt.Sprintf("%.40q, want one of %s", kind, strings.Join(Kinds(), ", "))}
	}
	in, err := newInputs(inputs)
	if err != nil {
		return Result{}, fmt.Errorf("calculate %s: %w", kind, err)
	}
	r, err := run(in, d)
	if err != nil {
		return Result{}, fmt.Errorf("calculate %s: %w", kind, err)
	}
	return r, nil
}

// inArch names the fields of an error as those of arch.
func inArch(q Quantity, err error) (Quantity, error) { return q, placed("arch", err) }

// placed names the fields of an architecture by where it stands; inputs of the
// calculation keep their names.
func placed(place string, err error) error {
	if field, ok := asField(err); ok && !slices.Contains([]string{"tokens", "batch", "bits", "context"}, field.Field) {
		return within(place, err)
	}
	return err
}

// renamed gives an error on one of the fields from the name that the inputs have
// for it; pairs are from, to.
func renamed(err error, pairs ...string) error {
	field, ok := asField(err)
	if !ok {
		return err
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if field.Field == pairs[i] {
			return &FieldError{Field: pairs[i+1], Reason: field.Reason, Detail: field.Detail}
		}
	}
	return err
}

func chinchilla(v map[string]float64) Chinchilla {
	return Chinchilla{E: v["E"], A: v["A"], B: v["B"], Alpha: v["a"], Beta: v["b"], Source: sourceHoffmann}
}

func calcLoss(in *inputs, _ Data) (Result, error) {
	var f func() (Quantity, error)
	n := in.number("N")
	switch law := in.text("law"); law {
	case "chinchilla":
		c, d := chinchilla(in.numbers("constants", []string{"E", "A", "B", "a", "b"}, nil)), in.number("D")
		f = func() (Quantity, error) {
			if err := c.check(); err != nil {
				return Quantity{}, within("constants", err)
			}
			return c.Loss(n, d)
		}
	case "kaplan-joint":
		k, d := kaplan(in.numbers("constants", []string{"Nc", "aN", "Dc", "aD"}, nil)), in.number("D")
		f = func() (Quantity, error) { return k.Loss(n, d) }
	case "kaplan-n":
		k := kaplan(in.numbers("constants", []string{"Nc", "aN"}, nil))
		f = func() (Quantity, error) { return k.LossBySize(n) }
	default:
		in.fail(&FieldError{Field: "law", Reason: Unknown, Detail: fmt.Sprintf("%.40q, want chinchilla, kaplan-joint or kaplan-n", law)})
	}
	return compute(in, "nats/token", func() (Quantity, error) {
		q, err := f()
		return q, renamed(err, "params", "N", "tokens", "D", "Nc", "constants.Nc", "aN", "constants.aN", "Dc", "constants.Dc", "aD", "constants.aD")
	})
}

func kaplan(v map[string]float64) Kaplan {
	return Kaplan{Nc: v["Nc"], AlphaN: v["aN"], Dc: v["Dc"], AlphaD: v["aD"]}
}

func calcBreakeven(in *inputs, _ Data) (Result, error) {
	capex, own, api := in.number("capex"), in.number("own_per_month"), in.number("api_per_month")
	r, err := compute(in, "months", func() (Quantity, error) { return Breakeven(capex, own, api) })
	if field, ok := asField(err); ok && field.Reason == NeverPaysBack {
		return Result{Quantity: Quantity{Name: "打平所需时间", Formula: breakevenFormula}, Unit: "months", None: true}, nil
	}
	return r, err
}
