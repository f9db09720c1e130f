package site

import (
	"bytes"
	"maps"
	"testing"
)

func TestZip(t *testing.T) {
	files := Files{"index.html": []byte("map"), "content/zh/图.png": {1, 2, 3}, "assets/app.wasm": bytes.Repeat([]byte("wasm"), 1000), "empty": {}}
	archive, err := files.Zip()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := files.Zip(); err != nil || !bytes.Equal(archive, again) {
		t.Errorf("two archives of the same files differ (%v)", err)
	}
	back, err := Unzip(archive)
	if err != nil || !maps.EqualFunc(back, files, bytes.Equal) {
		t.Errorf("got %v, %v", back, err)
	}
	if _, err := Unzip(archive[:len(archive)/2]); err == nil {
		t.Error("half an archive is read")
	}
}
