package engine

// TokensFile is the file of the lab "tokens" that holds TokenText as JSON.
const TokensFile = "pieces.json"

// TokenText is a text cut into tokens.
type TokenText struct {
	Tokens []Token `json:"tokens"` // the first of them
	More   int     `json:"more"`   // how many follow that are left out
	// Step is how many merges the text was cut with, of Steps that were learnt.
	Step  int `json:"step"`
	Steps int `json:"steps"`
	// Last and Next say the merge that was made last and the one that comes next;
	// empty where there is none.
	Last string `json:"last"`
	Next string `json:"next"`
}

// Token is a piece of a text.
type Token struct {
	ID    int    `json:"id"`
	Shown string `json:"shown"` // with signs for blanks; bytes that are no character as ⟨E6⟩
	Bytes string `json:"bytes"` // "E6 98 8E"
	// Broken: the bytes are no whole characters.
	Broken bool   `json:"broken,omitempty"`
	From   string `json:"from"` // "第 12 次合并：明 + 月"; "一个字节"
}
