package serve

import (
	"errors"
	"fmt"
	"sync"

	"courselab/app/engine"
	"courselab/sim"
	"courselab/sim/pricefile"
)

const (
	modelsFile = "data/models.json"
	gpusFile   = "data/gpus.json"
	// maxDataFiles bounds how many versions of files are kept: a course has few,
	// and an author's edits come one by one.
	maxDataFiles = 16
)

// courseData keeps the files of the course that requests brought, by path and
// mark, and what was read from them.
type courseData struct {
	mu    sync.Mutex
	known map[string]*courseFile // by path and mark
	order []string               // of known, oldest first
}

// courseFile is one version of a file. Its text never changes.
type courseFile struct {
	text string

	once   sync.Once
	models *sim.Catalogue
	gpus   []sim.GPU
	err    error
}

// courseFiles implements sheet.Files.
type courseFiles map[string]*courseFile // by path

// files returns the files that a request means; NeedsData where it must send
// their texts.
func (d *courseData) files(given map[string]engine.DataFile) (courseFiles, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := courseFiles{}
	for path, file := range given {
		key := path + "\x00" + file.Mark
		f := d.known[key]
		if f == nil {
			if file.Text == "" {
				return nil, &engine.Error{Code: engine.NeedsData, Op: engine.OpLab, Field: "data", Message: "计算程序还没有课程数据 " + path}
			}
			f = &courseFile{text: file.Text}
			d.keep(key, f)
		}
		out[path] = f
	}
	return out, nil
}

func (d *courseData) keep(key string, f *courseFile) {
	if d.known == nil {
		d.known = map[string]*courseFile{}
	}
	if len(d.order) >= maxDataFiles {
		delete(d.known, d.order[0])
		d.order = d.order[1:]
	}
	d.known[key] = f
	d.order = append(d.order, key)
}

// Models implements sheet.Files.
func (c courseFiles) Models() (*sim.Catalogue, error) {
	f, err := c.file(modelsFile)
	if err != nil {
		return nil, err
	}
	f.once.Do(func() { f.models, f.err = sim.ParseCatalogue([]byte(f.text)) })
	if f.err != nil {
		return nil, dataProblem(modelsFile, f.err)
	}
	own, ok := c[engine.PricesFile]
	if !ok {
		return f.models, nil
	}
	models, err := pricefile.Kept(own.text, f.models)
	if err != nil {
		return nil, errors.New("导入的价格不能用，请在“导入价格文件”里恢复课程的价格")
	}
	return models, nil
}

// GPUs implements sheet.Files.
func (c courseFiles) GPUs() ([]sim.GPU, error) {
	f, err := c.file(gpusFile)
	if err != nil {
		return nil, err
	}
	f.once.Do(func() { f.gpus, f.err = sim.ParseGPUs([]byte(f.text)) })
	return f.gpus, dataProblem(gpusFile, f.err)
}

// Text implements sheet.Files.
func (c courseFiles) Text(path string) (string, bool) {
	f, ok := c[path]
	if !ok {
		return "", false
	}
	return f.text, true
}

func (c courseFiles) file(path string) (*courseFile, error) {
	f, ok := c[path]
	if !ok {
		return nil, errors.New("课程里没有数据文件 " + path)
	}
	return f, nil
}

func dataProblem(path string, err error) error {
	if err == nil {
		return nil
	}
	line, problem := CatalogueProblem(err)
	return fmt.Errorf("课程数据 %s 第 %d 行：%s", path, line, problem)
}
