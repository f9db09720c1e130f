// Package align answers the lab "align": 诗芽 is tuned to an instruction, a poem
// whose lines begin with given characters (藏头诗), and then by a reward that rules
// give.
//
// # The instruction
//
// A question is <bos>, the four characters, and 。; the answer is the poem and
// <eos>. 。 separates because the vocabulary has no mark to spare, and because four
// characters and a full stop begin no poem of regular form: what 诗芽 has learnt
// about 。, that a line begins after it, is what is needed here. The pairs are made
// of poems that 诗芽 itself writes: any poem is an acrostic of its own first
// characters. Some of them are kept apart, to measure how often the instruction is
// followed.
//
// # The run
//
// It writes poems, measures, tunes, measures, improves the policy, measures: Step
// does one batch of whichever is due. The tuned model as it is before the first
// step of the policy is the reference of the KL penalty.
//
// It may import app/engine, app/engine/serve/run, app/engine/serve/sheet,
// app/format, attention, attention/train, attention/verse, sim and sim/chart.
package align
