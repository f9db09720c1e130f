package serve

import (
	"courselab/app/engine"
	"courselab/attention/kernel"
)

// Default returns a server with every operation of the course. Its language
// model is the site's.
func Default() *Server { return Forced("") }

// Forced is Default for a page whose address names the backend, "cpu", "simd" or
// "webgpu", that computes where a request names none.
func Forced(backend string) *Server { return server(siteModel(), backend) }

// WithModel is Default with another language model.
func WithModel(files ModelFiles) *Server { return server(files, "") }

func server(files ModelFiles, forced string) *Server {
	s := New()
	s.Register(engine.OpQuestionDraw, drawQuestion)
	s.Register(engine.OpQuestionGrade, gradeQuestion)
	s.Register(engine.OpModels, (&modelTables{}).table)
	registerSearch(s)
	registerFolder(s)
	s.Register(engine.OpQR, drawQR)
	model := &shiya{files: files}
	s.Register(engine.OpModelInfo, model.info)
	b := &backends{load: kernel.Load, openGPU: openGPU}
	if checkBackendName("", forced) == nil { // else the address is wrong: choose
		b.forced = forced
	}
	registerLabs(s, b, model)
	registerAttention(s, b, model)
	registerNext(s, b, model)
	registerBench(s, b)
	registerXray(s, b, model)
	registerBlocks(s, model)
	return s
}
