package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Packet is a Reply as it travels. The output is JSON already, and the largest
// part: inside other JSON it would be read over once more on each side.
type Packet struct {
	Head   []byte // JSON: the reply without what follows
	Output []byte // JSON; empty: none
	// Tensors are the data of the reply's tensors, not copied.
	Tensors [][]float32
}

// head is a Reply without its output, with the shapes of its tensors.
type head struct {
	Reply
	Shapes [][2]int `json:"shapes,omitempty"` // rows, columns
}

// EncodeReply returns r as it travels.
func EncodeReply(r Reply) (Packet, error) {
	p := Packet{Output: r.Output}
	h := head{Reply: r}
	h.Reply.Output = nil
	for _, t := range r.Tensors {
		h.Shapes = append(h.Shapes, [2]int{t.Rows, t.Cols})
		p.Tensors = append(p.Tensors, t.Data)
	}
	var err error
	if p.Head, err = json.Marshal(h); err != nil {
		return Packet{}, fmt.Errorf("encode reply %d: %w", r.ID, err)
	}
	return p, nil
}

// DecodeReply is the inverse of EncodeReply. It refuses data that do not fit
// the shapes; the output is not looked at.
func DecodeReply(p Packet) (Reply, error) {
	var h head
	if err := json.Unmarshal(p.Head, &h); err != nil {
		return Reply{}, fmt.Errorf("decode reply: %w", err)
	}
	if len(h.Shapes) != len(p.Tensors) {
		return Reply{}, fmt.Errorf("decode reply %d: %d tensors announced, %d came", h.ID, len(h.Shapes), len(p.Tensors))
	}
	h.Reply.Output = nil
	if len(p.Output) > 0 {
		h.Reply.Output = p.Output
	}
	for i, s := range h.Shapes {
		data := p.Tensors[i]
		if s[0] < 0 || s[1] < 0 || s[0]*s[1] != len(data) {
			return Reply{}, fmt.Errorf("decode reply %d: tensor %d: %d×%d announced, %d values came", h.ID, i, s[0], s[1], len(data))
		}
		h.Reply.Tensors = append(h.Reply.Tensors, Tensor{Rows: s[0], Cols: s[1], Data: data})
	}
	return h.Reply, nil
}

// EncodeOutput returns v as JSON for Reply.Output. Unlike json.Marshal it leaves
// "<" and ">" as they are: no page takes the JSON for its own text, and drawings
// are full of them.
func EncodeOutput(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode output: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// wireMessage is a Message as it travels.
type wireMessage struct {
	Request *Request `json:"request,omitempty"`
	Cancel  uint64   `json:"cancel,omitempty"`
	Ping    bool     `json:"ping,omitempty"`
}

// EncodeMessage returns m as JSON.
func EncodeMessage(m Message) ([]byte, error) {
	text, err := json.Marshal(wireMessage(m))
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	return text, nil
}

// DecodeMessage is the inverse of EncodeMessage.
func DecodeMessage(text []byte) (Message, error) {
	var w wireMessage
	if err := json.Unmarshal(text, &w); err != nil {
		return Message{}, fmt.Errorf("decode message: %w", err)
	}
	return Message(w), nil
}
