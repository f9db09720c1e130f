package labs

import (
	"encoding/csv"
	"reflect"
	"strings"
	"testing"

	"courselab/app/engine"
)

func TestCSV(t *testing.T) {
	table := engine.Table{
		Columns: []engine.Column{{Name: "字"}, {Name: "熵", Unit: "bit"}, {Name: "a,b"}},
		Rows:    [][]string{{"霜", "1.5", "x"}, {`说"月"`, "-2", "换\n行"}, {"=1+1", "-1e-3", "-光"}},
	}
	got := string(csvFile(table))
	if !strings.HasPrefix(got, "\xef\xbb\xbf字,熵（bit）,\"a,b\"\r\n") {
		t.Errorf("head: %q", got)
	}
	back, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got, csvBOM))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"字", "熵（bit）", "a,b"}, {"霜", "1.5", "x"}, {`说"月"`, "-2", "换\n行"}, {"'=1+1", "-1e-3", "'-光"}}
	if !reflect.DeepEqual(back, want) {
		t.Errorf("read back %q, want %q", back, want)
	}
}

func TestTableEscapes(t *testing.T) {
	html := tableHTML(`<"标题">`, engine.Table{Columns: []engine.Column{{Name: "<b>"}}, Rows: [][]string{{"a&b"}}}, true)
	for _, bad := range []string{"<b>", `<"`, "a&b<"} {
		if strings.Contains(html, bad) {
			t.Errorf("%q stands unescaped in %s", bad, html)
		}
	}
	if !strings.Contains(html, `<th scope="row">a&amp;b</th>`) {
		t.Errorf("no row head in %s", html)
	}
}
