package lessons

// Registry names what a lesson may call upon. It comes in from the caller, so
// that this package knows neither sim nor attention.
type Registry struct {
	Labs      map[string]LabSpec
	Functions map[string]FunctionSpec
}

// LabSpec is a lab that a lesson may place, with the parameters it takes.
type LabSpec struct {
	Title  string
	Params map[string]ParamSpec
	// Coming labs may be named, and are announced instead of run.
	Coming bool
}

// FunctionSpec is a function that a compute block may name. Every parameter
// listed must be given a value, a range or a choice by the block.
type FunctionSpec struct {
	Title  string
	Params map[string]ParamSpec
	// Units are those the answer may be asked in.
	Units []string
}

// ParamKind is the type of a parameter's value.
type ParamKind string

const (
	IntParam    ParamKind = "int"
	FloatParam  ParamKind = "float"
	BoolParam   ParamKind = "bool" // true or false
	TextParam   ParamKind = "text"
	ChoiceParam ParamKind = "choice" // one of Choices
)

// ParamSpec states what a parameter accepts. Min and Max bound numbers, and a
// text's length in characters.
type ParamSpec struct {
	Kind     ParamKind
	Min, Max float64
	Choices  []string
}
