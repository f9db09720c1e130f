package serve

import (
	"sync"

	"courselab/app/engine"
)

// InProcess returns a transport to s in the same program, for prerendering and
// tests. Messages pass through the same encoding as to a worker.
func InProcess(s *Server) engine.Transport { return &inProcess{server: s} }

type inProcess struct {
	server *Server

	mu sync.Mutex
	on func(engine.Event) // nil while stopped
}

func (p *inProcess) Start(on func(engine.Event)) {
	p.mu.Lock()
	p.on = on
	p.mu.Unlock()
	on(engine.Event{Kind: engine.Ready, Version: engine.Version})
}

func (p *inProcess) Stop() {
	p.mu.Lock()
	p.on = nil
	p.mu.Unlock()
}

func (p *inProcess) Send(m engine.Message) {
	text, err := engine.EncodeMessage(m)
	if err == nil {
		m, err = engine.DecodeMessage(text)
	}
	if err != nil {
		p.event(engine.Event{Kind: engine.Down, Reason: err.Error()})
		return
	}
	if p.server.Accept(m, p.reply) {
		p.event(engine.Event{Kind: engine.Pong})
	}
}

func (p *inProcess) reply(r engine.Reply) {
	packet, err := engine.EncodeReply(r)
	if err == nil {
		r, err = engine.DecodeReply(packet)
	}
	if err != nil {
		p.event(engine.Event{Kind: engine.Down, Reason: err.Error()})
		return
	}
	p.event(engine.Event{Kind: engine.Replied, Reply: r})
}

func (p *inProcess) event(e engine.Event) {
	p.mu.Lock()
	on := p.on
	p.mu.Unlock()
	if on != nil {
		on(e)
	}
}
