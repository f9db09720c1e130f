package evaluate

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"courselab/attention/evaluate"
)

// Bounds of a question of the learner's own.
const (
	maxOwnChoices = 8
	maxOwnLine    = 70 // characters of a line: the model's context is 72
)

// parseOwn reads a question: its stem on the first line, a choice on each line
// after it, the right one with a * before it. The error is in Chinese.
func parseOwn(text string) (evaluate.Item, error) {
	item := evaluate.Item{Poem: -1, Answer: -1}
	first := true
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if !utf8.ValidString(line) {
			return item, fmt.Errorf("里有不是 UTF-8 的字节；请把文字重新输入一遍")
		}
		choice, right := strings.CutPrefix(strings.Replace(line, "＊", "*", 1), "*")
		choice = strings.TrimSpace(choice)
		if n := utf8.RuneCountInString(choice); n > maxOwnLine {
			return item, fmt.Errorf("有一行 %d 个字，一行至多 %d 个", n, maxOwnLine)
		}
		if first {
			item.Prompt, first = choice, false
			continue
		}
		if choice == "" {
			return item, fmt.Errorf("有一个选项只有 *，没有字")
		}
		if slices.Contains(item.Choices, choice) {
			return item, fmt.Errorf("里选项“%s”写了两次", choice)
		}
		if right {
			if item.Answer >= 0 {
				return item, fmt.Errorf("里有两个选项带 *；正确的只能有一个")
			}
			item.Answer = len(item.Choices)
		}
		item.Choices = append(item.Choices, choice)
	}
	switch {
	case len(item.Choices) < 2 || len(item.Choices) > maxOwnChoices:
		return item, fmt.Errorf("有 %d 个选项，要 2 到 %d 个：第一行题干，以下每行一个选项", len(item.Choices), maxOwnChoices)
	case item.Answer < 0:
		return item, fmt.Errorf("里没有标出正确的选项：在它前面加 *")
	}
	return item, nil
}
