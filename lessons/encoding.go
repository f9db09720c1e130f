package lessons

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// CheckText returns nil for a text in UTF-8 of at most MaxText bytes, and else
// Faults of one fault: what the file seems to be instead, at the first line that
// shows it.
func CheckText(file string, src []byte) error {
	fault := func(line int, message string) error {
		return Faults{{File: file, Line: line, Message: message}}
	}
	switch {
	case len(src) > MaxText:
		return fault(1, TooLarge(int64(len(src)), MaxText))
	case bytes.HasPrefix(src, []byte{0xff, 0xfe}), bytes.HasPrefix(src, []byte{0xfe, 0xff}):
		return fault(1, "文件是 UTF-16 编码：请在编辑器里另存为 UTF-8")
	}
	at := bytes.IndexByte(src, 0)
	if bad := firstInvalid(src); bad >= 0 && (at < 0 || bad < at) {
		at = bad
	}
	if at < 0 {
		return nil
	}
	line := 1 + bytes.Count(src[:at], []byte("\n"))
	if isGBK(src) {
		return fault(line, "文件不是 UTF-8 编码（像是 GBK）：请在编辑器里另存为 UTF-8")
	}
	return fault(line, "文件不是 UTF-8 编码，也不像 GBK：可能不是文本文件，或者传坏了；请换成另存为 UTF-8 的文本")
}

// TooLarge says that a file is larger than it may be.
func TooLarge(size, limit int64) string {
	return fmt.Sprintf("文件有 %.1f MB，最多 %.0f MB", float64(size)/(1<<20), float64(limit)/(1<<20))
}

// firstInvalid returns the offset of the first byte that is no UTF-8, or -1.
func firstInvalid(src []byte) int {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// isGBK reports whether every byte above ASCII belongs to a pair as GBK has
// them, and no byte is zero.
func isGBK(src []byte) bool {
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == 0:
			return false
		case c < 0x80:
		case c == 0x80 || c == 0xff || i+1 == len(src):
			return false
		default:
			i++
			if next := src[i]; next < 0x40 || next == 0x7f || next == 0xff {
				return false
			}
		}
	}
	return true
}

// WithoutMark drops the byte order mark that some editors put before a text.
func WithoutMark(src []byte) []byte { return bytes.TrimPrefix(src, []byte(byteOrderMark)) }
