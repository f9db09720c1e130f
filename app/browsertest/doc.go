// Package browsertest drives headless Chromium in tests of the built site: one
// page, its console, everything the whole browser asks of the network, and the
// ways a learner's surroundings differ (offline, narrow, dark).
//
// All traffic passes through a proxy of the package's own, because the
// browser's debugging protocol shows a page's requests but not its service
// worker's, and takes a page offline but not its workers. So Requests is
// complete, Offline is true for everyone, and an address outside this machine
// is recorded and refused.
//
// Methods fail the test rather than return an error, and say what was awaited;
// call them from the test's goroutine. For tests only: it may import chromedp,
// and no package that is built into a program may import it.
package browsertest
