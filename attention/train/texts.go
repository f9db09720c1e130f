package train

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// lineLimit bounds a document in bytes.
const lineLimit = 1 << 20

// ReadTexts returns the lines of a file, space around them and empty ones left
// out. A name that ends in .gz is unpacked. Errors name the line.
func ReadTexts(folder fs.FS, name string) ([]string, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("unpack: %w", err)
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, lineLimit)
	var texts []string
	for at := 1; lines.Scan(); at++ {
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if !utf8.ValidString(text) {
			return nil, fmt.Errorf("line %d: not UTF-8", at)
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("after %d documents: %w", len(texts), err)
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("no documents")
	}
	return texts, nil
}
