// Package settings holds what the learner chooses for this browser: theme, text
// size, backend. It is data only; app/progress stores it and cmd/web applies it
// to the document.
//
// Imports: the standard library only.
package settings
