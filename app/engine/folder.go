package engine

import (
	"fmt"
	"strings"
)

// Operations on the folder of a course, as its author opens and takes it away.
const (
	// OpFolderOpen: FolderOpenInput → Folder: the files of a zip.
	OpFolderOpen = "folder.open"
	// OpFolderPack: FolderPackInput → FolderPackOutput: a zip of files.
	OpFolderPack = "folder.pack"
	// OpFolderData: FolderDataInput → FolderDataOutput: what is wrong with a course
	// beyond its texts.
	OpFolderData = "folder.data"
)

// Limits of a course's folder, whether it comes as files or as a zip.
const (
	MaxFolderFiles = 2000
	MaxFolderFile  = 8 << 20  // bytes of one file; a larger one is left out, and named
	MaxFolderBytes = 24 << 20 // bytes of all files, and of a zip
)

// FolderFile is one file: its path in the folder, with slashes, and its bytes.
type FolderFile struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// Folder is what was read. Name is that of the one folder that everything lay
// in, "" where there was none; it is left out of the files' names. Problems name,
// in Chinese, what was left out and why.
type Folder struct {
	Name     string       `json:"name,omitempty"`
	Files    []FolderFile `json:"files"`
	Problems []string     `json:"problems,omitempty"`
}

// FolderOpenInput is a zip.
type FolderOpenInput struct {
	Data []byte `json:"data"`
}

// FolderPackInput asks for a zip of files.
type FolderPackInput struct {
	Files []FolderFile `json:"files"`
}

// FolderPackOutput is the zip.
type FolderPackOutput struct {
	Data []byte `json:"data"`
}

// FolderDataFiles lists the files of a course that OpFolderData reads, by path.
func FolderDataFiles() []string {
	return []string{"data/models.json", "data/gpus.json", "data/measurements.json",
		"data/terms.json", "data/scaling.json", "data/rag-questions.json"}
}

// FolderDataInput asks what is wrong with data files, and with what the course
// names of them or has the engine compute.
type FolderDataInput struct {
	// Files are the texts by path. Unread are those that are there, but could not
	// be read, which has been said. Other files than FolderDataFiles are passed over.
	Files     map[string]string `json:"files"`
	Unread    []string          `json:"unread,omitempty"`
	Tables    []FolderTable     `json:"tables,omitempty"`
	Names     []FolderNames     `json:"names,omitempty"`
	Questions []FolderQuestion  `json:"questions,omitempty"`
	Colours   []FolderColour    `json:"colours,omitempty"`
	// Lessons are the ids of the lessons in the course's language that could be
	// parsed, and Sections their sections' texts by "lesson#section".
	Lessons  []string          `json:"lessons,omitempty"`
	Sections map[string]string `json:"sections,omitempty"`
}

// FolderTable is a table of models that a lesson places.
type FolderTable struct {
	File    string   `json:"file"`
	Line    int      `json:"line"`
	IDs     []string `json:"ids"`
	Columns []string `json:"columns"`
}

// FolderNames are ids that a lesson gives a lab. Subject says to which parameter,
// in Chinese; Catalogue is the file that should have them.
type FolderNames struct {
	File      string   `json:"file"`
	Line      int      `json:"line"`
	Subject   string   `json:"subject"`
	Catalogue string   `json:"catalogue"`
	IDs       []string `json:"ids"`
}

// FolderQuestion is a computed question.
type FolderQuestion struct {
	File     string            `json:"file"`
	Line     int               `json:"line"`
	ID       string            `json:"id"`
	Function string            `json:"function"`
	Ranges   map[string]string `json:"ranges"`
	Unit     string            `json:"unit"`
}

// FolderColour is a colour "#rrggbb" that the course file sets by a key.
type FolderColour struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Key    string `json:"key"` // "accent" or "accent_dark"
	Colour string `json:"colour"`
}

// FolderDataOutput is what is wrong.
type FolderDataOutput struct {
	Faults []FolderFault `json:"faults"`
}

// FolderFault is one thing wrong, at a line counted from 1.
type FolderFault struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// Hidden reports whether a file is none of a course's: one of version control,
// or one that an operating system leaves behind.
func Hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") && strings.Trim(part, ".") != "" ||
			part == "__MACOSX" || strings.EqualFold(part, "Thumbs.db") || strings.EqualFold(part, "desktop.ini") {
			return true
		}
	}
	return false
}

// TooLarge says that a file of so many bytes is more than a course's folder takes.
func TooLarge(size uint64) string {
	return fmt.Sprintf("%d MB，一个文件最多 %d MB；图片请先缩小", (size+1<<20-1)>>20, MaxFolderFile>>20)
}
