package engine

import (
	"encoding/json"
	"fmt"
)

// wireReply is a Reply as it travels: JSON, with the shapes of the tensors whose
// data go beside it.
type wireReply struct {
	Reply
	Shapes [][2]int `json:"shapes,omitempty"` // rows, columns
}

// EncodeReply returns r as JSON and the data of its tensors, not copied.
func EncodeReply(r Reply) (text []byte, data [][]float32, err error) {
	w := wireReply{Reply: r}
	for _, t := range r.Tensors {
		w.Shapes = append(w.Shapes, [2]int{t.Rows, t.Cols})
		data = append(data, t.Data)
	}
	if text, err = json.Marshal(w); err != nil {
		return nil, nil, fmt.Errorf("encode reply %d: %w", r.ID, err)
	}
	return text, data, nil
}

// DecodeReply is the inverse of EncodeReply. It refuses data that do not fit
// the shapes.
func DecodeReply(text []byte, data [][]float32) (Reply, error) {
	var w wireReply
	if err := json.Unmarshal(text, &w); err != nil {
		return Reply{}, fmt.Errorf("decode reply: %w", err)
	}
	if len(w.Shapes) != len(data) {
		return Reply{}, fmt.Errorf("decode reply %d: %d tensors announced, %d came", w.ID, len(w.Shapes), len(data))
	}
	for i, s := range w.Shapes {
		if s[0] < 0 || s[1] < 0 || s[0]*s[1] != len(data[i]) {
			return Reply{}, fmt.Errorf("decode reply %d: tensor %d: %d×%d announced, %d values came", w.ID, i, s[0], s[1], len(data[i]))
		}
		w.Reply.Tensors = append(w.Reply.Tensors, Tensor{Rows: s[0], Cols: s[1], Data: data[i]})
	}
	return w.Reply, nil
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
