//go:build !js

package journeys

import (
	"encoding/csv"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"courselab/app/browsertest"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// copies makes what a page puts on the clipboard readable as window.copied.
const copies = `navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }`

// TestNoteInLink writes a link with a note, opens it in another browser, and the
// like for a lesson.
func TestNoteInLink(t *testing.T) {
	long(t)
	t.Parallel()
	h := newHost(t, "/any/sub/path/")
	teacher := browsertest.New(t)
	const note = `先看第二个头，<b>再</b>猜 100% & #1`
	write := func(press string) (link string) {
		t.Helper()
		teacher.Eval(copies, nil)
		teacher.WaitFor("the labs", labsReady)
		typeInto(teacher, "[data-lab=attention] .lab-text", "春江潮水")
		teacher.Eval(`document.querySelector("[data-lab=attention] .lab-link-note").open = true`, nil)
		typeInto(teacher, "[data-lab=attention] .lab-note-text", note)
		teacher.Eval(`[...document.querySelectorAll("[data-lab=attention] .lab-link-note button")].find(b => b.textContent.includes("`+press+`")).click()`, nil)
		teacher.WaitFor("the copy", `window.copied !== undefined && document.querySelector("[data-lab=attention] .lab-link-note .lab-notice").textContent.includes("你的说明")`)
		teacher.Eval(`window.copied`, &link)
		return link
	}
	said := func(b *browsertest.Browser) (text string) {
		b.WaitForSelector("[data-lab=attention] .lab-said")
		b.Eval(`document.querySelector("[data-lab=attention] .lab-said-text").textContent`, &text)
		return text
	}
	open(teacher, h.root+"labs/attention/")
	toLab := write("复制带说明的链接")
	open(teacher, h.root+"lessons/m3/")
	toLesson := write("打开课文的这一处")
	clean(t, teacher)

	learner := browsertest.New(t)
	learner.Viewport(360, 740, true)
	open(learner, toLab)
	learner.WaitFor("the lab", labsReady)
	if got := said(learner); got != note {
		t.Errorf("the note is %q", got)
	}
	if got := learner.Text(".lab-said"); !strings.Contains(got, "不是课文") {
		t.Errorf("nothing says whose text it is: %q", got)
	}
	learner.WaitFor("the state", `document.querySelector("[data-lab=attention] .lab-text").value === "春江潮水"`)
	learner.Click(".lab-said button")
	learner.WaitFor("the note to go", `document.querySelector(".lab-said") === null`)
	learner.WaitFor("the state to stay", `document.querySelector("[data-lab=attention] .lab-text").value === "春江潮水"`)

	open(learner, h.root) // a new document
	open(learner, toLesson)
	learner.WaitFor("the labs", labsReady)
	if got := said(learner); got != note {
		t.Errorf("in the lesson the note is %q", got)
	}
	learner.WaitFor("the lesson's lab in that state and in view", `(() => {
		const lab = document.querySelector("[data-lab=attention]"), top = lab.getBoundingClientRect().top;
		return lab.querySelector(".lab-text").value === "春江潮水" && window.scrollY > 0 && top < innerHeight && document.querySelectorAll(".lab-said").length === 1;
	})()`)

	// A note cut short costs nothing of the state.
	at := strings.Index(toLab, "&note=")
	open(learner, h.root)
	open(learner, toLab[:at]+"&note=%E6%9")
	learner.WaitFor("the lab", labsReady)
	if got := said(learner); !strings.Contains(got, "已损坏") {
		t.Errorf("the damaged note is %q", got)
	}
	learner.WaitFor("the state", `document.querySelector("[data-lab=attention] .lab-text").value === "春江潮水"`)
	clean(t, learner)
}

// TestHandover takes progress to a second browser by the link that a QR code
// holds, merges it there, and collects the files of both learners.
func TestHandover(t *testing.T) {
	long(t)
	t.Parallel()
	h := newHost(t, "/any/sub/path/")
	first := browsertest.New(t)
	first.Viewport(1280, 900, false)
	open(first, h.root+"lessons/m3/")
	answerSingle(first, "q-mixing", "每个词元仍被变换")
	open(first, h.root+"settings/")
	typeInto(first, "#learner", "王五")
	first.Click("#leave")
	first.WaitFor("the code", `document.querySelector(".qr svg") !== null`)
	var link string
	first.Eval(`document.querySelector("#leave-link").value`, &link)
	first.Eval(`document.querySelector(".qr").scrollIntoView({block: "center", behavior: "instant"})`, nil)
	if got := scan(t, first); got != link || !strings.HasPrefix(link, h.root+"settings/#progress=1.") {
		t.Errorf("the code says %.80q, the link is %.80q", got, link)
	}
	a := exported(t, first)
	clean(t, first)

	second := browsertest.New(t)
	second.Viewport(360, 740, true)
	open(second, h.root+"lessons/m3/")
	answerSingle(second, "q-position", "离得近的词元")
	open(second, h.root+"settings/")
	typeInto(second, "#learner", "李四")
	b := exported(t, second)
	// A link of somebody else: it is asked, and says whose it is.
	second.Navigate(link)
	second.WaitFor("the question", `document.querySelector("#arrived") !== null`)
	asked := second.Text("#arrived")
	for _, want := range []string{"王五", "李四", "1 道题，共 1 次", "不是同一个人"} {
		if !strings.Contains(asked, want) {
			t.Errorf("the question %q does not say %q", asked, want)
		}
	}
	second.Click("#arrived-merge")
	second.WaitFor("the answer", `document.querySelector("#arrived-said")?.textContent.includes("已合并") && location.hash === ""`)
	open(second, h.root+"lessons/m3/")
	second.WaitForSelector("#q-mixing")
	for question, want := range map[string]string{"q-mixing": "right"} {
		if got := verdict(second, question); got != want {
			t.Errorf("%s is %q after merging", question, got)
		}
	}
	if got := verdict(second, "q-position"); got == "" {
		t.Error("merging has lost an answer")
	}
	// Cut short it says so and changes nothing.
	open(second, h.root)
	second.Navigate(link[:len(link)-9])
	second.WaitFor("the refusal", `document.querySelector("#arrived")?.textContent.includes("不完整或被改动过")`)
	clean(t, second)

	collected(t, a, b)
}

// scan reads the QR code on the screen, as a phone before it does.
func scan(t *testing.T, b *browsertest.Browser) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "screen.png")
	b.Screenshot(file)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("no code on the screen: %v", err)
	}
	return result.GetText()
}

// exported presses the button that exports progress, and returns the file.
func exported(t *testing.T, b *browsertest.Browser) (file string) {
	t.Helper()
	b.Eval(`(() => {
		const make = URL.createObjectURL;
		URL.createObjectURL = blob => { blob.text().then(text => { window.exported = text }); return make(blob) };
	})()`, nil)
	b.Click("#export")
	b.WaitFor("the file", `window.exported !== undefined`)
	b.Eval(`window.exported`, &file)
	return file
}

// collected runs lab collect over two learners' files, of which one was right and
// one was wrong.
func collected(t *testing.T, a, b string) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"a.json": a, "b.json": b} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	table, report := filepath.Join(folder, "class.csv"), filepath.Join(folder, "report.html")
	lab := exec.CommandContext(t.Context(), "go", "run", "courselab/cmd/lab", "collect", filepath.Join(folder, "*.json"), "-o", table, "--html", report)
	if out, err := lab.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"q-mixing": "2|1|1|1|100.0|1|100.0", "q-position": "2|1|1|0|0.0|0|0.0"}
	for _, row := range rows {
		if figures, ok := want[row[1]]; ok && strings.Join(row[4:11], "|") != figures {
			t.Errorf("%s: %v, want %s", row[1], row[4:11], figures)
		}
	}
	page, err := os.ReadFile(report)
	if err != nil || !strings.Contains(string(page), "王五") || !strings.Contains(string(page), "李四") {
		t.Errorf("the report does not name both: %v", err)
	}
}
