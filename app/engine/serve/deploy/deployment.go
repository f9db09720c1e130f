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
	if text, ok := in.FileIf(measurementsFile); ok {
		return sim.ParseMeasurements([]byte(text))
	}
	return sim.DefaultMeasurements()
}
