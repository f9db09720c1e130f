package engine

import (
	"math"
	"reflect"
	"testing"
)

func TestReplyTravels(t *testing.T) {
	want := Reply{Version: Version, ID: 7, Kind: Done, Output: []byte(`{"a":1}`),
		Progress: &Progressed{What: "训练", Done: 1, Total: 2, Unit: "步"},
		Error:    &Error{Code: BadInput, Op: "op", Field: "dk", Message: "d_k 须在 2 到 64 之间"},
		Tensors:  []Tensor{{Rows: 1, Cols: 2, Data: []float32{1, 2}}, {Rows: 0, Cols: 3, Data: []float32{}}}}
	packet, err := EncodeReply(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeReply(packet)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestOutputIsPlainJSON(t *testing.T) {
	text, err := EncodeOutput(map[string]string{"svg": `<path d="M0"/> & 中文`})
	if want := `{"svg":"<path d=\"M0\"/> & 中文"}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v; want %s", text, err, want)
	}
	if _, err := EncodeOutput(math.NaN()); err == nil {
		t.Error("NaN was encoded")
	}
}

func TestReplyWithWrongTensors(t *testing.T) {
	packet, err := EncodeReply(Reply{ID: 1, Kind: Done, Tensors: []Tensor{{Rows: 2, Cols: 2, Data: make([]float32, 4)}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, broken := range map[string][][]float32{
		"none": nil, "short": {make([]float32, 3)}, "two": {packet.Tensors[0], packet.Tensors[0]},
	} {
		if _, err := DecodeReply(Packet{Head: packet.Head, Tensors: broken}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzDecodeReply(f *testing.F) {
	f.Add([]byte(`{"id":1,"kind":"done","shapes":[[1,2]]}`), 2)
	f.Add([]byte(`{"shapes":[[-1,-2]]}`), 2)
	f.Fuzz(func(t *testing.T, text []byte, n int) {
		r, err := DecodeReply(Packet{Head: text, Tensors: [][]float32{make([]float32, max(0, min(n, 64)))}})
		if err != nil {
			return
		}
		for _, tensor := range r.Tensors {
			if tensor.Rows*tensor.Cols != len(tensor.Data) {
				t.Errorf("%d×%d with %d values", tensor.Rows, tensor.Cols, len(tensor.Data))
			}
		}
	})
}

func TestMessageTravels(t *testing.T) {
	for _, want := range []Message{
		{Request: &Request{Version: Version, ID: 3, Queue: "q", Op: "op", Input: []byte(`[1]`)}},
		{Cancel: 9}, {Ping: true},
	} {
		text, err := EncodeMessage(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := DecodeMessage(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	}
}
