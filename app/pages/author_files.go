package pages

import (
	"errors"
	"strings"

	"courselab/app/engine"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

var (
	errTooManyFiles = errors.New("文件太多，最多 2000 个：选课程自己的文件夹，不要选它外面的")
	errTooMuch      = errors.New("全部文件超过 24 MB，读不下")
	errUnreadable   = errors.New("浏览器读不了这个文件")
)

// picked is a file that the author chose: its path in what was chosen, and the
// browser's File, or the FileSystemEntry that leads to one.
type picked struct {
	name string
	file goapp.Value
}

// pickedFiles takes the files out of a field, and empties it so that the same
// folder can be chosen again.
func pickedFiles(input goapp.Value) []picked {
	files := input.Get("files")
	var all []picked
	for i := range files.Length() {
		file := files.Index(i)
		name := file.Get("webkitRelativePath").String()
		if name == "" {
			name = file.Get("name").String()
		}
		all = append(all, picked{name, file})
	}
	input.Set("value", "")
	return all
}

// droppedEntries takes what was dropped; it must run within the event. Text and
// the like are no files: there is nothing then.
func droppedEntries(event goapp.Value) []picked {
	items := event.Get("dataTransfer").Get("items")
	var all []picked
	for i := range items.Length() {
		item := items.Index(i)
		entry := item.Call("webkitGetAsEntry")
		if !entry.Truthy() {
			entry = item.Call("getAsFile")
		}
		if entry.Truthy() {
			all = append(all, picked{entry.Get("name").String(), entry})
		}
	}
	return all
}

// settled waits for one of two callbacks; ok is false where it was the second. It
// must not run on the UI's goroutine.
func settled(start func(good, bad goapp.Func)) (v goapp.Value, ok bool) {
	type result struct {
		v  goapp.Value
		ok bool
	}
	done := make(chan result, 1)
	call := func(ok bool) goapp.Func {
		return goapp.FuncOf(func(_ goapp.Value, args []goapp.Value) any {
			r := result{ok: ok}
			if len(args) > 0 {
				r.v = args[0]
			}
			done <- r
			return nil
		})
	}
	good, bad := call(true), call(false)
	defer good.Release()
	defer bad.Release()
	start(good, bad)
	r := <-done
	return r.v, r.ok
}

// unfold turns dropped entries into files, those in folders included.
func unfold(entries []picked) ([]picked, error) {
	var all []picked
	for len(entries) > 0 {
		at := entries[0]
		entries = entries[1:]
		switch {
		case engine.Hidden(at.name):
		case at.file.Get("arrayBuffer").Truthy():
			all = append(all, at)
		case at.file.Get("isFile").Bool():
			file, ok := settled(func(good, bad goapp.Func) { at.file.Call("file", good, bad) })
			if !ok {
				return nil, errUnreadable
			}
			all = append(all, picked{at.name, file})
		default:
			reader := at.file.Call("createReader")
			for { // a folder comes in parts of a hundred
				list, ok := settled(func(good, bad goapp.Func) { reader.Call("readEntries", good, bad) })
				if !ok {
					return nil, errUnreadable
				}
				for i := range list.Length() {
					entry := list.Index(i)
					entries = append(entries, picked{at.name + "/" + entry.Get("name").String(), entry})
				}
				if list.Length() == 0 {
					break
				}
			}
		}
		if len(all)+len(entries) > 2*engine.MaxFolderFiles {
			return nil, errTooManyFiles
		}
	}
	return all, nil
}

// readPicked reads files as a folder, within its limits.
func readPicked(files []picked) (engine.Folder, error) {
	var folder engine.Folder
	size := 0
	for _, f := range files {
		if engine.Hidden(f.name) {
			continue
		}
		n := f.file.Get("size").Int()
		if n > engine.MaxFolderFile {
			folder.Problems = append(folder.Problems, f.name+" 没有读入："+engine.TooLarge(uint64(n)))
			continue
		}
		if size += n; size > engine.MaxFolderBytes {
			return engine.Folder{}, errTooMuch
		}
		if len(folder.Files) == engine.MaxFolderFiles {
			return engine.Folder{}, errTooManyFiles
		}
		data, ok := bytesIn(f.file)
		if !ok {
			return engine.Folder{}, errors.New(f.name + "：" + errUnreadable.Error())
		}
		folder.Files = append(folder.Files, engine.FolderFile{Name: f.name, Data: data})
	}
	return folder, nil
}

func bytesIn(file goapp.Value) ([]byte, bool) {
	buffer, ok := settled(func(good, bad goapp.Func) { file.Call("arrayBuffer").Call("then", good, bad) })
	if !ok {
		return nil, false
	}
	array := goapp.Window().Get("Uint8Array").New(buffer)
	data := make([]byte, array.Length())
	goapp.CopyBytesToGo(data, array)
	return data, true
}

// readFolder reads what was chosen or dropped: one zip, which the engine opens,
// or the files of a folder.
func readFolder(files []picked, unzip func(data []byte) (engine.Folder, error)) (engine.Folder, error) {
	if len(files) != 1 || !strings.HasSuffix(strings.ToLower(files[0].name), ".zip") {
		return readPicked(files)
	}
	if files[0].file.Get("size").Int() > engine.MaxFolderBytes {
		return engine.Folder{}, errTooMuch
	}
	data, ok := bytesIn(files[0].file)
	if !ok {
		return engine.Folder{}, errUnreadable
	}
	folder, err := unzip(data)
	if folder.Name == "" {
		folder.Name = files[0].name[:len(files[0].name)-len(".zip")]
	}
	return folder, err
}

// saveBytes hands data to the browser as a file.
func saveBytes(name, mime string, data []byte) {
	window := goapp.Window()
	array := window.Get("Uint8Array").New(len(data))
	goapp.CopyBytesToJS(array, data)
	blob := window.Get("Blob").New([]any{array}, map[string]any{"type": mime})
	url := window.Get("URL").Call("createObjectURL", blob)
	a := window.Get("document").Call("createElement", "a")
	a.Set("href", url)
	a.Set("download", name)
	window.Get("document").Get("body").Call("appendChild", a)
	a.Call("click")
	a.Call("remove")
	// The browser reads it after the click; it goes with the page.
}
