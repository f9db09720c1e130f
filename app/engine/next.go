package engine

// Operations of the lab "next-token". Each needs the language model and fails
// with NoModel without it.
const (
	// OpNextPredict: NextInput → NextPrediction: what may follow Text and Path.
	OpNextPredict = "next.predict"
	// OpNextWrite: NextInput → NextWritten: up to Count characters after Text and
	// Path, drawn one by one. Partial replies are NextWritten with the steps so
	// far that no earlier one held; the last reply holds the rest.
	OpNextWrite = "next.write"
	// OpNextStatic: NextInput → NextStatic, for the page before any engine runs,
	// and for print.
	OpNextStatic = "next.static"
)

// Limits of NextInput.
const (
	MaxNextText        = 200 // characters of Text
	MaxNextCount       = 200
	MaxNextTemperature = 5
	MaxNextPenalty     = 10
)

// NextInput is the whole state of the lab's computation.
type NextInput struct {
	Text string `json:"text"` // up to MaxNextText characters; empty: the model begins by itself
	// Path is what stands after the text: characters drawn before, or chosen by
	// the learner.
	Path        string  `json:"path"`
	Count       int     `json:"count"`       // characters after Text, those of Path included: 0 … MaxNextCount
	Temperature float64 `json:"temperature"` // 0 … MaxNextTemperature; 0 takes the likeliest
	TopK        int     `json:"topK"`        // 0 keeps all
	TopP        float64 `json:"topP"`        // above 0, up to 1; 1 keeps all
	MinP        float64 `json:"minP"`        // 0 … 1; 0 keeps all
	Penalty     float64 `json:"penalty"`     // of repetition: above 0, up to MaxNextPenalty; 1 changes nothing
	Seed        uint64  `json:"seed"`
	// Rows is how many candidates are listed; 0 lists 20.
	Rows    int    `json:"rows,omitempty"`
	Backend string `json:"backend,omitempty"`
}

// NextPrediction is the distribution of the next character.
type NextPrediction struct {
	Backend Backend     `json:"backend"`
	Reading NextReading `json:"reading"`
	Vocab   int         `json:"vocab"` // symbols in all
	// Rows are the likeliest symbols, after penalty and temperature.
	Rows []NextCandidate `json:"rows"`
	// How many symbols are left after each step, and what these have of the
	// probability before the steps.
	TopK     int     `json:"topK"`
	TopP     int     `json:"topP"`
	MinP     int     `json:"minP"`
	TopKMass float64 `json:"topKMass"`
	TopPMass float64 `json:"topPMass"`
	MinPMass float64 `json:"minPMass"`
	// Perplexities: over how many equally likely symbols the distribution spreads
	// as much; as the model has it, and as it is drawn from.
	PlainSpread float64 `json:"plainSpread"`
	FinalSpread float64 `json:"finalSpread"`
	// Drawn is what this seed draws here.
	Drawn NextCandidate `json:"drawn"`
	// Figure shows the whole vocabulary: probability summed from the likeliest on.
	Figure Figure `json:"figure"`
}

// NextReading is a text as the model reads it.
type NextReading struct {
	Tokens  []TextToken `json:"tokens"`
	Read    int         `json:"read"`    // positions that it takes
	Context int         `json:"context"` // positions there are
	Dropped int         `json:"dropped"` // characters at the front that do not fit and are not read
	Unseen  int         `json:"unseen"`  // characters that the model does not know and does not read
}

// NextCandidate is one symbol that may follow.
type NextCandidate struct {
	Symbol   string  `json:"symbol"`
	Token    int     `json:"token"`
	Mark     bool    `json:"mark,omitempty"` // it ends the text
	Rank     int     `json:"rank"`           // from 0
	Logit    float64 `json:"logit"`
	Plain    float64 `json:"plain"`    // probability as the model has it
	Tempered float64 `json:"tempered"` // after penalty and temperature
	Final    float64 `json:"final"`    // among those kept; 0: cut
	// Cut is the step that took it out: "greedy", "top-k", "top-p", "min-p", or
	// empty where it is kept.
	Cut string `json:"cut,omitempty"`
}

// NextWritten is what was written after Text and Path.
type NextWritten struct {
	Backend Backend     `json:"backend"`
	Reading NextReading `json:"reading"` // of Text and Path
	From    int         `json:"from"`    // number of Steps in earlier replies
	Steps   []NextStep  `json:"steps"`
	// Stop is set in the last reply: "eos", "max_tokens" or "context". Why says
	// it in Chinese.
	Stop string `json:"stop,omitempty"`
	Why  string `json:"why,omitempty"`
	// PrefillMS is the time for reading the text, Rate what follows in tokens per
	// second of computing; 0: nothing measured.
	PrefillMS float64 `json:"prefillMs"`
	Rate      float64 `json:"rate"`
}

// NextStatic is the lab's default state: what is written, and the distribution
// of the first character of it.
type NextStatic struct {
	Prediction NextPrediction `json:"prediction"`
	Written    NextWritten    `json:"written"`
}

// NextStep is one character drawn.
type NextStep struct {
	Symbol string  `json:"symbol"`
	Token  int     `json:"token"`
	Mark   bool    `json:"mark,omitempty"` // the text ends here
	Plain  float64 `json:"plain"`          // its probability as the model has it
	Final  float64 `json:"final"`          // its probability in the draw
	Kept   int     `json:"kept"`           // symbols that it was drawn from
	Rank   int     `json:"rank"`           // from 0, as the model has it
}
