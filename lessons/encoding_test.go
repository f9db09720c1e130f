package lessons

import (
	"bytes"
	"strings"
	"testing"
)

// TestCheckText says of each way a text can be stored badly what it seems to be,
// and where that shows.
func TestCheckText(t *testing.T) {
	const gbk = "\xd5\xe2\xca\xc7\xd2\xbb\xb6\xce\xbb\xb0" // 这是一段话
	for _, c := range []struct{ name, src, want string }{
		{"UTF-8", "这是一段话\n", ""},
		{"byte order mark", byteOrderMark + "这是\r\n一段话", ""},
		{"empty", "", ""},
		{"GBK", "---\nid: m1\ntitle: " + gbk + "\n", "zh/m1.md:3: 文件不是 UTF-8 编码（像是 GBK）"},
		{"GBK cut short", "a\n" + gbk[:len(gbk)-1], "zh/m1.md:2: 文件不是 UTF-8 编码，也不像 GBK"},
		{"UTF-16", "\xff\xfea\x00", "zh/m1.md:1: 文件是 UTF-16 编码"},
		{"UTF-16, other end", "\xfe\xff\x00a", "zh/m1.md:1: 文件是 UTF-16 编码"},
		{"UTF-16 without a mark", "#\x00 \x00", "zh/m1.md:1: 文件不是 UTF-8 编码，也不像 GBK"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "zh/m1.md:1: 文件不是 UTF-8 编码，也不像 GBK"},
		{"Latin-1", "caf\xe9", "zh/m1.md:1: 文件不是 UTF-8 编码，也不像 GBK"},
		{"too large", strings.Repeat("字", MaxText/3+1), "zh/m1.md:1: 文件有 4.0 MB，最多 4 MB"},
	} {
		got := ""
		if err := CheckText("zh/m1.md", []byte(c.src)); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
	}
}

func FuzzCheckText(f *testing.F) {
	f.Add([]byte("---\nid: m1\n"))
	f.Add([]byte("\xd5\xe2\x00"))
	f.Add([]byte("\xff\xfe"))
	f.Fuzz(func(t *testing.T, src []byte) {
		err := CheckText("a.md", src)
		if err == nil {
			if _, parsed := Parse("a.md", src, Options{}); parsed != nil && strings.Contains(parsed.Error(), "UTF-8") {
				t.Errorf("accepted, then refused: %v", parsed)
			}
			return
		}
		if fault := err.(Faults)[0]; fault.Line < 1 || fault.Line > 1+bytes.Count(src, []byte("\n")) {
			t.Errorf("fault outside of the file: %v", fault)
		}
	})
}

// TestEditorsMarks parses the same lesson as Windows editors store it: with a
// byte order mark and other line ends, to the same lines.
func TestEditorsMarks(t *testing.T) {
	body := header9 + "## 甲\n\n正文，2026-10-23 的事。\n\n[坏](#nowhere)\n"
	for _, src := range []string{body, byteOrderMark + body, byteOrderMark + strings.ReplaceAll(body, "\n", "\r\n"), strings.ReplaceAll(body, "\n", "\r")} {
		checkFaults(t, src, "12: 本页没有 #nowhere")
	}
}
