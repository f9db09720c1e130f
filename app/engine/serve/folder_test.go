package serve

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/lessons/content"
)

func TestFolderGoesThroughAZip(t *testing.T) {
	client := engine.NewClient(InProcess(Default()), engine.Options{})
	defer client.Stop()
	in := engine.FolderPackInput{Files: []engine.FolderFile{{Name: "zh/m1.md", Data: []byte("第一课")}, {Name: "course.md", Data: []byte("---")}}}
	var packed engine.FolderPackOutput
	if err := client.Call(t.Context(), engine.OpFolderPack, in, &packed); err != nil {
		t.Fatal(err)
	}
	var folder engine.Folder
	if err := client.Call(t.Context(), engine.OpFolderOpen, engine.FolderOpenInput{Data: packed.Data}, &folder); err != nil {
		t.Fatal(err)
	}
	if len(folder.Files) != 2 || folder.Files[1].Name != "zh/m1.md" || string(folder.Files[1].Data) != "第一课" {
		t.Errorf("%+v", folder)
	}
	var known *engine.Error
	err := client.Call(t.Context(), engine.OpFolderOpen, engine.FolderOpenInput{Data: []byte("no zip")}, &folder)
	if !errors.As(err, &known) || known.Code != engine.BadInput || !strings.Contains(known.Message, "zip") {
		t.Errorf("no zip: %v", err)
	}
	err = client.Call(t.Context(), engine.OpFolderPack, engine.FolderPackInput{Files: []engine.FolderFile{{Name: "../a"}}}, nil)
	if !errors.As(err, &known) || known.Code != engine.BadInput {
		t.Errorf("a name that leads out: %v", err)
	}
}

func TestFolderDataIsChecked(t *testing.T) {
	client := engine.NewClient(InProcess(Default()), engine.Options{})
	defer client.Stop()
	files := map[string]string{"data/other.json": "{"}
	for _, name := range []string{"data/models.json", "data/gpus.json", "data/measurements.json"} {
		text, err := fs.ReadFile(content.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(text)
	}
	tables := []engine.FolderTable{
		{File: "zh/m1.md", Line: 7, IDs: []string{"gpt-4", "no-such-model"}, Columns: []string{"release"}},
		{File: "zh/m1.md", Line: 3},
	}
	var out engine.FolderDataOutput
	if err := client.Call(t.Context(), engine.OpFolderData, engine.FolderDataInput{Files: files, Tables: tables}, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Faults) != 2 || out.Faults[1].Line != 3 || out.Faults[0].Line != 7 || !strings.Contains(out.Faults[0].Message, "no-such-model") {
		t.Errorf("%+v", out.Faults)
	}
	in := engine.FolderDataInput{
		Unread:    []string{"data/models.json"},
		Tables:    []engine.FolderTable{{File: "zh/m1.md", Line: 7, IDs: []string{"gpt-4"}}},
		Names:     []engine.FolderNames{{File: "zh/m1.md", Line: 8, Subject: "x", Catalogue: "data/models.json", IDs: []string{"no-such-model"}}},
		Questions: []engine.FolderQuestion{{File: "zh/m1.md", Line: 9, ID: "q", Function: "no-such-function"}},
		Colours:   []engine.FolderColour{{File: "course.md", Line: 2, Key: "accent_dark", Colour: "#000000"}},
	}
	out = engine.FolderDataOutput{}
	if err := client.Call(t.Context(), engine.OpFolderData, in, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Faults) != 2 || out.Faults[0].File != "course.md" || out.Faults[1].Line != 9 {
		t.Errorf("with unread data: %+v", out.Faults)
	}
	files["data/gpus.json"] = strings.Replace(files["data/gpus.json"], "{", "{,", 1)
	out = engine.FolderDataOutput{}
	if err := client.Call(t.Context(), engine.OpFolderData, engine.FolderDataInput{Files: files}, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Faults) != 1 || out.Faults[0].File != "data/gpus.json" || out.Faults[0].Line < 1 {
		t.Errorf("%+v", out.Faults)
	}
}
