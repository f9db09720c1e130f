package serve

import (
	"courselab/app/engine"
	"courselab/attention/kernel"
)

// Default returns a server with every operation of the course. Its language
// model is the site's.
func Default() *Server { return WithModel(siteModel()) }

// WithModel is Default with another language model.
func WithModel(files ModelFiles) *Server {
	s := New()
	s.Register(engine.OpQuestionDraw, drawQuestion)
	s.Register(engine.OpQuestionGrade, gradeQuestion)
	s.Register(engine.OpModels, (&modelTables{}).table)
	registerSearch(s)
	registerLabs(s)
	model := &shiya{files: files}
	s.Register(engine.OpModelInfo, model.info)
	b := &backends{load: kernel.Load}
	registerAttention(s, b)
	registerNext(s, b, model)
	registerBench(s, b)
	registerXray(s, b, model)
	return s
}
