package pages

import (
	"courselab/app/env"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// engineBadge shows the state of the engine. Its room is reserved from the
// first paint, so that a change moves nothing.
type engineBadge struct {
	goapp.Compo
	Env  *env.Env
	stop func()
}

func (b *engineBadge) OnMount(ctx goapp.Context) {
	b.stop = b.Env.Host.Watch(func() { ctx.Dispatch(nil) })
	ctx.Update()
}

func (b *engineBadge) OnDismount() {
	if b.stop != nil {
		b.stop()
	}
}

func (b *engineBadge) Render() goapp.UI {
	s := b.Env.Host.State()
	state, text := s.Engine, ""
	switch s.Engine {
	case "":
		state, text = "idle", "计算引擎待用"
	case "loading":
		text = "计算引擎加载中"
		if s.Total > 0 && s.Done < s.Total {
			text = "引擎加载 " + megabytes(s.Done) + "/" + megabytes(s.Total) + " MB"
		}
	case "ready":
		text = "计算引擎就绪"
	case "restarting":
		text = "计算引擎重启中"
	case "unavailable":
		text = "计算引擎不可用"
	}
	badge := goapp.P().Class("engine").DataSet("engine", state)
	if s.EngineReason != "" {
		badge = badge.Title(route.Attr(s.EngineReason))
	}
	return badge.Body(
		goapp.Raw(`<i class="dot" aria-hidden="true"></i>`),
		goapp.Span().Class("engine-text").Text(text),
	)
}

// megabytes prints a number of bytes in MB with one digit after the point.
func megabytes(bytes float64) string {
	tenths := int(bytes/1e5 + 0.5)
	return goapp.FormatString("%d.%d", tenths/10, tenths%10)
}
