//go:build js && wasm

package main

import (
	"strings"
	"time"

	"courselab/app/env"
	"courselab/app/progress/scorm"

	"github.com/hack-pad/safejs"
)

// platform is the learning platform that opened the page.
type platform struct {
	object safejs.Value // courselab.host, of assets/scorm.js
	sco    string       // the module that it opened
	sink   *scorm.Sink  // nil where there is no session
}

// findPlatform returns the platform, nil where this is no package for one.
func findPlatform(b boot) *platform {
	object, err := b.lab.Get("host")
	if err != nil || object.Type() != safejs.TypeObject {
		return nil
	}
	p := &platform{object: object, sco: text(object, "sco")}
	if text(object, "state") == "ready" && p.sco != "" {
		p.sink = scorm.Open(scorm.Browser(object), scorm.Version(text(object, "version")))
	}
	return p
}

// connect takes up what the platform has and hands it every change from now on.
// It keeps what it cannot hand over, and says so.
func (p *platform) connect(e *env.Env) {
	if p.sink == nil {
		p.say(e, text(p.object, "reason"))
		return
	}
	record, section, err := p.sink.Resume()
	if err != nil {
		p.say(e, "平台上的作答读不出来")
	}
	e.Progress.MergeLesson(p.sco, record)
	if section != "" && e.Progress.Reading(p.sco).Section == "" {
		e.Progress.SetReading(p.sco, section, 0)
	}
	if name := text(p.object, "name"); name != "" && e.Progress.Profile().Name == "" {
		e.Progress.SetName(name)
	}
	// A moment after the last change of several.
	timer := time.AfterFunc(0, func() { p.save(e) })
	e.Progress.OnChange(func() { timer.Reset(300 * time.Millisecond) })
	onEnd, err := safejs.FuncOf(func(safejs.Value, []safejs.Value) any {
		p.saveNow(e)
		return nil
	})
	if err == nil {
		_ = p.object.Set("onEnd", onEnd) // without it the last moment is lost, no more
	}
}

// save may wait for the course's text.
func (p *platform) save(e *env.Env) {
	if e.Content == nil {
		return
	}
	if lesson, _ := e.Content.Lesson(p.sco); lesson == nil {
		p.say(e, "课程里没有学习平台打开的这个单元："+p.sco)
		return
	}
	p.saveNow(e)
}

// saveNow saves what can be saved without waiting, as an event handler must.
func (p *platform) saveNow(e *env.Env) {
	if e.Content == nil {
		return
	}
	lesson, _, ok := e.Content.Cached(p.sco)
	if !ok || lesson == nil {
		return
	}
	reason := ""
	if err := p.sink.Save(lesson, e.Progress.Lesson(p.sco), e.Progress.Reading(p.sco).Section); err != nil {
		reason = strings.ReplaceAll(err.Error(), "\n", "；")
	}
	p.say(e, reason)
}

// say tells the pages what is wrong with the platform, "" where nothing is.
func (p *platform) say(e *env.Env, reason string) {
	if e.Host.State().PlatformReason != reason {
		e.Host.Change(func(s *env.State) { s.PlatformReason = reason })
	}
}
