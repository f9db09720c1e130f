package sim

import "fmt"

// CharactersPerToken is what one token holds of a text on average:
//
//	c / t   characters
//
// for a text of c characters (code points of Unicode) in t tokens.
func CharactersPerToken(characters, tokens float64) (Quantity, error) {
	if err := checkSample(characters, tokens); err != nil {
		return Quantity{}, fmt.Errorf("characters per token: %w", err)
	}
	return Quantity{
		Name: "每词元的字符", Unit: "字符",
		Value:   characters / tokens,
		Formula: "c / t",
		Working: Number(characters) + " / " + Number(tokens),
		Terms:   sampleTerms(characters, tokens),
	}, nil
}

// TextTokens is how many tokens a text of C characters takes at the rate of a
// sample of c characters in t tokens:
//
//	C · t / c   tokens
//
// not rounded.
func TextTokens(characters, sampleCharacters, sampleTokens float64) (Quantity, error) {
	if err := first(checkCharacters(characters), checkSample(sampleCharacters, sampleTokens)); err != nil {
		return Quantity{}, fmt.Errorf("text tokens: %w", err)
	}
	return Quantity{
		Name: "词元数", Unit: Token,
		Value:   characters * sampleTokens / sampleCharacters,
		Formula: "C · t / c",
		Working: product(characters, sampleTokens) + " / " + Number(sampleCharacters),
		Terms:   append([]Term{{"C", "全文的字符", characters, "字符"}}, sampleTerms(sampleCharacters, sampleTokens)...),
	}, nil
}

// TextCost is what it costs to have a text of C characters read, at the rate of a
// sample of c characters in t tokens and a price for one million tokens:
//
//	C · t / c · p / 10⁶
//
// in the currency of the price. It is TextTokens times the price.
func TextCost(characters, sampleCharacters, sampleTokens, price float64) (Quantity, error) {
	tokens, err := TextTokens(characters, sampleCharacters, sampleTokens)
	if err == nil {
		err = checkRange("input_price", price, 0, maxPrice)
	}
	if err != nil {
		return Quantity{}, fmt.Errorf("text cost: %w", err)
	}
	return Quantity{
		Name: "读入的费用", Unit: Currency,
		Value:   tokens.Value * price / million,
		Formula: "C · t / c · p / 10⁶",
		Working: tokens.Working + " × " + Number(price) + " / 10⁶",
		Terms:   append(tokens.Terms, Term{"p", "每百万词元输入价", price, Currency}),
	}, nil
}

// ContextCharacters is how many characters a context of W tokens holds at the rate
// of a sample of c characters in t tokens:
//
//	W · c / t   characters
//
// with nothing left for an answer.
func ContextCharacters(window, sampleCharacters, sampleTokens float64) (Quantity, error) {
	if err := first(checkWhole("window", window, 1, maxTokens), checkSample(sampleCharacters, sampleTokens)); err != nil {
		return Quantity{}, fmt.Errorf("context characters: %w", err)
	}
	return Quantity{
		Name: "上下文装得下", Unit: "字符",
		Value:   window * sampleCharacters / sampleTokens,
		Formula: "W · c / t",
		Working: product(window, sampleCharacters) + " / " + Number(sampleTokens),
		Terms:   append([]Term{{"W", "上下文", window, Token}}, sampleTerms(sampleCharacters, sampleTokens)...),
	}, nil
}

func checkCharacters(n float64) error { return checkWhole("characters", n, 0, maxTokens) }

func checkSample(characters, tokens float64) error {
	return first(
		checkWhole("sample_characters", characters, 1, maxTokens),
		checkWhole("sample_tokens", tokens, 1, maxTokens),
	)
}

func sampleTerms(characters, tokens float64) []Term {
	return []Term{{"c", "样本的字符", characters, "字符"}, {"t", "样本切成的词元", tokens, Token}}
}
