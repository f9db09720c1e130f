package lessons

import (
	"io/fs"
	"strings"
)

// Folder is a course folder as a check reads it. The interface is this small so
// that a program which holds the files in memory needs no file system for it.
type Folder interface {
	// List returns what is in the folder, sorted by path, without hidden files.
	// Folders need not be listed unless they are empty.
	List() []File
	// Read returns the content of a file that List names.
	Read(name string) ([]byte, error)
}

// File is an entry of a course folder.
type File struct {
	Name   string // its path, with slashes
	Size   int64  // bytes
	Folder bool   // it is a folder
	// Problem says in Chinese why a learner cannot get the file, "" where it is
	// an ordinary one.
	Problem string
}

// FolderOf reads a folder of a file system. Hidden files and folders are left
// out, as they are when a site is built.
func FolderOf(tree fs.FS) Folder { return treeFolder{tree} }

type treeFolder struct{ tree fs.FS }

func (t treeFolder) Read(name string) ([]byte, error) { return fs.ReadFile(t.tree, name) }

func (t treeFolder) List() []File {
	var all []File
	_ = fs.WalkDir(t.tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			all = append(all, File{Name: name, Problem: "读不了：" + err.Error()})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case name == ".":
			return nil
		case strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			all = append(all, File{Name: name, Folder: true})
			return nil
		}
		f := File{Name: name}
		info, err := fs.Stat(t.tree, name) // of what a link leads to
		switch link := d.Type()&fs.ModeSymlink != 0; {
		case err != nil && link:
			f.Problem = "这个符号链接指向的文件不存在：换成文件本身"
		case err != nil:
			f.Problem = "读不了：" + err.Error()
		case info.IsDir():
			f.Problem = "这个符号链接指向文件夹，发布时带不上：换成文件夹本身"
		case !info.Mode().IsRegular():
			f.Problem = "这不是普通文件，发布不了"
		default:
			f.Size = info.Size()
		}
		all = append(all, f)
		return nil
	})
	return all
}
