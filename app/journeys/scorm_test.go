//go:build !js

package journeys

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"courselab/app/browsertest"
	"courselab/app/progress/scorm"
	"courselab/app/registry"
	"courselab/app/site"
	"courselab/assets"
	"courselab/lessons/content"
)

// scormAgain is an independent run-time environment, from npm and never shipped.
const scormAgain = "../../.cache/npm/node_modules/scorm-again/dist/scorm-again.min.js"

// player is a learning platform's page: %s makes the API. The module is opened
// from a frame within a frame, as platforms do.
const player = `<!doctype html><html lang="zh"><meta charset="utf-8"><title>platform</title><link rel="icon" href="data:,">
<script src="/scorm-again.js"></script>
<script>
  // What the platform keeps between launches, as its database would.
  const kept = JSON.parse(localStorage.getItem("platform") || "{}");
  %s
</script>
<iframe id="outer" title="frame" width="1200" height="800" srcdoc='<iframe id="sco" title="course" width="1150" height="750" src="/course/lessons/m3/index.html?sco=m3"></iframe>'></iframe>`

// apis make the platform's API, by the name of what it is like.
var apis = map[string]string{
	"1.2": `window.API = new Scorm12API({autocommit: false});
		window.API.loadFromJSON({core: {student_id: "学号 7", student_name: "王, 小明"}});
		if (kept.cmi) window.API.loadFromJSON({core: kept.cmi.core, suspend_data: kept.cmi.suspend_data});`,
	"2004": `window.API_1484_11 = new Scorm2004API({autocommit: false});
		window.API_1484_11.loadFromJSON({learner_id: "学号 7", learner_name: "王, 小明"});
		if (kept.cmi) window.API_1484_11.loadFromJSON(kept.cmi);`,
	"silent": `window.API = {LMSInitialize() {}, LMSFinish() {}, LMSGetValue() {}, LMSSetValue() {}, LMSCommit() {}, LMSGetLastError() {}, LMSGetErrorString() {}};`,
	"refusing": `window.API = {LMSInitialize: () => "true", LMSFinish: () => "true", LMSGetValue: () => "", LMSSetValue: () => "false", LMSCommit: () => "false",
		LMSGetLastError: () => "101", LMSGetErrorString: () => "General Exception"};`,
	"none": ``,
}

var scormBuilt = sync.OnceValues(func() (site.Files, error) {
	return site.Scorm(context.Background(), site.Input{
		Assets:   assets.FS,
		Programs: os.DirFS("../../build"),
		Course:   content.FS,
		Registry: registry.Lessons(),
	}, scorm.V12)
})

// platform serves a package of one version and a player for each API.
func platform(t *testing.T, version scorm.Version) string {
	t.Helper()
	files, err := scormBuilt()
	if errors.Is(err, site.ErrNoProgram) {
		t.Fatalf("%v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	// The packages of the two versions differ in the manifest, and in this mark.
	marked := site.Files{}
	for name, data := range files {
		if strings.HasSuffix(name, ".html") {
			data = []byte(strings.Replace(string(data), `data-scorm="1.2"`, fmt.Sprintf(`data-scorm="%s"`, version), 1))
		}
		marked[name] = data
	}
	library, err := os.ReadFile(scormAgain)
	if err != nil {
		t.Skip("no scorm-again: make browsers")
	}
	mux := http.NewServeMux()
	mux.Handle("/course/", http.StripPrefix("/course", marked.Handler(nil)))
	mux.HandleFunc("/scorm-again.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(library)
	})
	mux.HandleFunc("/play/{api}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, player, apis[r.PathValue("api")])
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/play/"
}

// inCourse turns an expression about the course's document d into one about the
// frame that it is shown in.
func inCourse(expression string) string {
	return `(d => ` + expression + `)(document.querySelector("#outer")?.contentDocument?.querySelector("#sco")?.contentDocument ?? document)`
}

// launch opens the module from the platform.
func launch(b *browsertest.Browser, address string) {
	b.Navigate(address)
	b.WaitFor("the module", inCourse(`d.documentElement.dataset.app === "ready" && d.querySelector("#q-mixing .option-input:not(:disabled), #q-mixing .result-verdict") !== null`))
}

// answer gives the right answer to one question of the module.
func answer(b *browsertest.Browser) {
	b.Eval(inCourse(`[...d.querySelectorAll("#q-mixing .option")].find(o => o.textContent.includes("每个词元仍被变换")).querySelector("input").click()`), nil)
	b.WaitFor("the option", inCourse(`d.querySelector("#q-mixing .option-input:checked") !== null`))
	b.Eval(inCourse(`d.querySelector("#q-mixing .button-primary").click()`), nil)
	b.WaitFor("the verdict", inCourse(`d.querySelector("#q-mixing .result-verdict")?.dataset.mark === "right"`))
}

// TestScorm answers a question on scorm-again's platform, closes the module, and
// goes on in a browser that knows nothing but what the platform kept.
func TestScorm(t *testing.T) {
	t.Parallel()
	for version, names := range map[scorm.Version]struct{ score, status, suspended, ended, kept string }{
		scorm.V12:   {`API.cmi.core.score.raw`, `API.cmi.core.lesson_status`, `API.cmi.suspend_data`, `API.isTerminated()`, `API.renderCMIToJSONObject().cmi`},
		scorm.V2004: {`API_1484_11.cmi.score.raw`, `API_1484_11.cmi.completion_status`, `API_1484_11.cmi.suspend_data`, `API_1484_11.isTerminated()`, `API_1484_11.renderCMIToJSONObject().cmi`},
	} {
		t.Run(string(version), func(t *testing.T) {
			play := platform(t, version) + string(version)
			b := browsertest.New(t)
			b.Viewport(1280, 900, false)
			launch(b, play)
			b.WaitFor("the platform to hear of the start", names.status+` === "incomplete"`)
			answer(b)
			b.WaitFor("the platform to have the score", `Number(`+names.score+`) > 0 && `+names.suspended+`.startsWith("1.")`)
			var score float64
			b.Eval(`Number(`+names.score+`)`, &score)
			if score >= 100 {
				t.Errorf("one answer of many is worth %v", score)
			}
			var footer string
			b.Eval(inCourse(`d.querySelector(".foot").textContent`), &footer)
			if !strings.Contains(footer, "学习平台") {
				t.Errorf("the footer says %q", footer)
			}

			// The learner leaves: the session is closed, and the platform keeps its own.
			b.Eval(`document.querySelector("#outer").contentDocument.querySelector("#sco").src = "about:blank"`, nil)
			b.WaitFor("the session to end", names.ended)
			b.Eval(fmt.Sprintf(`(cmi => { localStorage.clear(); sessionStorage.clear(); localStorage.setItem("platform", JSON.stringify({cmi})); })(%s)`, names.kept), nil)
			clean(t, b)

			launch(b, play)
			b.WaitFor("the answer to come back", inCourse(`d.querySelector("#q-mixing .result-verdict")?.dataset.mark === "right"`))
			var again float64
			b.Eval(`Number(`+names.score+`)`, &again)
			if again != score {
				t.Errorf("the score was %v, after coming back it is %v", score, again)
			}
			clean(t, b)
		})
	}
}

// TestScormWithoutHelp opens the module where the platform answers nothing,
// refuses, or is not there: the learner is told, and the answer stays.
func TestScormWithoutHelp(t *testing.T) {
	t.Parallel()
	play := platform(t, scorm.V12)
	b := browsertest.New(t)
	for _, tt := range []struct{ api, says string }{
		{"silent", "没有应答"},
		{"refusing", "101，General Exception"},
		{"none", "没有找到学习平台"},
	} {
		launch(b, play+tt.api)
		b.WaitFor("the notice", inCourse(`d.querySelector("[data-notice=platform]") !== null`))
		var notice string
		b.Eval(inCourse(`d.querySelector("[data-notice=platform]").textContent`), &notice)
		if !strings.Contains(notice, tt.says) || !strings.Contains(notice, "什么也没有丢") {
			t.Errorf("%s: the notice says %q", tt.api, notice)
		}
		if tt.api == "silent" {
			answer(b)
		} else {
			b.WaitFor("the answer given before", inCourse(`d.querySelector("#q-mixing .result-verdict")?.dataset.mark === "right"`))
		}
	}
	clean(t, b)
}
