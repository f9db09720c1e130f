// Package webgpu is an attention.LayerBackend on the graphics card: the
// operations of a model's layers as WGSL shaders, through the browser's WebGPU.
//
// # One pass, one submission
//
// An operation only notes what is to be done (plan.go); Sync turns the notes into
// one command encoder with one compute pass, copies every result that the host
// reads into one staging buffer, submits once and maps that buffer once. Error
// scopes around it are read before any number is believed.
//
// # Memory
//
// A host's slice is a handle: memory.go finds by its address the device's copy
// and what a slice's residence (attention.Residence) asks for. Rows of a matrix
// are bound as the whole buffer with an offset. Device copies are let go when
// the host's memory has been collected.
//
// # What it asks of a machine
//
// The limits that every WebGPU has: at most five storage buffers in a shader, 8
// KiB of workgroup memory, 64 invocations in one row. Neither f16 nor subgroups.
// A software adapter is used only when asked for.
//
// # Imports
//
// attention; in the browser safejs, in files that end in _js.go. Elsewhere Open
// returns ErrNoBrowser. Only the engine's program may link this package.
package webgpu
