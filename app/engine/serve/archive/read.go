package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"courselab/app/engine"
)

// Why a zip is refused as a whole. The texts are for the author.
var (
	ErrNotZip    = errors.New("这不是 zip 文件，或者没有下载、复制完整")
	ErrTooLarge  = fmt.Errorf("太大：zip 本身和里面全部文件都不能超过 %d MB", engine.MaxFolderBytes>>20)
	ErrTooMany   = fmt.Errorf("里面的文件太多，最多 %d 个", engine.MaxFolderFiles)
	ErrEncrypted = errors.New("设了密码，打不开：去掉密码再压缩一次")
)

const (
	// headerMark starts an entry of a zip's directory.
	headerMark = "PK\x01\x02"
	// mostProblems bounds how many files that are left out are named.
	mostProblems = 20
	longestName  = 240 // bytes
)

// Read returns the files of a zip, sorted by name. pause is called between
// files and ends the reading with its error.
func Read(data []byte, pause func() error) (engine.Folder, error) {
	if len(data) > engine.MaxFolderBytes {
		return engine.Folder{}, ErrTooLarge
	}
	// The directory is read whole by archive/zip, so it is counted beforehand. The
	// mark may also turn up in a file's own bytes, if hardly ever.
	if bytes.Count(data, []byte(headerMark)) > 2*engine.MaxFolderFiles {
		return engine.Folder{}, ErrTooMany
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return engine.Folder{}, ErrNotZip
	}
	r := reader{left: engine.MaxFolderBytes, seen: map[string]bool{}}
	entries := useful(z.File)
	if len(entries) > engine.MaxFolderFiles {
		return engine.Folder{}, ErrTooMany
	}
	r.root(entries)
	for _, e := range entries {
		if err := pause(); err != nil {
			return engine.Folder{}, err
		}
		if err := r.take(e); err != nil {
			return engine.Folder{}, err
		}
	}
	slices.SortFunc(r.folder.Files, func(a, b engine.FolderFile) int { return strings.Compare(a.Name, b.Name) })
	if n := r.more; n > 0 {
		r.folder.Problems = append(r.folder.Problems, "……另有 "+strconv.Itoa(n)+" 个文件没有读入")
	}
	return r.folder, nil
}

// entry is a file of a zip by the name that it is meant to have.
type entry struct {
	*zip.File
	name string
}

// useful leaves out folders and what is no part of a course.
func useful(files []*zip.File) []entry {
	var all []entry
	for _, f := range files {
		// Some programs on Windows write its own separators.
		name := strings.ReplaceAll(f.Name, `\`, "/")
		if strings.HasSuffix(name, "/") || engine.Hidden(name) {
			continue
		}
		all = append(all, entry{f, name})
	}
	return all
}

type reader struct {
	folder engine.Folder
	prefix string // of every name
	left   int    // bytes that may still be read
	seen   map[string]bool
	more   int // problems that were not named
}

// root finds the one folder that everything lies in. Its own name does not
// matter, so it may be in an encoding that nobody knows.
func (r *reader) root(entries []entry) {
	if len(entries) == 0 {
		return
	}
	top, _, nested := strings.Cut(entries[0].name, "/")
	if !nested || top == "" || top == ".." {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.name, top+"/") {
			return
		}
	}
	r.prefix = top + "/"
	if utf8.ValidString(top) {
		r.folder.Name = top
	}
}

func (r *reader) problem(name, why string) {
	if len(r.folder.Problems) == mostProblems {
		r.more++
		return
	}
	name = strings.ToValidUTF8(name, "�")
	if len(name) > longestName {
		name = strings.ToValidUTF8(name[:longestName], "") + "…"
	}
	r.folder.Problems = append(r.folder.Problems, strconv.Quote(name)+" 没有读入："+why)
}

// take reads one file; the error is about the zip as a whole.
func (r *reader) take(e entry) error {
	name := strings.TrimPrefix(e.name, r.prefix)
	size := e.UncompressedSize64
	switch {
	case e.Flags&1 != 0:
		return ErrEncrypted
	case !utf8.ValidString(name):
		r.problem(name, "文件名不是 UTF-8 编码，请改成英文名，或用较新的压缩程序")
	case !plain(name):
		r.problem(name, "文件名越出了文件夹，或含有不能用的字符")
	case e.Mode()&fs.ModeSymlink != 0:
		r.problem(name, "它是符号链接，不是文件")
	case !e.Mode().IsRegular():
		r.problem(name, "它不是普通文件")
	case r.seen[name]:
		r.problem(name, "同名的文件有两个，只用了第一个")
	case e.Method != zip.Store && e.Method != zip.Deflate:
		r.problem(name, "压缩方式不认识，请用普通的 zip 压缩")
	case size > engine.MaxFolderFile:
		r.problem(name, engine.TooLarge(size))
	case size > uint64(r.left):
		return ErrTooLarge
	default:
		r.seen[name] = true
		return r.unpack(e, name)
	}
	return nil
}

func (r *reader) unpack(e entry, name string) error {
	in, err := e.Open()
	if err != nil {
		r.problem(name, "zip 里的这一项是坏的")
		return nil
	}
	defer in.Close()
	// What it really holds counts, not what it says it holds.
	most := min(r.left, engine.MaxFolderFile)
	data, err := io.ReadAll(io.LimitReader(in, int64(most)+1))
	switch {
	case len(data) > most:
		return ErrTooLarge
	case err != nil:
		r.problem(name, "zip 里的这一项是坏的")
		return nil
	}
	r.left -= len(data)
	r.folder.Files = append(r.folder.Files, engine.FolderFile{Name: name, Data: data})
	return nil
}

// plain reports whether a name is that of a file below the folder.
func plain(name string) bool {
	return fs.ValidPath(name) && name != "." && len(name) <= longestName && !strings.ContainsFunc(name, func(c rune) bool {
		return unicode.IsControl(c) || strings.ContainsRune(`\:*?"<>|`, c)
	})
}
