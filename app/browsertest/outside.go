//go:build !js

package browsertest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// Outside runs f with something that stands in for a test, where a program
// drives a browser: what would end or skip a test ends f, and is returned.
func Outside(f func(t testing.TB)) (err error) {
	s := &standIn{}
	defer func() {
		caught := recover()
		for _, f := range slices.Backward(s.cleanups) {
			f()
		}
		switch c := caught.(type) {
		case nil:
		case ended:
			err = c.error
		default:
			panic(c)
		}
	}()
	f(s)
	return nil
}

type standIn struct {
	testing.TB // nil: a method that is not below is a fault of this program
	cleanups   []func()
}

type ended struct{ error }

func (*standIn) Helper()             {}
func (*standIn) Logf(string, ...any) {}
func (s *standIn) Cleanup(f func())  { s.cleanups = append(s.cleanups, f) }
func (*standIn) Fatal(args ...any)   { panic(ended{errors.New(fmt.Sprint(args...))}) }
func (*standIn) Skip(args ...any)    { panic(ended{errors.New(fmt.Sprint(args...))}) }
func (*standIn) Fatalf(format string, args ...any) {
	panic(ended{fmt.Errorf(format, args...)})
}
