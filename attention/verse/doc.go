// Package verse holds Chinese verse of regular form, and judges poems by rules:
// their form, whether they rhyme and whether their tones alternate, by the sounds
// of today's standard Chinese; and whether they begin their lines with given
// characters. A rule is simple enough to be a reward, and simple enough to be
// gamed.
//
// A poem is one text without spaces: four or eight lines of five or of seven
// characters, each odd one ended by ，and each even one by 。; two lines are a
// couplet.
//
// HeldOut are sixty poems written for this course, in simplified characters. They
// were published nowhere before it, so no model was trained on them: what a model
// makes of them says how well it knows the form and the language, and not how
// much of its texts it kept. They stand in heldout.txt, one a line.
//
// # Sounds
//
// They are the readings of a character in github.com/mozillazg/go-pinyin, tone 1
// … 4. A character with several readings rhymes when any of them does, and has
// the tone of the commonest. The language of the Tang had other sounds, entering
// tones among them: a poem that was faultless then may not be so here.
//
// # Scores
//
// Each judgement is a Score: a value in 0 … 1, 1 being faultless, and why, in
// Chinese.
//
// # Imports
//
// The standard library and go-pinyin; it runs natively and in the browser alike.
package verse
