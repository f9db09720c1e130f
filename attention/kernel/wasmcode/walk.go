// Package wasmcode reads the instructions of a WebAssembly module, as far as the
// SIMD kernel uses them: to check what it does, and to put in instructions that
// the compiler at hand encodes as drafts had them. It knows the core format 2.0
// and the relaxed vector instructions.
package wasmcode

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Instruction is one instruction of a function.
type Instruction struct {
	At   int    // of its first byte, in the module
	Code uint32 // the opcode, or prefix<<16 | number within the prefix
}

// Instructions with a prefix, as Instruction.Code has them.
const (
	GlobalGet  = 0x23
	GlobalSet  = 0x24
	MemoryGrow = 0x40
	vector     = 0xfd << 16
	// DraftMadd is f32x4.fma as LLVM 14 encodes it; Madd is
	// f32x4.relaxed_madd, which it became.
	DraftMadd = vector | 0xaf
	Madd      = vector | 0x105
	// FirstRelaxed is the first of the relaxed vector instructions, which are the
	// last there are.
	FirstRelaxed = vector | 0x100
)

// errCut says that a module ends too early.
var errCut = errors.New("cut short")

// Walk calls visit for each instruction of each function of a module. It returns
// an error for what it cannot read.
func Walk(module []byte, visit func(Instruction)) error {
	r := &reader{data: module, at: 8}
	if len(module) < 8 || string(module[:4]) != "\x00asm" {
		return fmt.Errorf("walk module: no WebAssembly")
	}
	for r.at < len(module) && r.err == nil {
		kind := r.byte()
		end := r.count() + r.at
		if kind == 10 {
			for range r.count() {
				r.function(visit)
			}
		}
		r.at = max(end, r.at)
	}
	if r.at > len(module) {
		r.fail(errCut)
	}
	if r.err != nil {
		return fmt.Errorf("walk module, byte %d: %w", r.at, r.err)
	}
	return nil
}

type reader struct {
	data []byte
	at   int
	err  error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) byte() byte {
	if r.at >= len(r.data) {
		r.fail(errCut)
		return 0
	}
	r.at++
	return r.data[r.at-1]
}

// unsigned reads a number in LEB128; that of a signed number has as many bytes.
func (r *reader) unsigned() uint64 {
	v, n := binary.Uvarint(r.data[min(r.at, len(r.data)):])
	if n <= 0 {
		r.fail(errCut)
		return 0
	}
	r.at += n
	return v
}

// count reads how many things follow, none of them smaller than a byte.
func (r *reader) count() int {
	n := r.unsigned()
	if n > uint64(len(r.data)) {
		r.fail(errCut)
		return 0
	}
	return int(n)
}

// skip passes over so many numbers in LEB128.
func (r *reader) skip(numbers int) {
	for range numbers {
		r.unsigned()
	}
}

func (r *reader) function(visit func(Instruction)) {
	end := r.count()
	end += r.at
	for range r.count() { // groups of locals: count, type
		r.skip(1)
		r.byte()
	}
	for r.at < end && r.err == nil {
		i := Instruction{At: r.at}
		i.Code = uint32(r.byte())
		if i.Code == 0xfc || i.Code == 0xfd {
			i.Code = i.Code<<16 | uint32(r.unsigned())
		}
		r.operands(i.Code)
		if r.err == nil {
			visit(i)
		}
	}
	if r.at != end {
		r.fail(errCut)
	}
}

// operands passes over what follows an opcode.
func (r *reader) operands(code uint32) {
	switch c := code & 0xffff; {
	case code>>16 == 0xfd:
		switch {
		case c <= 11 || c == 92 || c == 93: // loads, store: alignment, offset
			r.skip(2)
		case c == 12 || c == 13: // constant, shuffle
			r.at += 16
		case c >= 21 && c <= 34: // lane
			r.at++
		case c >= 84 && c <= 91: // load or store of a lane
			r.skip(2)
			r.at++
		}
	case code>>16 == 0xfc:
		switch {
		case c == 10: // memory.copy
			r.at += 2
		case c == 11: // memory.fill
			r.at++
		case c > 7:
			r.fail(fmt.Errorf("instruction 0xfc %d is unknown", c))
		}
	case c == 0x0e: // br_table
		r.skip(r.count() + 1)
	case c == 0x11: // call_indirect
		r.skip(2)
	case c >= 0x02 && c <= 0x04, c == 0x0c, c == 0x0d, c == 0x10, c >= 0x20 && c <= 0x26, c >= 0x3f && c <= 0x42:
		r.skip(1)
	case c >= 0x28 && c <= 0x3e:
		r.skip(2)
	case c == 0x43:
		r.at += 4
	case c == 0x44:
		r.at += 8
	case c == 0x00, c == 0x01, c == 0x05, c == 0x0b, c == 0x0f, c == 0x1a, c == 0x1b, c >= 0x45 && c <= 0xc4:
	default:
		r.fail(fmt.Errorf("instruction %#x is unknown", c))
	}
}
