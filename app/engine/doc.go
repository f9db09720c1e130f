// Package engine is the one boundary between the UI and what computes: requests
// and replies as plain data, and the Client that the UI asks through.
//
// A request names an operation and carries its input as JSON; replies to it
// arrive in the order started, progress and partial (any number), then exactly
// one final one: done, failed or cancelled. Requests of one queue supersede one
// another: one is in flight, the newest waits, those between are cancelled.
//
// The engine behind a Transport may crash or hang. The client then starts it
// anew: the request that was being computed fails with Crashed, those that had
// not been started are sent again.
//
// The package imports nothing of sim, attention, lessons or the pages, and
// nothing of the browser: transports live in app/engine/worker and
// app/engine/serve.
package engine
