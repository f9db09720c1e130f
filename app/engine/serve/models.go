package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"courselab/app/engine"
	"courselab/sim"
)

// maxTableSide bounds the rows and the columns of a table.
const maxTableSide = 200

// modelTables answers engine.OpModels: engine.ModelsInput → engine.ModelsOutput.
// It keeps the catalogue that was sent last.
type modelTables struct {
	mu        sync.Mutex
	mark      string
	catalogue *sim.Catalogue
}

func (t *modelTables) table(_ context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	var input engine.ModelsInput
	if err := json.Unmarshal(in, &input); err != nil {
		return nil, nil, badModels("", "请求的内容读不出来")
	}
	if len(input.IDs) == 0 {
		return nil, nil, badModels("ids", "模型表没有写明模型（ids）")
	}
	if len(input.IDs) > maxTableSide || len(input.Columns) > maxTableSide {
		return nil, nil, badModels("ids", fmt.Sprintf("模型表最多 %d 行、%d 列", maxTableSide, maxTableSide))
	}
	catalogue, err := t.read(input)
	if err != nil {
		return nil, nil, err
	}
	return tableOf(catalogue, input), nil, nil
}

// read returns the catalogue that the input means.
func (t *modelTables) read(input engine.ModelsInput) (*sim.Catalogue, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.catalogue != nil && t.mark == input.Catalogue:
		return t.catalogue, nil
	case input.Data == "":
		return nil, &engine.Error{Code: engine.NeedsData, Op: engine.OpModels, Field: "data", Message: "计算程序还没有模型数据"}
	}
	catalogue, err := sim.ParseCatalogue([]byte(input.Data))
	if err != nil {
		line, problem := CatalogueProblem(err)
		return nil, badModels("data", fmt.Sprintf("模型数据 models.json 第 %d 行：%s", line, problem))
	}
	t.mark, t.catalogue = input.Catalogue, catalogue
	return catalogue, nil
}

func badModels(field, message string) *engine.Error {
	return &engine.Error{Code: engine.BadInput, Op: engine.OpModels, Field: field, Message: message}
}

// CatalogueProblem puts an error of sim.ParseCatalogue or sim.ParseGPUs into
// words for the course's author, with the line that it is about.
func CatalogueProblem(err error) (line int, problem string) {
	var entry *sim.EntryError
	var field *sim.FieldError
	line = 1
	if errors.As(err, &entry) {
		line = entry.Line
		if entry.Entry != "" {
			problem = "条目 " + entry.Entry + " 的 "
		}
	}
	if !errors.As(err, &field) {
		return line, problem + err.Error()
	}
	words := map[string]string{
		sim.Missing:    "缺少",
		sim.Unknown:    "不认识",
		sim.NotFinite:  "不是有限的数",
		sim.NotInteger: "要是整数",
		sim.OutOfRange: "不在允许的范围里",
		sim.Malformed:  "读不懂",
	}
	problem += field.Field + " " + words[field.Reason]
	if field.Detail != "" {
		problem += "（" + field.Detail + "）"
	}
	return line, problem
}

// ModelProblems lists, in Chinese, the ids and columns that the catalogue does
// not have, for a check of the course.
func ModelProblems(c *sim.Catalogue, ids, columns []string) []string {
	return tableOf(c, engine.ModelsInput{IDs: ids, Columns: columns}).Problems
}

func tableOf(c *sim.Catalogue, input engine.ModelsInput) engine.ModelsOutput {
	out := engine.ModelsOutput{Generated: c.Generated}
	var columns []modelColumn
	for _, name := range input.Columns {
		column, ok := modelColumnOf(c, name)
		if !ok {
			out.Problems = append(out.Problems, "没有名为 "+name+" 的列：可用 "+strings.Join(modelColumnNames(c), "、"))
			continue
		}
		columns = append(columns, column)
		out.Columns = append(out.Columns, column.ModelsColumn)
	}
	unknown := false
	for _, id := range input.IDs {
		m, ok := c.Find(id)
		if !ok {
			out.Problems = append(out.Problems, "模型目录里没有 "+id)
			out.Rows = append(out.Rows, engine.ModelsRow{ID: id, Name: id})
			continue
		}
		row := engine.ModelsRow{ID: id, Name: m.Name, Note: m.Notes, Cells: make([]engine.Fact, len(columns))}
		for i, column := range columns {
			row.Cells[i] = column.fact(m)
			unknown = unknown || row.Cells[i].Text == ""
		}
		out.Rows = append(out.Rows, row)
	}
	if unknown && c.Rule != "" {
		out.Notes = append(out.Notes, c.Rule)
	}
	for _, column := range columns {
		if column.price && c.PriceBasis != "" {
			out.Notes = append(out.Notes, c.PriceBasis)
			break
		}
	}
	out.Notes = append(out.Notes, c.Caveats...)
	return out
}
