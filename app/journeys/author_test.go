//go:build !js

package journeys

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"courselab/app/browsertest"
	"courselab/lessons/content"

	"github.com/chromedp/chromedp"
)

// authorFolder writes the shipped course into a folder, with edits by file.
func authorFolder(t *testing.T, edits map[string]func(string) string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "我的课")
	if err := os.CopyFS(root, content.FS); err != nil {
		t.Fatal(err)
	}
	for name, edit := range edits {
		text, err := fs.ReadFile(content.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		changed := edit(string(text))
		if changed == string(text) {
			t.Fatalf("%s: the edit changes nothing", name)
		}
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// keepDownload has the page keep the next file that it hands out. Nothing is
// downloaded: of a zip Chromium would ask its maker.
const keepDownload = `(() => {
	const own = URL.createObjectURL;
	window.exported = undefined;
	HTMLAnchorElement.prototype.click = () => {};
	URL.createObjectURL = blob => {
		blob.arrayBuffer().then(b => {
			let s = "";
			for (const byte of new Uint8Array(b)) s += String.fromCharCode(byte);
			window.exported = btoa(s);
		});
		return own.call(URL, blob);
	};
})()`

// TestAuthorPage opens a folder made from the shipped course with one sentence
// changed, one question broken and one added, sees all of that, mends the question
// in the page, and takes the folder away: with a network, and without.
func TestAuthorPage(t *testing.T) {
	t.Parallel()
	const sentence = "作者页里改过的一句话。"
	const added = "新加的一题"
	broken := 0
	root := authorFolder(t, map[string]func(string) string{
		"zh/m3.md": func(text string) string {
			i := strings.Index(text, "\n## ")
			end := i + 1 + strings.Index(text[i+1:], "\n")
			text = text[:end] + "\n\n" + sentence + "\n" + text[end:]
			return text + "\n### " + added + " {#q-added objectives=\"o1\"}\n\n1. [x] 是\n   > 因为是。\n2. [ ] 否\n"
		},
		"zh/m2.md": func(text string) string {
			at := strings.Index(text, ". [x]") - 1
			broken = strings.Count(text[:strings.LastIndex(text[:at], "\n1. ")+1], "\n") + 1
			text = text[:at] + strings.Replace(text[at:], "[x]", "[ ]", 1)
			return text
		},
	})
	h := newHost(t, "/")
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	open(b, h.root+"lessons/m3/")
	b.WaitFor("the offline copy", offlineSet)
	h.Close()
	b.Offline(true)
	open(b, h.root+"author/")
	var before string
	const stored = `JSON.stringify(Object.entries(localStorage).sort())`
	b.Eval(stored, &before)
	if err := chromedp.Do(b.Context(), chromedp.SetUploadFiles("#author-folder", []string{root})); err != nil {
		t.Fatal(err)
	}
	b.WaitFor("the faults", `document.querySelector(".author-verdict[data-verdict=bad]") !== null`)
	if got := b.Text(".author-faults"); !strings.Contains(got, fmt.Sprintf("zh/m2.md:%d", broken)) || strings.Count(got, "zh/m") != 1 {
		t.Errorf("the faults are %q; line %d is broken", got, broken)
	}
	if got := b.Text(".author-overview"); !strings.Contains(got, "70 分钟") || !strings.Contains(got, "个实验") {
		t.Errorf("the overview says %.300q", got)
	}

	b.Click("#author-view-lesson")
	b.Eval(`(() => { const s = document.querySelector("#author-module"); s.value = "m3"; s.dispatchEvent(new Event("change", {bubbles: true})); })()`, nil)
	b.WaitFor("the lesson with its sentence", fmt.Sprintf(`document.querySelector(".lesson")?.textContent.includes(%q)`, sentence))
	b.WaitFor("the labs", labsReady)
	answerSingle(b, "q-added", "是")
	if got := verdict(b, "q-added"); got != "right" {
		t.Errorf("the new question is judged %q", got)
	}
	b.Eval(`document.querySelector(".lesson a[rel=next]").click()`, nil)
	b.WaitFor("the next lesson of the draft", `document.querySelector("#author-module").value === "m4" && location.pathname.endsWith("/author/")`)

	b.Click("#author-view-questions")
	b.Eval(`(() => { const s = document.querySelector("#author-module"); s.value = "m3"; s.dispatchEvent(new Event("change", {bubbles: true})); })()`, nil)
	b.WaitFor("the answers", fmt.Sprintf(`document.querySelector("#answers-q-added")?.textContent.includes(%q)`, added))
	if got := b.Text(".answers:has(#answers-q-added)"); !strings.Contains(got, "✓ 正确") || !strings.Contains(got, "因为是。") {
		t.Errorf("the new question with its answer: %q", got)
	}
	if got := b.Text(".answers:has(#answers-q-scaled-score)"); !strings.Contains(got, "例中的答案") {
		t.Errorf("the computed question with its answer: %q", got)
	}

	b.Click("#author-view-schedule")
	b.WaitFor("six meetings", `document.querySelectorAll(".author-schedule tbody tr").length === 6`)
	if got := b.Text(".author-schedule tbody tr:nth-child(3)"); !strings.Contains(got, "70 分钟") || !strings.Contains(got, "余 20 分钟") {
		t.Errorf("the third meeting: %q", got)
	}

	// The fault's place opens the editor at its line; mended there, it goes.
	b.Click("#author-view-overview")
	b.Click(".author-faults button")
	b.WaitFor("the line", fmt.Sprintf(`document.activeElement.id === %q && document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd) !== ""`, "author-text"))
	shipped, err := fs.ReadFile(content.FS, "zh/m2.md")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := json.Marshal(string(shipped))
	if err != nil {
		t.Fatal(err)
	}
	b.Eval(`(() => { const a = document.querySelector("#author-text"); a.value = `+string(whole)+`; a.dispatchEvent(new Event("input", {bubbles: true})); })()`, nil)
	b.WaitFor("no fault", `document.querySelector(".author-verdict[data-verdict=good]") !== null`)

	b.Eval(keepDownload, nil)
	b.Click("#author-save")
	b.WaitFor("the zip", `Boolean(window.exported)`)
	var packed string
	b.Eval(`window.exported`, &packed)
	files := unzipped(t, packed)
	if !strings.Contains(files["zh/m3.md"], sentence) || !strings.Contains(files["course.md"], "modules:") {
		t.Errorf("the zip lacks the sentence; it holds %d files", len(files))
	}
	if files["zh/m2.md"] != string(shipped) {
		t.Error("the mended lesson is not what it was before")
	}

	var after string
	b.Eval(stored, &after)
	if after != before || before == "[]" {
		t.Errorf("the learner's progress was %s, is %s", before, after)
	}
	clean(t, b)
}

func unzipped(t *testing.T, encoded string) map[string]string {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

// TestAuthorPageInTheSingleFile drops what is no zip on the page, then opens one,
// in the single file, which fetches nothing, and previews a lesson of it.
func TestAuthorPageInTheSingleFile(t *testing.T) {
	long(t)
	t.Parallel()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	if err := z.AddFS(content.FS); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "课.zip")
	if err := os.WriteFile(file, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	open(b, singleFile(t)+"?p=/author")
	b.Eval(`(() => {
		const dropped = new DataTransfer();
		dropped.items.add(new File(["no zip"], "notes.zip"));
		document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: dropped, bubbles: true, cancelable: true}));
	})()`, nil)
	b.WaitFor("the refusal of what is no zip", `document.querySelector(".author .said[data-failed]")?.textContent.includes("zip")`)
	if err := chromedp.Do(b.Context(), chromedp.SetUploadFiles("#author-zip", []string{file})); err != nil {
		t.Fatal(err)
	}
	b.WaitFor("the verdict", `document.querySelector(".author-verdict[data-verdict=good]") !== null`)
	b.Click("#author-view-lesson")
	b.WaitFor("a lab", `document.querySelector(".lesson [data-lab][data-state=ready]") !== null`)
	clean(t, b)
}
