package site

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// sectionData and sectionDataCount are the sections of a wasm module with its
// memory's first content and with the number of its parts.
const (
	sectionData      = 11
	sectionDataCount = 12
)

// widestGap is the longest run of zeros that is written out: beyond some tens of
// bytes another segment is as short, compressed.
const widestGap = 64

var wasmHeader = []byte("\x00asm\x01\x00\x00\x00")

var errModule = errors.New("not understood as a module of WebAssembly")

// joinSegments returns a wasm module whose memory starts with the same content,
// written in fewer segments. Go's linker leaves out every run of eight zeros, up to
// the 100,000 segments that browsers accept, and the places of so many segments do
// not compress: a fifteenth of the program for the page. Files other than modules
// of version 1, and modules that Go would not write, come back as they are.
func joinSegments(module []byte) ([]byte, error) {
	if !bytes.HasPrefix(module, wasmHeader) {
		return module, nil
	}
	out := append(make([]byte, 0, len(module)), wasmHeader...)
	r := &moduleReader{rest: module[len(wasmHeader):]}
	for len(r.rest) > 0 {
		id := r.take(1)
		body := r.take(r.unsigned())
		if r.failed {
			return nil, fmt.Errorf("%w: it ends inside a section", errModule)
		}
		switch id[0] {
		case sectionDataCount:
			return module, nil
		case sectionData:
			segments, err := readSegments(body)
			if err != nil {
				return nil, err
			}
			if segments == nil {
				return module, nil
			}
			body = writeSegments(join(segments))
		}
		out = append(out, id[0])
		out = binary.AppendUvarint(out, uint64(len(body)))
		out = append(out, body...)
	}
	return out, nil
}

// segment is a part of the memory's first content.
type segment struct {
	at   uint64
	data []byte
}

// readSegments reads a data section, or returns nil where it has other than
// segments of memory 0 at constant places.
func readSegments(body []byte) ([]segment, error) {
	r := &moduleReader{rest: body}
	count := r.unsigned()
	segments := make([]segment, 0, min(count, uint64(len(body))))
	for range count {
		const active, i32Const, end = 0, 0x41, 0x0b
		kind, op := r.unsigned(), r.take(1)
		if !r.failed && (kind != active || op[0] != i32Const) {
			return nil, nil
		}
		at := r.signed()
		if stop := r.take(1); !r.failed && stop[0] != end {
			return nil, nil
		}
		data := r.take(r.unsigned())
		if r.failed || at < 0 {
			return nil, fmt.Errorf("%w: its data section ends inside a segment", errModule)
		}
		segments = append(segments, segment{uint64(at), data})
	}
	return segments, nil
}

// join makes one segment of those that follow each other closely.
func join(segments []segment) []segment {
	var joined []segment
	for _, s := range segments {
		if n := len(joined); n > 0 {
			last := &joined[n-1]
			if end := last.at + uint64(len(last.data)); s.at >= end && s.at-end <= widestGap {
				last.data = append(last.data, make([]byte, s.at-end)...)
				last.data = append(last.data, s.data...)
				continue
			}
		}
		joined = append(joined, segment{s.at, bytes.Clone(s.data)})
	}
	return joined
}

func writeSegments(segments []segment) []byte {
	out := binary.AppendUvarint(nil, uint64(len(segments)))
	for _, s := range segments {
		out = append(out, 0, 0x41)
		out = appendSigned(out, int64(s.at))
		out = append(out, 0x0b)
		out = binary.AppendUvarint(out, uint64(len(s.data)))
		out = append(out, s.data...)
	}
	return out
}

// moduleReader reads the encodings of WebAssembly: LEB128 numbers and bytes.
// After the end of its input everything is zero and failed is set.
type moduleReader struct {
	rest   []byte
	failed bool
}

func (r *moduleReader) take(n uint64) []byte {
	if r.failed || n > uint64(len(r.rest)) {
		r.failed, r.rest = true, nil
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *moduleReader) unsigned() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.take(uint64(len(r.rest)) + 1)
		return 0
	}
	r.take(uint64(n))
	return v
}

// signed reads a signed LEB128 number, whose last byte carries the sign in bit 6;
// encoding/binary has another signed form.
func (r *moduleReader) signed() int64 {
	var v int64
	for shift := 0; shift < 64; shift += 7 {
		b := r.take(1)
		if r.failed {
			return 0
		}
		v |= int64(b[0]&0x7f) << shift
		if b[0]&0x80 == 0 {
			if b[0]&0x40 != 0 && shift+7 < 64 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
	r.take(uint64(len(r.rest)) + 1)
	return 0
}

func appendSigned(out []byte, v int64) []byte {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}
