//go:build js && wasm

package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/hack-pad/safejs"
)

// modelPath is where the site keeps the model.
const modelPath = "assets/model/"

// stall is how long nothing may come before a download is given up.
const stall = 30 * time.Second

// siteModel fetches the model's files from the site that the worker was started
// from.
func siteModel() ModelFiles { return fetchModel }

func fetchModel(ctx context.Context, name string, progress func(done, total int)) ([]byte, error) {
	init, err := safejs.Global().Get("courselabInit")
	if err != nil {
		return nil, err
	}
	base, err := init.Get("base")
	if err != nil {
		return nil, err
	}
	root, err := base.String()
	if err != nil {
		return nil, err
	}
	response, err := promised(ctx, safejs.Global(), "fetch", root+modelPath+name)
	if err != nil {
		return nil, fmt.Errorf("取不到：%w", err)
	}
	status, err := intOf(response, "status")
	if err != nil {
		return nil, err
	}
	switch {
	case status == 404 || status == 410:
		return nil, fs.ErrNotExist
	case status < 200 || status > 299:
		return nil, fmt.Errorf("HTTP %d", status)
	}
	body, err := response.Get("body")
	if err != nil {
		return nil, err
	}
	reader, err := body.Call("getReader")
	if err != nil {
		return nil, err
	}
	total := contentLength(response)
	data := make([]byte, 0, total)
	for {
		chunk, err := promised(ctx, reader, "read")
		if err != nil {
			return nil, fmt.Errorf("传输中断：%w", err)
		}
		end, err := chunk.Get("done")
		if err != nil {
			return nil, err
		}
		if last, err := end.Truthy(); err != nil || last {
			return data, err
		}
		value, err := chunk.Get("value")
		if err != nil {
			return nil, err
		}
		n, err := value.Length()
		if err != nil {
			return nil, err
		}
		at := len(data)
		data = append(data, make([]byte, n)...)
		if _, err := safejs.CopyBytesToGo(data[at:], value); err != nil {
			return nil, err
		}
		progress(len(data), max(total, len(data)))
	}
}

// contentLength is what the host announces, or 0. A host that compresses on the
// way announces less than will come: then the total grows with what has come.
func contentLength(response safejs.Value) int {
	headers, err := response.Get("headers")
	if err != nil {
		return 0
	}
	text, err := headers.Call("get", "Content-Length")
	if err != nil || text.Type() != safejs.TypeString {
		return 0
	}
	s, err := text.String()
	if err != nil {
		return 0
	}
	var n int
	if _, err := fmt.Sscan(s, &n); err != nil || n < 0 || n > 1<<30 {
		return 0
	}
	return n
}

func intOf(v safejs.Value, name string) (int, error) {
	p, err := v.Get(name)
	if err != nil {
		return 0, err
	}
	return p.Int()
}

// promised calls a method that returns a promise and waits for what it comes to,
// no longer than stall. The functions of a promise that is given up stay: it may
// still come to something.
func promised(ctx context.Context, v safejs.Value, method string, args ...any) (safejs.Value, error) {
	type settled struct {
		value safejs.Value
		err   error
	}
	done := make(chan settled, 1)
	first := func(args []safejs.Value) safejs.Value {
		if len(args) == 0 {
			return safejs.Undefined()
		}
		return args[0]
	}
	good, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		done <- settled{value: first(args)}
		return nil
	})
	if err != nil {
		return safejs.Undefined(), err
	}
	bad, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		reason := "未知原因"
		if message, err := first(args).Get("message"); err == nil && message.Type() == safejs.TypeString {
			reason, _ = message.String()
		}
		done <- settled{err: errors.New(reason)}
		return nil
	})
	if err != nil {
		return safejs.Undefined(), err
	}
	promise, err := v.Call(method, args...)
	if err != nil {
		return safejs.Undefined(), err
	}
	if _, err := promise.Call("then", good, bad); err != nil {
		return safejs.Undefined(), err
	}
	select {
	case s := <-done:
		good.Release()
		bad.Release()
		return s.value, s.err
	case <-time.After(stall):
		return safejs.Undefined(), fmt.Errorf("%.0f 秒没有收到数据", stall.Seconds())
	case <-ctx.Done():
		return safejs.Undefined(), ctx.Err()
	}
}
