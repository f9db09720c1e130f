package engine

import (
	"slices"
	"testing"
)

func TestModelsOf(t *testing.T) {
	for _, c := range []struct {
		params       map[string]string
		ids, columns []string
	}{
		{nil, nil, []string{"release", "context", "input-price", "output-price"}},
		{map[string]string{"ids": "gpt-4, gpt-4o ,,", "columns": "MMLU，C-Eval、kv"}, []string{"gpt-4", "gpt-4o"}, []string{"MMLU", "C-Eval", "kv"}},
		{map[string]string{"ids": " , ", "columns": ","}, nil, nil},
	} {
		in := ModelsOf(c.params)
		if !slices.Equal(in.IDs, c.ids) || !slices.Equal(in.Columns, c.columns) {
			t.Errorf("%v: ids %q, columns %q", c.params, in.IDs, in.Columns)
		}
	}
}
