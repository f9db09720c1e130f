//go:build !(js && wasm)

package labs

// Stand-ins for the page around a lab: natively there is none.

func readFragment() string              { return "" }
func writeFragment(string)              {}
func absolute(href string) string       { return href }
func download(name string, data []byte) {}

func saveText(name, mediaType, text string) {}
func printPage()                            {}

func focus(id string)          {}
func reveal(list, item string) {}
func setValue(id, text string) {}
func widthOf(id string) int    { return 0 }
func valueOf(id string) string { return "" }

func chosenFile(id string, most int, done func(name, text string, err error)) {}

func copyText(text string, done func(ok bool)) { done(false) }

func chosenBytes(id string, most int, done func(name string, data []byte, err error)) {}

func keepRun(lab string, data []byte, done func(err error)) { done(errNoStore) }
func keptRun(lab string, done func(data []byte, err error)) { done(nil, errNoStore) }
func saveFile(name, mediaType string, data []byte)          {}
