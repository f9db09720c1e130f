package engine

// Operations of computed quiz questions.
const (
	OpQuestionDraw  = "question.draw"  // DrawInput → DrawOutput
	OpQuestionGrade = "question.grade" // GradeInput → GradeOutput
)

// DrawInput asks for fresh parameters of a computed question.
type DrawInput struct {
	Function string            `json:"function"` // registered name, such as "kv-cache"
	Ranges   map[string]string `json:"ranges"`   // as the lesson's compute block states them: "4096..32768 step 4096", "32 | 40 | 80", "8"
	Seed     uint64            `json:"seed"`     // one per attempt
}

// DrawOutput holds the parameters drawn.
type DrawOutput struct {
	Values map[string]float64 `json:"values"`
	// Shown are the values as the prompt prints them, by parameter name.
	Shown map[string]string `json:"shown"`
}

// GradeInput asks whether Answer is right for the parameters drawn.
type GradeInput struct {
	Function  string             `json:"function"`
	Values    map[string]float64 `json:"values"`
	Answer    float64            `json:"answer"`
	Unit      string             `json:"unit"`      // the unit the lesson asks in
	Tolerance float64            `json:"tolerance"` // relative: 0.01 is 1 %
}

// GradeOutput says whether it was, and how the number comes about.
type GradeOutput struct {
	Correct  bool    `json:"correct"`
	Expected float64 `json:"expected"`
	Unit     string  `json:"unit"`
	Formula  string  `json:"formula"` // "2 · L · n_kv · d_h · T · b"
	Working  string  `json:"working"` // with the numbers put in
}
