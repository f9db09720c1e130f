package engine

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
)

func TestExplanationCarriesInfinity(t *testing.T) {
	for _, v := range []float64{0, -1.5, math.Inf(-1), math.Inf(1), math.MaxFloat64} {
		want := Explanation{Title: "M[0,1]", Result: v, Operands: []Operand{{Symbol: "S[0,1]", Value: v, Matrix: "scaled", Col: 1}}}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Explanation
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s reads as %+v, want %+v", text, got, want)
		}
	}
	var o Operand
	if err := json.Unmarshal([]byte(`{"value":"much"}`), &o); err == nil {
		t.Error("a word was read as a number")
	}
}
