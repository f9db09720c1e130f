package site

import (
	"fmt"
	"html"
	"io/fs"
	"strings"
)

// credits returns the list of licences as markup for the about page.
func credits(in Input) (string, error) {
	text, err := fs.ReadFile(in.Assets, "credits.txt")
	if err != nil {
		return "", fmt.Errorf("read credits: %w", err)
	}
	return `<pre class="credits" tabindex="0">` + html.EscapeString(strings.TrimSpace(string(text))) + `</pre>`, nil
}
