package labs

// CopyText puts text on the clipboard and says whether that worked.
func CopyText(text string, done func(ok bool)) { copyText(text, done) }

// Absolute resolves an address against the page's.
func Absolute(href string) string { return absolute(href) }
