package sim

// CheckRange returns a *FieldError unless v is finite and in [lo, hi]. It is for
// packages below this one, which refuse input in the same words.
func CheckRange(field string, v, lo, hi float64) error { return checkRange(field, v, lo, hi) }

// CheckWhole returns a *FieldError unless v is a whole number in [lo, hi].
func CheckWhole(field string, v, lo, hi float64) error { return checkWhole(field, v, lo, hi) }

// CheckDate returns a *FieldError unless value is empty or a date as precise as
// known: 2024, 2024-05 or 2024-05-13.
func CheckDate(field, value string) error { return checkDate(field, value) }

// Within puts a place before the name of the field that err is about.
func Within(place string, err error) error { return within(place, err) }

// First returns the first error that is not nil.
func First(checks ...error) error { return first(checks...) }
