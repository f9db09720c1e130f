package site

import (
	"bytes"
	"encoding/xml"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"courselab/app/progress/scorm"
	"courselab/app/registry"
	"courselab/lessons/content"
)

// element is any element of a manifest.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) all(name string) []element {
	var found []element
	for _, c := range e.Children {
		if c.XMLName.Local == name {
			found = append(found, c)
		}
	}
	return found
}

// order lists the children's names, each run of equal ones once.
func (e element) order() string {
	var names []string
	for _, c := range e.Children {
		if len(names) == 0 || names[len(names)-1] != c.XMLName.Local {
			names = append(names, c.XMLName.Local)
		}
	}
	return strings.Join(names, " ")
}

// TestScormManifest holds the manifest against what the schemas of the content
// package ask for: namespaces, the order of elements, names that are XML names and
// unique, references that lead somewhere, and every file listed once.
func TestScormManifest(t *testing.T) {
	files := Files{"index.html": nil, "assets/app.wasm": nil, "content/zh/图 1.png": nil}
	for _, id := range []string{"m1", "m2", "m3", "m4", "m5", "m6"} {
		files["lessons/"+id+"/index.html"] = nil
	}
	for version, want := range map[scorm.Version]struct{ schema, namespace, adlcp, kind, organization, item string }{
		scorm.V12: {"1.2", "http://www.imsproject.org/xsd/imscp_rootv1p1p2", "http://www.adlnet.org/xsd/adlcp_rootv1p2", "scormtype",
			"title item", "title"},
		scorm.V2004: {"2004 3rd Edition", "http://www.imsglobal.org/xsd/imscp_v1p1", "http://www.adlnet.org/xsd/adlcp_v1p3", "scormType",
			"title item sequencing", "title sequencing"},
	} {
		text, err := scormManifest(Input{Course: content.FS, Registry: registry.Lessons()}, files, version, "v")
		if err != nil {
			t.Fatal(err)
		}
		var m element
		if err := xml.Unmarshal(text, &m); err != nil {
			t.Fatalf("%s: %v\n%s", version, err, text)
		}
		if m.XMLName.Local != "manifest" || m.XMLName.Space != want.namespace || m.order() != "metadata organizations resources" {
			t.Fatalf("%s: root %v with %s", version, m.XMLName, m.order())
		}
		metadata := m.all("metadata")[0]
		if metadata.order() != "schema schemaversion" || metadata.Children[0].Text != "ADL SCORM" || metadata.Children[1].Text != want.schema {
			t.Errorf("%s: metadata %+v", version, metadata)
		}

		unique := map[string]bool{}
		name := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9._-]*$`)
		var walk func(e element)
		walk = func(e element) {
			if id := e.attr("identifier"); id != "" {
				if !name.MatchString(id) || unique[id] {
					t.Errorf("%s: identifier %q of %s: no XML name, or used twice", version, id, e.XMLName.Local)
				}
				unique[id] = true
			}
			for _, c := range e.Children {
				walk(c)
			}
		}
		walk(m)

		organizations := m.all("organizations")[0]
		organization := organizations.all("organization")[0]
		if organizations.attr("default") != organization.attr("identifier") || organization.order() != want.organization {
			t.Errorf("%s: default %q, organization %q with %s", version, organizations.attr("default"), organization.attr("identifier"), organization.order())
		}
		resources := map[string]element{}
		listed := map[string]int{}
		for _, r := range m.all("resources")[0].all("resource") {
			resources[r.attr("identifier")] = r
			kind := ""
			for _, a := range r.Attrs {
				if a.Name.Space == want.adlcp && a.Name.Local == want.kind {
					kind = a.Value
				}
			}
			if r.attr("type") != "webcontent" || kind != "sco" && kind != "asset" || (kind == "sco") != (r.attr("href") != "") {
				t.Errorf("%s: resource %+v", version, r.Attrs)
			}
			for _, f := range r.all("file") {
				path, err := url.PathUnescape(f.attr("href"))
				if err != nil {
					t.Errorf("%s: file %q: %v", version, f.attr("href"), err)
				}
				listed[path]++
			}
			for _, d := range r.all("dependency") {
				if !unique[d.attr("identifierref")] {
					t.Errorf("%s: depends on %q, which is not there", version, d.attr("identifierref"))
				}
			}
		}
		for path := range files {
			if listed[path] != 1 {
				t.Errorf("%s: %s is listed %d times", version, path, listed[path])
			}
		}
		if len(listed) != len(files) {
			t.Errorf("%s: %d files listed, there are %d", version, len(listed), len(files))
		}
		items := organization.all("item")
		if len(items) != 6 {
			t.Errorf("%s: %d items, want one a module", version, len(items))
		}
		for i, item := range items {
			r, ok := resources[item.attr("identifierref")]
			if !ok || item.order() != want.item || item.all("title")[0].Text == "" {
				t.Errorf("%s: item %+v", version, item)
			}
			module := string(rune('1' + i))
			if r.attr("href") != "lessons/m"+module+"/index.html" || item.attr("parameters") != "?sco=m"+module {
				t.Errorf("%s: item %d opens %s%s", version, i+1, r.attr("href"), item.attr("parameters"))
			}
		}
	}
}

// TestScormPage finds the platform before it boots, and keeps no offline copy.
func TestScormPage(t *testing.T) {
	plain, err := page{Path: "lessons/m3"}.render("", "")
	if err != nil {
		t.Fatal(err)
	}
	packaged, err := page{Path: "lessons/m3", Scorm: "1.2"}.render("", "")
	if err != nil {
		t.Fatal(err)
	}
	finds := bytes.Index(packaged, []byte(`<script src="../../assets/scorm.js"></script>`))
	boots := bytes.Index(packaged, []byte(`<script src="../../assets/boot.js"></script>`))
	if finds < 0 || boots < finds || !bytes.Contains(packaged, []byte(`data-scorm="1.2"`)) || bytes.Contains(packaged, []byte("webmanifest")) {
		t.Errorf("in a package:\n%s", packaged)
	}
	if bytes.Contains(plain, []byte("scorm")) || !bytes.Contains(plain, []byte("webmanifest")) {
		t.Errorf("elsewhere:\n%s", plain)
	}
}
