//go:build js && wasm

package scorm

import (
	"fmt"

	"github.com/hack-pad/safejs"
)

// Browser returns the platform that assets/scorm.js found, an object as described
// there.
func Browser(object safejs.Value) Host { return browser{object} }

type browser struct{ object safejs.Value }

func (b browser) Get(element string) string {
	v, err := b.object.Call("get", element)
	if err != nil || v.Type() != safejs.TypeString {
		return ""
	}
	s, _ := v.String()
	return s
}

func (b browser) Set(element, value string) error { return b.ask("set", element, value) }

func (b browser) Commit() error { return b.ask("commit") }

// ask calls a method that returns what went wrong, "" where nothing did.
func (b browser) ask(method string, args ...any) error {
	v, err := b.object.Call(method, args...)
	if err != nil {
		return fmt.Errorf("学习平台的接口出错：%w", err)
	}
	if v.Type() != safejs.TypeString {
		return nil
	}
	if s, _ := v.String(); s != "" {
		return fmt.Errorf("%s", s)
	}
	return nil
}
