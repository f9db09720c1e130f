package sim

// CheckRange returns a *FieldError unless v is finite and in [lo, hi]. It is for
// packages below this one, which refuse input in the same words.
func CheckRange(field string, v, lo, hi float64) error { return checkRange(field, v, lo, hi) }

// CheckWhole returns a *FieldError unless v is a whole number in [lo, hi].
func CheckWhole(field string, v, lo, hi float64) error { return checkWhole(field, v, lo, hi) }
