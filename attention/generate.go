package attention

import (
	"context"
	"fmt"
	"slices"
)

// Stop says why a generation ended.
type Stop string

// The reasons.
const (
	StopEnd     Stop = "eos"        // the model ended the document; the mark is not among the tokens
	StopCount   Stop = "max_tokens" // as many as asked for
	StopContext Stop = "context"    // the decoder is full
	StopCaller  Stop = "caller"     // each returned false
)

// Generate reads prompt and draws up to count tokens after it. each is called
// with every token as it is drawn and ends the generation by returning false;
// it may be nil. On an error the tokens up to it are returned too. A prompt that
// does not fit is a *ContextError.
func Generate(ctx context.Context, d Reader, s *Sampler, prompt []int, count int, each func(token int) bool) ([]int, Stop, error) {
	if len(prompt) == 0 {
		return nil, "", fmt.Errorf("generate prompt: empty")
	}
	if count < 0 {
		return nil, "", fmt.Errorf("generate count %d: below zero", count)
	}
	text := append(make([]int, 0, len(prompt)+min(count, d.Capacity())), prompt...)
	next := prompt
	for range count {
		logits, err := d.Next(ctx, next)
		if err != nil {
			return text[len(prompt):], "", fmt.Errorf("generate: %w", err)
		}
		token, err := s.Sample(logits, text)
		if err != nil {
			return text[len(prompt):], "", fmt.Errorf("generate: %w", err)
		}
		if slices.Contains(d.Config().EOS, token) {
			return text[len(prompt):], StopEnd, nil
		}
		text = append(text, token)
		if each != nil && !each(token) {
			return text[len(prompt):], StopCaller, nil
		}
		if next = text[len(text)-1:]; d.Len() == d.Capacity() {
			if len(text)-len(prompt) == count {
				break
			}
			return text[len(prompt):], StopContext, nil
		}
	}
	return text[len(prompt):], StopCount, nil
}
