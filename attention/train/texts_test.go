package train

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestReadTexts(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte("一\n二"))
	w.Close()
	folder := fstest.MapFS{
		"a.txt":    {Data: []byte("\ufeff床前\r\n\r\n  明月 \n")},
		"b.txt.gz": {Data: packed.Bytes()},
		"cut.gz":   {Data: packed.Bytes()[:packed.Len()-9]},
		"long.txt": {Data: []byte("短\n" + strings.Repeat("长", lineLimit/3+1))},
		"bad.txt":  {Data: []byte("好\n\xff\n")},
		"none.txt": {Data: []byte("\n")},
	}
	for name, want := range map[string][]string{"a.txt": {"床前", "明月"}, "b.txt.gz": {"一", "二"}} {
		if got, err := ReadTexts(folder, name); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]string{"cut.gz": "after", "long.txt": "after 1 documents", "bad.txt": "line 2", "none.txt": "no documents", "x.txt": "x.txt"} {
		if _, err := ReadTexts(folder, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}

func TestVocabulary(t *testing.T) {
	got, err := Vocabulary([]string{"乙甲甲", "丙乙甲丁"}, 0)
	if want := []string{"<bos>", "<eos>", "<unk>", "甲", "乙", "丁", "丙"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if got, err := Vocabulary([]string{"乙甲甲"}, 4); err != nil || len(got) != 4 || got[3] != "甲" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Vocabulary(nil, 0); err == nil {
		t.Error("no texts, no error")
	}
}
