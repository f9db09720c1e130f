// Package verse holds Chinese verse of regular form, and what belongs to the
// form.
//
// A poem is one text without spaces: four or eight lines of five or of seven
// characters, each odd one ended by ， and each even one by 。
//
// HeldOut are sixty poems written for this course, in simplified characters. They
// were published nowhere before it, so no model was trained on them: what a model
// makes of them says how well it knows the form and the language, and not how
// much of its texts it kept. They stand in heldout.txt, one a line.
//
// # Imports
//
// The standard library.
package verse
