package deploy

import (
	"errors"
	"strings"

	"courselab/app/engine/serve/sheet"
	"courselab/sim"
)

// custom is the model whose config.json the learner pasted.
const custom = "custom"

// measurementsFile is the course's file of published measurements; a course may do
// without, and then those that are built in stand in.
const measurementsFile = "data/measurements.json"

// read returns the deployment that the inputs describe. Parameters of both labs:
// model, config, gpu, gpus, precision, kv_bits, batch. The handler sets what is its
// own; faults are noted in in.
func read(in *sheet.Input) sim.Deployment {
	d := sim.Deployment{
		GPU: in.GPU("gpu"), GPUs: in.Number("gpus"), KVBits: in.Number("kv_bits"), Batch: in.Number("batch"),
		Assumptions: sim.UsualAssumptions(),
	}
	var err error
	if d.Precision, err = sim.PrecisionNamed(in.Text("precision")); err != nil {
		in.Fault("precision", "没有这种格式；请从列表里选")
	}
	if in.Text("model") != custom {
		d.Model = in.Model("model")
		return d
	}
	if arch := in.Config("config"); arch != nil {
		d.Model = &sim.Model{ID: custom, Name: "你的模型", Arch: arch}
	}
	return d
}

// placed returns err with the field of a deployment renamed to the parameter that
// it came from: "model.arch.d_ff" is the model's.
func placed(in *sheet.Input, err error) error {
	var field *sim.FieldError
	if err == nil || !errors.As(err, &field) {
		return err
	}
	root, _, nested := strings.Cut(field.Field, ".")
	if root == "model" && in.Text("model") == custom {
		root = "config"
	}
	renamed := sim.FieldError{Field: root, Reason: field.Reason, Detail: field.Detail}
	if nested {
		renamed.Detail = strings.TrimSuffix(field.Field+" "+field.Detail, " ")
	}
	return &renamed
}

// data is what predictions of measurements look models and cards up in.
func data(in *sheet.Input) sim.Data {
	return sim.Data{Models: in.Models("model"), GPUs: in.GPUs("gpu")}
}

// measurements are the course's, else those that are built in.
func measurements(in *sheet.Input) ([]sim.Measurement, error) {
	text, ok := in.FileIf(measurementsFile)
	if !ok {
		return sim.DefaultMeasurements()
	}
	return parsed.Get(text, func() ([]sim.Measurement, error) { return sim.ParseMeasurements([]byte(text)) })
}

// parsed are the measurements of the course's file, predicted what is said of them.
// They depend on the files and assumptions alone, not on what is placed.
var (
	parsed    sheet.Kept[string, []sim.Measurement]
	predicted sheet.Kept[prediction, []sim.Prediction]
)

// prediction is what the predictions of all measurements depend on.
type prediction struct {
	models      *sim.Catalogue
	gpus        *sim.GPU // the first of them
	all         *sim.Measurement
	assumptions sim.Assumptions
}

// predictions are those of all measurements, in their order.
func predictions(in *sheet.Input, all []sim.Measurement, a sim.Assumptions) ([]sim.Prediction, error) {
	known := data(in)
	predict := func() ([]sim.Prediction, error) {
		var out []sim.Prediction
		for _, m := range all {
			out = append(out, m.Predict(known, a))
		}
		return out, nil
	}
	if len(all) == 0 || len(known.GPUs) == 0 {
		return predict()
	}
	return predicted.Get(prediction{known.Models, &known.GPUs[0], &all[0], a}, predict)
}
