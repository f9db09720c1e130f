// Command web is the program on the page's own thread; it does something in a
// browser only. It reads what boot.js found out about the page, loads the
// course, takes over what the prerendered page holds already, and runs the
// pages of package app.
//
// It computes nothing for longer than a frame: see cmd/engine.
package main
