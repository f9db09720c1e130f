package labs

import (
	"slices"

	"courselab/app/registry"
)

// values are the inputs of a lab, in canonical form and in the order of its
// parameters. They are never changed in place.
type values struct {
	lab *registry.Lab
	at  []string
}

// defaultValues returns what a lab begins with.
func defaultValues(lab *registry.Lab) values {
	v := values{lab: lab}
	for _, p := range lab.Inputs {
		v.at = append(v.at, p.Default)
	}
	return v
}

func (v values) get(name string) string {
	for i, p := range v.lab.Inputs {
		if p.Name == name {
			return v.at[i]
		}
	}
	return ""
}

// with returns v with one value put in, which is canonical.
func (v values) with(name, value string) values {
	v.at = slices.Clone(v.at)
	for i, p := range v.lab.Inputs {
		if p.Name == name {
			v.at[i] = value
		}
	}
	return v
}

func (v values) equal(o values) bool { return slices.Equal(v.at, o.at) }

// byName returns the values as a request carries them.
func (v values) byName() map[string]string {
	all := make(map[string]string, len(v.at))
	for i, p := range v.lab.Inputs {
		all[p.Name] = v.at[i]
	}
	return all
}

// met reports whether a condition holds.
func (v values) met(c registry.Condition) bool {
	return c.Name == "" || slices.Contains(c.Values, v.get(c.Name))
}

// labFields are the parameters as fields of a permalink.
func labFields(lab *registry.Lab) []field[values] {
	all := make([]field[values], len(lab.Inputs))
	for i, p := range lab.Inputs {
		_, blank := p.Canonical("")
		all[i] = field[values]{name: p.Name, label: p.Label, want: p.Want(), blank: blank, pack: p.Kind == registry.LongText,
			get: func(v values) string { return v.get(p.Name) },
			set: func(v *values, text string) bool {
				c, ok := p.Canonical(text)
				if ok {
					*v = v.with(p.Name, c)
				}
				return ok
			}}
	}
	return all
}

// valuesFrom returns the defaults of a lab with parameters of a lesson or an
// experiment applied.
func valuesFrom(lab *registry.Lab, over values, params map[string]string) (values, []fault) {
	var faults []fault
	for _, f := range labFields(lab) {
		text, ok := params[f.name]
		if !ok {
			continue
		}
		if !f.set(&over, text) {
			faults = append(faults, f.fault(over, text))
		}
	}
	return over, faults
}
