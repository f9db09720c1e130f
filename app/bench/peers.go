//go:build !js

package bench

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"courselab/app/browsertest"
	"courselab/app/engine"
)

var (
	//go:embed peer.js
	peerScript string
	//go:embed peer_onnx.js
	onnxScript string
	//go:embed peer_tfjs.js
	tfjsScript string
)

// rival is a peer that is being measured.
type rival struct {
	name string
	b    *browsertest.Browser
}

// rivals opens the peers that lie in the folder that npm installs into. None is
// needed.
func (r *runner) rivals() (all []rival) {
	if r.Peers == "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(r.Peers, "onnxruntime-web")); err == nil {
		b := r.openPeer("onnxruntime-web", "onnxruntime-web", map[string]string{"/dist/": "onnxruntime-web/dist"}, []string{"dist/ort.wasm.min.js"}, "ort", onnxScript)
		all = append(all, rival{"onnxruntime-web", b})
	}
	if _, err := os.Stat(filepath.Join(r.Peers, "@tensorflow/tfjs")); err != nil {
		return all
	}
	for _, backend := range []string{"wasm", "webgpu"} {
		name := "tfjs-" + backend
		b := r.openPeer(name, "@tensorflow/tfjs", map[string]string{
			"/core/": "@tensorflow/tfjs/dist", "/" + backend + "/": "@tensorflow/tfjs-backend-" + backend + "/dist",
		}, []string{"core/tf.min.js", backend + "/tf-backend-" + backend + ".min.js"}, "tf", tfjsScript)
		var reason string
		r.long(b, name, fmt.Sprintf("peerOpen(%q)", backend), &reason)
		if reason != "" {
			r.report.Peers[len(r.report.Peers)-1].Missing = reason
			continue
		}
		all = append(all, rival{name, b})
	}
	return all
}

// openPeer serves a peer on an origin of its own: the course's policy would
// refuse it. Scripts are addresses, which mounts say where to find.
func (r *runner) openPeer(name, pkg string, mounts map[string]string, scripts []string, global, script string) *browsertest.Browser {
	var manifest struct{ Version string }
	text, err := os.ReadFile(filepath.Join(r.Peers, pkg, "package.json"))
	if err == nil {
		err = json.Unmarshal(text, &manifest)
	}
	if err != nil {
		r.stand.Fatalf("peer %s: %v", name, err)
	}
	r.report.Peers = append(r.report.Peers, Peer{Name: name, Version: manifest.Version})
	var tags strings.Builder
	for _, s := range scripts {
		fmt.Fprintf(&tags, `<script src="%s"></script>`, s)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>peer</title><link rel="icon" href="data:,">%s`, tags.String())
	})
	mux.HandleFunc("/model", func(w http.ResponseWriter, q *http.Request) {
		for _, s := range products {
			if q.URL.RawQuery == fmt.Sprintf("rows=%d&cols=%d&depth=%d", s.Rows, s.Cols, s.Depth) {
				w.Write(product(s)) // a reader that has gone needs nothing
				return
			}
		}
		w.Write(layer(theLayer))
	})
	for at, dir := range mounts {
		mux.Handle(at, http.StripPrefix(at, http.FileServer(http.Dir(filepath.Join(r.Peers, dir)))))
	}
	server := httptest.NewServer(mux)
	r.stand.Cleanup(server.Close)
	b := r.course.Tab()
	b.Navigate(server.URL + "/")
	b.WaitFor("the peer", fmt.Sprintf("typeof %s !== 'undefined'", global))
	b.Eval(peerScript, nil)
	b.Eval(script, nil)
	return b
}

// askPeer takes each rate of a peer once. Its layer must have ours' result.
func (r *runner) askPeer(p rival, mean float64) {
	ask := func(spec any) (out struct{ Seconds, Mean float64 }) {
		text, _ := json.Marshal(spec) // a few numbers
		r.long(p.b, p.name, fmt.Sprintf("peerBench(%s, %d)", text, r.Millis), &out)
		return out
	}
	for _, s := range products {
		flops := 2 * float64(s.Rows) * float64(s.Cols) * float64(s.Depth)
		r.report.note(title(s), "GFLOP/s", p.name, flops/ask(s).Seconds/1e9)
	}
	out := ask(theLayer)
	if !(math.Abs(out.Mean/mean-1) < 1e-3) {
		r.stand.Fatalf("peer %s: its layer computes something else: mean magnitude %v, ours %v", p.name, out.Mean, mean)
	}
	r.report.note(layerTitle, "positions/s", p.name, float64(theLayer.Rows)/out.Seconds)
}

// theLayer is the layer that is measured.
var theLayer = engine.BenchBlock{Rows: 128, Width: 512, Heads: 8, FFN: 1408}
