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
	// OpFolderData: FolderDataInput → FolderDataOutput: what is wrong with data
	// files, and with tables that are made of them.
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

// FolderDataInput asks what is wrong with data files, by their path
// ("data/models.json"), and with tables of models. Files that the engine does not
// read are passed over.
type FolderDataInput struct {
	Files  map[string]string `json:"files"`
	Tables []FolderTable     `json:"tables,omitempty"`
}

// FolderTable is a table of models that a lesson places.
type FolderTable struct {
	File    string   `json:"file"`
	Line    int      `json:"line"`
	IDs     []string `json:"ids"`
	Columns []string `json:"columns"`
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
