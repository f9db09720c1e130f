// Package worker carries the engine's protocol to a dedicated Web Worker and
// back: New is the page's side, an engine.Transport; Serve is the worker's.
//
// Messages are JSON text; a reply's output goes beside it as the bytes of its
// JSON, its tensors as Float32Arrays, and their buffers are transferred. The worker
// is made from a Blob that imports assets/worker.js by its absolute address,
// because only then does the page's Content-Security-Policy cover it.
//
// It may import app/engine and safejs, nothing that computes: it is linked into
// both programs.
package worker
