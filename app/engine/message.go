package engine

import (
	"encoding/json"
	"fmt"
)

// Version is the protocol's version. Both sides state it and refuse the other's
// when it differs: a page from yesterday may meet an engine from today.
const Version = 2

// Request asks the engine for one computation.
type Request struct {
	Version int    `json:"version"`
	ID      uint64 `json:"id"`
	// Queue names the place whose requests supersede one another, usually one
	// lab panel on one page: one request is in flight, the newest waits, those
	// between are dropped. The empty queue never supersedes.
	Queue string          `json:"queue,omitempty"`
	Op    string          `json:"op"`
	Input json.RawMessage `json:"input,omitempty"`
}

// Kind tells what a Reply says about its request.
type Kind string

const (
	Started   Kind = "started"   // the engine took it up; sent before anything is computed
	Progress  Kind = "progress"  // still working; Reply.Progress is set
	Partial   Kind = "partial"   // a first, quick result; a Done one follows
	Done      Kind = "done"      // the result
	Failed    Kind = "failed"    // Reply.Error is set
	Cancelled Kind = "cancelled" // given up on request, or superseded by a newer one
)

// Final reports whether no further reply to the same request follows.
func (k Kind) Final() bool { return k == Done || k == Failed || k == Cancelled }

// Reply is the engine's answer, or one of several.
type Reply struct {
	Version  int             `json:"version"`
	ID       uint64          `json:"id"`
	Kind     Kind            `json:"kind"`
	Progress *Progressed     `json:"progress,omitempty"`
	Output   json.RawMessage `json:"output,omitempty"`
	Error    *Error          `json:"error,omitempty"`
	// Tensors travel beside the JSON as transferable typed arrays; Output
	// refers to them by index.
	Tensors []Tensor `json:"-"`
}

// Progressed is how far a long computation has come: Done of Total, in Unit.
type Progressed struct {
	What  string  `json:"what"`
	Done  float64 `json:"done"`
	Total float64 `json:"total"`
	Unit  string  `json:"unit"`
}

// Tensor is a matrix of float32 in row-major order.
type Tensor struct {
	Rows, Cols int
	Data       []float32 // (Rows, Cols)
}

// At returns the value in row r, column c.
func (t Tensor) At(r, c int) float32 { return t.Data[r*t.Cols+c] }

// Code classifies an Error for the UI's choice of what to offer next.
type Code string

const (
	BadInput    Code = "bad-input"   // the learner can mend it: Field and Message say what
	UnknownOp   Code = "unknown-op"  // this engine has no such operation
	BadVersion  Code = "bad-version" // page and engine differ: reload
	Crashed     Code = "crashed"     // the engine died or hung while computing it
	Unavailable Code = "unavailable" // no engine: not loaded, or it cannot start here
	NeedsData   Code = "needs-data"  // ask again, with the data the request names
	NoModel     Code = "no-model"    // the language model cannot be fetched or used; asking again tries again
	Internal    Code = "internal"    // a fault of ours
)

// Error is a failure as plain data. Message is Chinese and fit for the learner.
type Error struct {
	Code    Code   `json:"code"`
	Op      string `json:"op,omitempty"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

func (e *Error) Error() string {
	if e.Field != "" {
		return fmt.Sprintf("%s %s: %s: %s", e.Op, e.Field, e.Code, e.Message)
	}
	return fmt.Sprintf("%s: %s: %s", e.Op, e.Code, e.Message)
}
