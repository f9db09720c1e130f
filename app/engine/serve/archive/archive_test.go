package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"courselab/app/engine"
)

func goOn() error { return nil }

// packed writes a zip past the rules of Write.
func packed(t testing.TB, add func(z *zip.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add(z)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func put(t testing.TB, z *zip.Writer, header zip.FileHeader, data []byte) {
	t.Helper()
	header.Method = zip.Deflate
	w, err := z.CreateHeader(&header)
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func names(f engine.Folder) string {
	var all []string
	for _, file := range f.Files {
		all = append(all, file.Name)
	}
	return strings.Join(all, " ")
}

func TestWriteThenRead(t *testing.T) {
	given := []engine.FolderFile{
		{Name: "zh/第一课.md", Data: []byte("# 一")},
		{Name: "course.md", Data: []byte("---\n")},
		{Name: "zh/img/a.png", Data: bytes.Repeat([]byte{1, 2}, 1000)},
		{Name: "zh/empty.md", Data: []byte{}},
	}
	at := time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)
	data, err := Write(given, at, goOn)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := Write(given, at, goOn); !bytes.Equal(data, again) {
		t.Error("the same files give another zip")
	}
	folder, err := Read(data, goOn)
	if err != nil || len(folder.Problems) > 0 {
		t.Fatal(err, folder.Problems)
	}
	if got := names(folder); got != "course.md zh/empty.md zh/img/a.png zh/第一课.md" {
		t.Errorf("files %s", got)
	}
	for _, f := range folder.Files {
		for _, g := range given {
			if f.Name == g.Name && !bytes.Equal(f.Data, g.Data) {
				t.Errorf("%s differs", f.Name)
			}
		}
	}
}

func TestWriteRefusesNames(t *testing.T) {
	for _, name := range []string{"../a.md", "/a.md", "a//b.md", "", ".", "a\x00b", `a\b`, "C:/a", strings.Repeat("a", 300)} {
		if _, err := Write([]engine.FolderFile{{Name: name}}, time.Time{}, goOn); err == nil {
			t.Errorf("%q is packed", name)
		}
	}
	if _, err := Write([]engine.FolderFile{{Name: "a"}, {Name: "a"}}, time.Time{}, goOn); err == nil {
		t.Error("a name is packed twice")
	}
}

func TestReadLeavesOutWhatIsNoFileOfTheFolder(t *testing.T) {
	link := zip.FileHeader{Name: "c/zh/link.md"}
	link.SetMode(fs.ModeSymlink | 0o777)
	data := packed(t, func(z *zip.Writer) {
		put(t, z, zip.FileHeader{Name: "c/course.md"}, []byte("good"))
		put(t, z, zip.FileHeader{Name: "c/../../etc/passwd"}, []byte("up"))
		put(t, z, zip.FileHeader{Name: "c//etc/passwd"}, []byte("absolute"))
		put(t, z, zip.FileHeader{Name: `c\zh\m1.md`}, []byte("windows"))
		put(t, z, zip.FileHeader{Name: "c/zh/\xd6\xd0.md", NonUTF8: true}, []byte("gbk"))
		put(t, z, zip.FileHeader{Name: "c/a\nb.md"}, []byte("control"))
		put(t, z, zip.FileHeader{Name: "c/course.md"}, []byte("second"))
		put(t, z, link, []byte("/etc/passwd"))
		put(t, z, zip.FileHeader{Name: "c/zh/big.png"}, make([]byte, 30<<20))
		put(t, z, zip.FileHeader{Name: "c/.git/config"}, nil)
		put(t, z, zip.FileHeader{Name: "c/zh/.DS_Store"}, nil)
	})
	folder, err := Read(data, goOn)
	if err != nil {
		t.Fatal(err)
	}
	if got := names(folder); got != "course.md zh/m1.md" || string(folder.Files[0].Data) != "good" {
		t.Errorf("files %q", got)
	}
	all := strings.Join(folder.Problems, "\n")
	for _, want := range []string{"passwd", "符号链接", "UTF-8", "30 MB", "同名"} {
		if !strings.Contains(all, want) {
			t.Errorf("no word of %s in\n%s", want, all)
		}
	}
	if len(folder.Problems) != 7 {
		t.Errorf("%d problems:\n%s", len(folder.Problems), all)
	}
	if folder.Name != "c" {
		t.Errorf("the folder is called %q", folder.Name)
	}
}

func TestReadTakesAFolderWhoseNameNobodyKnows(t *testing.T) {
	data := packed(t, func(z *zip.Writer) {
		put(t, z, zip.FileHeader{Name: "\xbf\xce\xb3\xcc/course.md", NonUTF8: true}, nil)
		put(t, z, zip.FileHeader{Name: "\xbf\xce\xb3\xcc/zh/m1.md", NonUTF8: true}, nil)
	})
	folder, err := Read(data, goOn)
	if err != nil || names(folder) != "course.md zh/m1.md" || len(folder.Problems) > 0 || folder.Name != "" {
		t.Errorf("%+v, %v", folder, err)
	}
}

func TestReadRefusesWhole(t *testing.T) {
	good := packed(t, func(z *zip.Writer) { put(t, z, zip.FileHeader{Name: "course.md"}, []byte("text")) })
	many := packed(t, func(z *zip.Writer) {
		for i := range 10_000 {
			put(t, z, zip.FileHeader{Name: fmt.Sprintf("zh/m%d.md", i)}, nil)
		}
	})
	// Eight megabytes of nothing, five times: a few kilobytes.
	bomb := packed(t, func(z *zip.Writer) {
		for i := range 5 {
			put(t, z, zip.FileHeader{Name: fmt.Sprintf("zh/m%d.md", i)}, make([]byte, engine.MaxFolderFile))
		}
	})
	// A header that says less than there is.
	liar := bytes.Clone(bomb)
	encrypted := bytes.Clone(good)
	for _, mark := range []string{"PK\x03\x04", headerMark} {
		at := bytes.Index(encrypted, []byte(mark))
		if mark == headerMark {
			at += 2
		}
		encrypted[at+6] |= 1
	}
	for at := 0; ; {
		i := bytes.Index(liar[at:], []byte(headerMark))
		if i < 0 {
			break
		}
		at += i + 4
		copy(liar[at+20:], []byte{1, 0, 0, 0}) // the size unpacked
	}
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrNotZip},
		{"text", []byte("---\nid: m1\n"), ErrNotZip},
		{"half", good[:len(good)-10], ErrNotZip},
		{"too long", make([]byte, engine.MaxFolderBytes+1), ErrTooLarge},
		{"10,000 files", many, ErrTooMany},
		{"bomb", bomb, ErrTooLarge},
		{"encrypted", encrypted, ErrEncrypted},
	} {
		if folder, err := Read(tt.data, goOn); !errors.Is(err, tt.want) {
			t.Errorf("%s: %d files, error %v, want %v", tt.name, len(folder.Files), err, tt.want)
		}
	}
	folder, err := Read(liar, goOn)
	size := 0
	for _, f := range folder.Files {
		size += len(f.Data)
	}
	if err == nil && (size > engine.MaxFolderBytes || len(folder.Problems) == 0) {
		t.Errorf("a zip that lies about its sizes: %d bytes read, problems %v", size, folder.Problems)
	}
}

func TestReadCanBeGivenUp(t *testing.T) {
	data := packed(t, func(z *zip.Writer) { put(t, z, zip.FileHeader{Name: "course.md"}, nil) })
	stop := errors.New("stop")
	if _, err := Read(data, func() error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}

// FuzzRead holds what comes out of any bytes to what a folder may be.
func FuzzRead(f *testing.F) {
	link := zip.FileHeader{Name: "l"}
	link.SetMode(fs.ModeSymlink)
	f.Add([]byte{})
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Add(packed(f, func(z *zip.Writer) {
		put(f, z, zip.FileHeader{Name: "课/course.md"}, []byte("---\n"))
		put(f, z, zip.FileHeader{Name: "课/zh/m1.md"}, bytes.Repeat([]byte("注意力"), 100))
	}))
	f.Add(packed(f, func(z *zip.Writer) {
		put(f, z, zip.FileHeader{Name: "../course.md"}, nil)
		put(f, z, link, []byte("x"))
		put(f, z, zip.FileHeader{Name: "\xd6\xd0", NonUTF8: true}, nil)
	}))
	f.Fuzz(func(t *testing.T, data []byte) {
		folder, err := Read(data, goOn)
		if err != nil {
			return
		}
		size := 0
		for _, file := range folder.Files {
			size += len(file.Data)
			if !fs.ValidPath(file.Name) || strings.ContainsAny(file.Name, "\\:\x00") {
				t.Errorf("file %q", file.Name)
			}
		}
		if size > engine.MaxFolderBytes || len(folder.Files) > engine.MaxFolderFiles || len(folder.Problems) > mostProblems+1 {
			t.Errorf("%d bytes in %d files, %d problems", size, len(folder.Files), len(folder.Problems))
		}
		if _, err := Write(folder.Files, time.Time{}, goOn); err != nil {
			t.Errorf("what was read is not written: %v", err)
		}
	})
}
