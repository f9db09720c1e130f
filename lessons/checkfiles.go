package lessons

import (
	"io/fs"
	"path"
	"strings"
)

// MaxFile is the greatest size of any other file of a course in bytes: a
// learner's phone keeps all of them.
const MaxFile = 4 << 20

// checkFiles reports files that no learner would get: too large, or links that
// lead nowhere or to a folder. Hidden files and folders are left out, as they
// are when a site is built.
func (c *checker) checkFiles() {
	_ = fs.WalkDir(c.course, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			c.fault(name, 1, "读不了："+err.Error())
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case name != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		}
		info, err := fs.Stat(c.course, name) // of what a link leads to
		switch link := d.Type()&fs.ModeSymlink != 0; {
		case err != nil && link:
			c.fault(name, 1, "这个符号链接指向的文件不存在：换成文件本身")
		case err != nil:
			c.fault(name, 1, "读不了："+err.Error())
		case info.IsDir():
			c.fault(name, 1, "这个符号链接指向文件夹，发布时带不上：换成文件夹本身")
		case !info.Mode().IsRegular():
			c.fault(name, 1, "这不是普通文件，发布不了")
		case path.Ext(name) != ".md" && info.Size() > MaxFile:
			c.fault(name, 1, TooLarge(info.Size(), MaxFile)+"：手机上要等很久，图片请缩小或换成 SVG")
		}
		return nil
	})
}
