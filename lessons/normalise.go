package lessons

import (
	"strings"

	"github.com/yuin/goldmark/util"
)

// normalise makes texts that mean the same equal: full-width and half-width,
// upper and lower case, spaces. nfkc is Unicode's compatibility composition.
func normalise(s string) string {
	s = string(util.DoFullUnicodeCaseFolding([]byte(nfkc(s))))
	return strings.Join(strings.Fields(nfkc(s)), " ")
}
