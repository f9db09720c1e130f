package progress

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Format is the "format" of an exported file.
const Format = "courselab-progress"

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 16 << 20

// File is all progress of one learner in one course, as it is exported.
type File struct {
	Format   string             `json:"format"`
	Version  int                `json:"version"`
	Course   string             `json:"course"`
	Exported time.Time          `json:"exported"`
	Name     string             `json:"name"`
	Named    time.Time          `json:"named,omitzero"` // when the name was set
	Lessons  map[string]Lesson  `json:"lessons"`
	Reading  map[string]Reading `json:"reading,omitempty"`
	// Labs is what was last set in each lab; files of earlier versions have none.
	Labs map[string]LabRecord `json:"labs,omitempty"`
	// Exams are the exams taken, by ID; files of earlier versions have none.
	Exams map[string]Exam `json:"exams,omitempty"`
}

// Refusal says why a file cannot be imported. Message is Chinese, for the
// learner.
type Refusal struct {
	Message string
	Err     error // what was found; may be nil
}

func (r *Refusal) Error() string {
	if r.Err == nil {
		return "read progress file: " + r.Message
	}
	return "read progress file: " + r.Message + ": " + r.Err.Error()
}

func (r *Refusal) Unwrap() error { return r.Err }

// ParseFile reads and validates an exported file of the named course. Its error
// is a *Refusal.
func ParseFile(data []byte, course string) (File, error) {
	refuse := func(err error, message string) (File, error) {
		return File{}, &Refusal{Message: message, Err: err}
	}
	if len(data) > MaxFile {
		return refuse(nil, "文件太大，不是本课程的进度文件。")
	}
	// Text editors put a mark in front of what they save.
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	switch {
	case len(data) == 0:
		return refuse(nil, "文件是空的。")
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return refuse(nil, "文件被另存为 UTF-16 编码，请改用 UTF-8，或使用原来导出的文件。")
	case !utf8.Valid(data):
		return refuse(nil, "文件不是 UTF-8 文本，可能选错了文件。")
	}
	// The head is judged first: another version may have other types below.
	var head struct {
		Format  string
		Version int
		Course  string
	}
	if err := decodeOne(data, &head); err != nil {
		var wrongType *json.UnmarshalTypeError
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			return refuse(err, "文件不完整，可能没有下载完或被截断。")
		case errors.As(err, &wrongType):
			return refuse(err, "不是本课程导出的进度文件。")
		}
		return refuse(err, "文件不是有效的 JSON，可能被改动过或选错了文件。")
	}
	switch {
	case head.Format != Format:
		return refuse(nil, "不是本课程导出的进度文件。")
	case head.Version > Version:
		return refuse(nil, fmt.Sprintf("文件由更新版本的课程导出（版本 %d），请先刷新页面更新课程，再导入。", head.Version))
	case head.Version < 1:
		return refuse(nil, "文件的版本号不对，可能被改动过。")
	case head.Course != course:
		return refuse(nil, fmt.Sprintf("文件属于另一门课程（%.60s），不能导入到这里。", head.Course))
	}
	var f File
	if err := decodeOne(data, &f); err != nil {
		return refuse(err, "文件内容有误，可能被改动过："+err.Error())
	}
	if err := f.validate(); err != nil {
		return refuse(err, "文件内容有误，可能被改动过："+err.Error())
	}
	return f.normalise(), nil
}

// decodeOne decodes exactly one JSON value.
func decodeOne(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("decode: more text behind the value")
	}
	return nil
}

func (f File) validate() error {
	if err := (Profile{Name: f.Name, At: f.Named}).validate(); err != nil {
		return err
	}
	if len(f.Lessons) > maxPieces || len(f.Reading) > maxPieces || len(f.Labs) > maxPieces || len(f.Exams) > maxPieces {
		return errors.New("check lessons: too many")
	}
	for id, e := range f.Exams {
		if err := e.validate(); err != nil {
			return fmt.Errorf("check exam %.40q: %w", id, err)
		}
		if id != e.ID() {
			return fmt.Errorf("check exam %.40q: it is %q", id, e.ID())
		}
	}
	for name, r := range f.Labs {
		if err := errors.Join(validID(name), r.validate()); err != nil {
			return fmt.Errorf("check lab %q: %w", name, err)
		}
	}
	for id, l := range f.Lessons {
		if err := validID(id); err != nil {
			return err
		}
		if len(l.Questions) > maxPieces {
			return fmt.Errorf("check lesson %q: too many questions", id)
		}
		if !l.Completed.IsZero() {
			if err := validTime(l.Completed); err != nil {
				return fmt.Errorf("check lesson %q: %w", id, err)
			}
		}
		for question, q := range l.Questions {
			if err := errors.Join(validID(question), q.validate()); err != nil {
				return fmt.Errorf("check lesson %q, question %q: %w", id, question, err)
			}
		}
	}
	for id, r := range f.Reading {
		if err := errors.Join(validID(id), r.validate()); err != nil {
			return fmt.Errorf("check reading position in %q: %w", id, err)
		}
	}
	return nil
}

// normalise sorts attempts and removes duplicates.
func (f File) normalise() File {
	for id, l := range f.Lessons {
		f.Lessons[id] = MergeLessons(l, Lesson{})
	}
	return f
}

// Encode writes the file as indented JSON, so that a person can read it.
func (f File) Encode() ([]byte, error) {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode progress file: %w", err)
	}
	return append(b, '\n'), nil
}

// FileName is what the exported file is called: course, name, day.
func (f File) FileName() string {
	parts := []string{"进度", fileWord(f.Course)}
	if name := fileWord(f.Name); name != "" {
		parts = append(parts, name)
	}
	return strings.Join(append(parts, f.Exported.Format("20060102-1504")), "-") + ".json"
}

// fileWord keeps what every file system takes, at most 40 characters of it.
func fileWord(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == 40 {
			break
		}
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '_', r == '-':
		default:
			r = '_'
		}
		b.WriteRune(r)
		n++
	}
	return strings.Trim(b.String(), "_-")
}

// cleanName makes what a learner typed a valid name.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, name)
	runes := []rune(strings.TrimSpace(name))
	return strings.TrimSpace(string(runes[:min(len(runes), maxName)]))
}
