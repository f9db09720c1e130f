package labs

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"io"
	"strings"
)

const (
	// packMark begins a value that is compressed: DEFLATE, then base64url without
	// padding.
	packMark = "z."
	// packFrom is the length in bytes from which a text is compressed.
	packFrom = 120
	// maxUnpacked bounds what a link's text may become, in bytes.
	maxUnpacked = 1 << 20
)

// packText returns a text as a link carries it: as it is while it is short,
// compressed where that saves room.
func packText(text string) string {
	if len(text) < packFrom && !strings.HasPrefix(text, packMark) {
		return text
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return text
	}
	if _, err := io.WriteString(w, text); err != nil || w.Close() != nil {
		return text
	}
	return packMark + base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// unpackText is the inverse of packText; ok is false for what that never writes.
func unpackText(value string) (text string, ok bool) {
	packed, is := strings.CutPrefix(value, packMark)
	if !is {
		return value, true
	}
	data, err := base64.RawURLEncoding.DecodeString(packed)
	if err != nil {
		return "", false
	}
	all, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), maxUnpacked+1))
	return string(all), err == nil && len(all) <= maxUnpacked
}
