package site

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"courselab/lessons/content"
)

// The header that the guide has nginx send is the policy of the pages, with who may
// embed them added; and nginx learns the types that its own table lacks.
func TestGuideNginx(t *testing.T) {
	text, err := fs.ReadFile(content.FS, "zh/guide.md")
	if err != nil {
		t.Fatal(err)
	}
	_, conf, _ := strings.Cut(string(text), "```nginx\n")
	conf, _, _ = strings.Cut(conf, "```")
	header := regexp.MustCompile(`add_header Content-Security-Policy "([^"]*)" always;`).FindStringSubmatch(conf)
	if header == nil || header[1] != policy+"; frame-ancestors 'self'" {
		t.Errorf("the guide's header is\n%s\nthe pages' policy\n%s", header, policy)
	}
	if strings.Count(conf, "{") != strings.Count(conf, "}") {
		t.Error("the braces do not match")
	}
	for _, line := range strings.Split(strings.TrimSpace(conf), "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasSuffix(line, ";") && !strings.HasSuffix(line, "{") && line != "}" {
			t.Errorf("%q ends in no semicolon", line)
		}
	}
	types := regexp.MustCompile(`(?m)^\s+([a-z]+/[a-z+]+)\s+([a-z]+);`).FindAllStringSubmatch(conf, -1)
	for _, m := range types {
		if want, _, _ := strings.Cut(contentTypes["."+m[2]], ";"); want != m[1] {
			t.Errorf(".%s is %s in the guide and %q here", m[2], m[1], want)
		}
	}
	if len(types) != 4 {
		t.Errorf("%d types", len(types))
	}
}
