package hostile

import "testing"

// TestFaults finds each way on its own, so that silence means something.
func TestFaults(t *testing.T) {
	for _, text := range append([]string{
		`<script>x</script>`, `<script src="//evil.example/x.js"></script>`, `<p onclick="x">`, `<svg><animate/></svg>`,
		`<p style="x">`, `<a href="java	script:x">`, `<a href=" data:text/html,x">`, `<img src="https://evil.example/">`,
		`<svg><use href="https://evil.example/#a"/></svg>`, `<svg><use xlink:href="javascript:x"/></svg>`, `<iframe></iframe>`,
		`<meta http-equiv=refresh content=x>`, `<input autofocus>`, `<link rel=stylesheet href=https://evil.example/x>`,
	}, Payloads[:4]...) {
		if found, err := Faults(`<div title="` + text + `">` + text + `</div>`); err != nil || len(found) == 0 {
			t.Errorf("%s passes: %v", text, err)
		}
	}
	for _, text := range []string{
		`<script src="assets/boot.js"></script>`, `<a href="https://example.org/">x</a>`, `<a href="mailto:a@example.org">x</a>`,
		`<img src="img/a.png" alt="&quot; onerror=">`, `<p>&lt;script&gt;</p>`, `<link rel="icon" href="data:,">`,
	} {
		if found, err := Faults(text); err != nil || len(found) > 0 {
			t.Errorf("%s: %v, %v", text, found, err)
		}
	}
}
