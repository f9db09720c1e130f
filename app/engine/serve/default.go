package serve

import (
	"courselab/app/engine"
	"courselab/attention/kernel"
)

// Default returns a server with every operation of the course.
func Default() *Server {
	s := New()
	s.Register(engine.OpQuestionDraw, drawQuestion)
	s.Register(engine.OpQuestionGrade, gradeQuestion)
	s.Register(engine.OpModels, (&modelTables{}).table)
	registerSearch(s)
	registerAttention(s, kernel.Load)
	return s
}
