package paste

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"courselab/sim"
)

func TestTable(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want [][]string
	}{
		"csv":            {"\ufeff题目,甲,乙\r\n\"问,一\",a, b \r\n\r\n二,c,d", [][]string{{"题目", "甲", "乙"}, {"问,一", "a", "b"}, {"二", "c", "d"}}},
		"spreadsheet":    {"题目\t甲, 乙\n一\t\"多\n行\"", [][]string{{"题目", "甲, 乙"}, {"一", "多\n行"}}},
		"full-width":     {"题目，甲\n一，二", [][]string{{"题目", "甲"}, {"一", "二"}}},
		"one column":     {"一\n二", [][]string{{"一"}, {"二"}}},
		"uneven":         {"a,b,c\nd", [][]string{{"a", "b", "c"}, {"d"}}},
		"stray quote":    {"a,b\n5\" 屏,d", [][]string{{"a", "b"}, {"5\" 屏", "d"}}},
		"nothing":        {" \n\n", nil},
		"only separator": {",,\n\t\n", nil},
	} {
		rows, err := Table(c.text)
		var got [][]string
		for _, r := range rows {
			got = append(got, r.Cells)
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

func TestTableLines(t *testing.T) {
	rows, err := Table("a,b\n\n\"x\ny\",c\nd,e")
	if err != nil || len(rows) != 3 || rows[1].Line != 3 || rows[2].Line != 5 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestTableRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"bytes":   strings.Repeat("a", MaxBytes+1),
		"rows":    strings.Repeat("a\n", MaxRows+1),
		"columns": strings.Repeat("a,", MaxColumns) + "a",
		"utf8":    "\xff\xfe",
	} {
		_, err := Table(text)
		var field *sim.FieldError
		if !errors.As(err, &field) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzTable(f *testing.F) {
	f.Add("a,b\n\"c\nd\",e")
	f.Add("\t\"")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := Table(text)
		if err != nil {
			return
		}
		for _, r := range rows {
			if r.Line < 1 || len(r.Cells) == 0 || len(r.Cells) > MaxColumns {
				t.Errorf("%+v", r)
			}
		}
	})
}
