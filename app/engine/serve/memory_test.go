package serve_test

import (
	"runtime"
	"testing"

	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/labs"
	"courselab/app/registry"
	shipped "courselab/lessons/content"
)

// What the engine may still hold of a lab, in MB, once it has answered: of most next
// to nothing. The language model, of 5 MB, is held for all.
const heldMB = 1

var heldMore = map[string]float64{
	"rag":    2, // the index over the lessons
	"tokens": 5, // the vocabularies
	"xray":   1, // the last pass, with all its tensors
}

// heldTotal bounds what it may hold when all have been asked.
const heldTotal = 24

// heap is what is in use after a collection, in MB.
func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first one's finalizers let go
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// TestMemoryOfLabs asks one engine for every lab as it stands at first, two rounds:
// after each it holds no more than the table says, and the second round adds nothing.
func TestMemoryOfLabs(t *testing.T) {
	library, err := content.Load(content.FromFS(shipped.FS), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	before := heap()
	if err := client.Call(t.Context(), engine.OpModelInfo, nil, nil); err != nil {
		t.Fatal(err)
	}
	model := heap() - before
	var rounds [2]float64
	for round := range rounds {
		for _, lab := range registry.Labs() {
			op, input, ok, err := labs.Static(lab.Name, nil, library)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				continue
			}
			was := heap()
			if err := client.Call(t.Context(), op, input, nil); err != nil {
				t.Errorf("%s: %v", lab.Name, err)
				continue
			}
			input = nil // its texts are the caller's
			held, limit := heap()-was, heldMB+heldMore[lab.Name]
			t.Logf("round %d: %s holds %.2f MB", round+1, lab.Name, held)
			if held > limit {
				t.Errorf("round %d: the engine holds %.1f MB after %s, more than %.1f", round+1, held, lab.Name, limit)
			}
		}
		rounds[round] = heap() - before
	}
	t.Logf("the model %.1f MB; after every lab once %.1f MB, twice %.1f MB", model, rounds[0], rounds[1])
	if rounds[1] > heldTotal || rounds[1] > 1.1*rounds[0]+1 {
		t.Errorf("after two rounds the engine holds %.1f MB, %.1f after one", rounds[1], rounds[0])
	}
}

// TestMemoryOfRuns begins the run of every lab that has one: it holds about what it
// says that it holds, and nothing once it is dropped.
func TestMemoryOfRuns(t *testing.T) {
	library, err := content.Load(content.FromFS(shipped.FS), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	if err := client.Call(t.Context(), engine.OpModelInfo, nil, nil); err != nil {
		t.Fatal(err)
	}
	for _, lab := range registry.Labs() {
		if lab.Run == nil {
			continue
		}
		op, input, _, err := labs.Static(lab.Name, nil, library)
		if err != nil || op != engine.OpLab {
			t.Fatalf("%s: %s, %v", lab.Name, op, err)
		}
		in := engine.RunInput{LabInput: input.(engine.LabInput), Steps: 1}
		// What is made once and kept for the next run stays out of the account.
		var out engine.RunOutput
		for _, op := range []string{engine.OpRun, engine.OpRunDrop} {
			if err := client.Call(t.Context(), op, in, nil); err != nil {
				t.Fatalf("%s: %s: %v", lab.Name, op, err)
			}
		}
		was := heap()
		if err := client.Call(t.Context(), engine.OpRun, in, &out); err != nil {
			t.Fatalf("%s: %v", lab.Name, err)
		}
		held, says := heap()-was, float64(out.Run.Bytes)/1e6
		t.Logf("a run of %s holds %.2f MB and says %.2f MB", lab.Name, held, says)
		if held > 1.5*says+heldMB || held > float64(out.Run.Limit)/1e6 {
			t.Errorf("a run of %s holds %.1f MB and says %.1f MB", lab.Name, held, says)
		}
		if err := client.Call(t.Context(), engine.OpRunDrop, in, nil); err != nil {
			t.Fatalf("%s: %v", lab.Name, err)
		}
		if left := heap() - was; left > heldMB {
			t.Errorf("%.1f MB are left of a run of %s that was dropped", left, lab.Name)
		}
	}
}
