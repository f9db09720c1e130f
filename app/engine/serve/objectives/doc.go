// Package objectives is the lab "objectives": one small model, trained twice at
// once, to predict the next character (causal) and to fill in hidden ones
// (masked).
//
// Both begin with the same weights and read the same characters in the same order.
// Their losses answer different questions and are not compared; both fill the same
// blanks, from the left alone and from both sides. Without the mask of attention
// the causal model sees the character that it is to predict: what then becomes of
// the loss and of what it writes is one of the lab's lessons.
//
// A corpus is the text split into what is learnt and what is held out, with the
// vocabulary of its characters; a side is one of the two models with its history; a
// training is the run.run that takes both through the steps.
//
// It may import app/engine, app/engine/serve/run, app/engine/serve/sheet,
// app/format, attention, attention/train, attention/safetensors, sim and sim/chart.
package objectives
