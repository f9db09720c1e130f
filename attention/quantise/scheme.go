package quantise

import "fmt"

// Who shares a scale: Scheme.Group.
const (
	Channel = 0  // the weights of a row, which make one output
	Whole   = -1 // all weights of a matrix
)

// Scheme says how a matrix is stored.
type Scheme struct {
	// Bits of a weight: 32 and 16 are floats, 2 to 8 integers.
	Bits int
	// Group is how many neighbours in a row share a scale; Channel, Whole.
	Group int
	// Asymmetric gives each scale a zero point.
	Asymmetric bool
}

// Check returns an error that names what is out of range.
func (s Scheme) Check() error {
	switch {
	case s.Bits != 32 && s.Bits != 16 && (s.Bits < 2 || s.Bits > 8):
		return fmt.Errorf("bits %d: not 32, 16 or 2 … 8", s.Bits)
	case s.Group < Whole || s.Group > 1<<20:
		return fmt.Errorf("group %d: not in −1 … %d", s.Group, 1<<20)
	}
	return nil
}

// Float reports whether weights stay floats.
func (s Scheme) Float() bool { return s.Bits >= 16 }

// group is how many neighbours share a scale in rows of cols.
func (s Scheme) group(cols int) int {
	if s.Group <= 0 {
		return max(cols, 1)
	}
	return max(min(s.Group, cols), 1)
}

// scales is how many scales a matrix has.
func (s Scheme) scales(rows, cols int) int {
	switch {
	case s.Float() || rows*cols == 0:
		return 0
	case s.Group == Whole:
		return 1
	}
	g := s.group(cols)
	return rows * ((cols + g - 1) / g)
}

// Bytes is what a matrix (rows, cols) takes, scales and zero points counted.
func (s Scheme) Bytes(rows, cols int) int {
	n := s.scales(rows, cols)
	bytes := rows*((cols*s.Bits+7)/8) + 2*n
	if s.Asymmetric {
		bytes += (n*s.Bits + 7) / 8
	}
	return bytes
}

// limits are the least and the greatest integer, less 2^(b−1) where unsigned.
func (s Scheme) limits() (low, high int) {
	half := 1 << (s.Bits - 1)
	if s.Asymmetric {
		return -half, half - 1
	}
	return 1 - half, half - 1
}
