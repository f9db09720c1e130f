package serving

// Step is the work of one step of a replica.
type Step struct {
	Prefill float64 // tokens of prompts
	// Pairs is how many tokens those attend to, each counted: c tokens after p
	// others are c·p + c·(c+1)/2.
	Pairs   float64
	Ends    float64 // prompts that end in this step: their first token comes of it
	Decodes float64 // sequences that produce one token
	Context float64 // tokens in the caches of those sequences, together
}

// StepTime is how long a step takes, in seconds: finite, above zero, and the same
// for the same step. It is called once a step and should take nanoseconds.
type StepTime func(Step) float64
