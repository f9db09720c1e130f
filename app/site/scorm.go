package site

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"courselab/app/content"
	"courselab/app/progress/scorm"
)

// Scorm returns the files of a package for a learning platform: the site, without
// what concerns offline copies, and imsmanifest.xml, in which each module is a
// sharable content object of its own (see app/progress/scorm for why).
func Scorm(ctx context.Context, in Input, version scorm.Version) (Files, error) {
	in.Base, in.Origin, in.scorm = "", "", version
	files, err := in.files()
	if err != nil {
		return nil, err
	}
	if err := addScript(files, in, "scorm.js"); err != nil {
		return nil, err
	}
	id := files.version("scorm " + string(version))
	if err := addPages(ctx, files, in, id); err != nil {
		return nil, err
	}
	// The page for unknown addresses is the platform's own.
	delete(files, "404.html")
	if files[manifestFile], err = scormManifest(in, files, version, id); err != nil {
		return nil, err
	}
	return files, nil
}

const manifestFile = "imsmanifest.xml"

// imsManifest is a content package's manifest. Names with a prefix are written as
// they stand; the prefixes are bound at the root.
type imsManifest struct {
	XMLName       xml.Name         `xml:"manifest"`
	Identifier    string           `xml:"identifier,attr"`
	Version       string           `xml:"version,attr"`
	Namespaces    []xml.Attr       `xml:",any,attr"`
	Schema        string           `xml:"metadata>schema"`
	SchemaVersion string           `xml:"metadata>schemaversion"`
	Organizations imsOrganizations `xml:"organizations"`
	Resources     []imsResource    `xml:"resources>resource"`
}

type imsOrganizations struct {
	Default      string          `xml:"default,attr"`
	Organization imsOrganization `xml:"organization"`
}

type imsOrganization struct {
	Identifier string         `xml:"identifier,attr"`
	Title      string         `xml:"title"`
	Items      []imsItem      `xml:"item"`
	Sequencing *imsSequencing `xml:"imsss:sequencing"`
}

type imsItem struct {
	Identifier string         `xml:"identifier,attr"`
	Ref        string         `xml:"identifierref,attr"`
	Visible    bool           `xml:"isvisible,attr"`
	Parameters string         `xml:"parameters,attr"`
	Title      string         `xml:"title"`
	Sequencing *imsSequencing `xml:"imsss:sequencing"`
}

// imsSequencing lets the learner choose any module, and leaves status and score to
// the module itself.
type imsSequencing struct {
	Control  *imsControl  `xml:"imsss:controlMode"`
	Delivery *imsDelivery `xml:"imsss:deliveryControls"`
}

type imsControl struct {
	Choice bool `xml:"choice,attr"`
	Flow   bool `xml:"flow,attr"`
}

type imsDelivery struct {
	Completion bool `xml:"completionSetByContent,attr"`
	Objective  bool `xml:"objectiveSetByContent,attr"`
}

type imsResource struct {
	Identifier   string          `xml:"identifier,attr"`
	Type         string          `xml:"type,attr"`
	Kind12       string          `xml:"adlcp:scormtype,attr,omitempty"`
	Kind2004     string          `xml:"adlcp:scormType,attr,omitempty"`
	Href         string          `xml:"href,attr,omitempty"`
	Files        []imsFile       `xml:"file"`
	Dependencies []imsDependency `xml:"dependency"`
}

type imsFile struct {
	Href string `xml:"href,attr"`
}

type imsDependency struct {
	Ref string `xml:"identifierref,attr"`
}

// sharedResource holds what all modules need.
const sharedResource = "shared"

func scormManifest(in Input, files Files, version scorm.Version, id string) ([]byte, error) {
	library, err := content.Load(content.FromFS(in.Course), in.Registry)
	if err != nil {
		return nil, fmt.Errorf("read course: %w", err)
	}
	course := library.Course()
	m := imsManifest{
		Identifier: identifier("course-" + course.ID), Version: "1.0",
		Namespaces: namespaces(version), Schema: "ADL SCORM", SchemaVersion: "1.2",
	}
	m.Organizations.Default = "organization"
	organization := &m.Organizations.Organization
	organization.Identifier, organization.Title = "organization", course.Title
	if version == scorm.V2004 {
		m.SchemaVersion = "2004 3rd Edition"
		organization.Sequencing = &imsSequencing{Control: &imsControl{Choice: true, Flow: true}}
	}
	resource := func(identifier, kind string) imsResource {
		r := imsResource{Identifier: identifier, Type: "webcontent"}
		if version == scorm.V2004 {
			r.Kind2004 = kind
		} else {
			r.Kind12 = kind
		}
		return r
	}
	launched := map[string]bool{}
	for i, module := range course.Modules {
		title := module
		if lesson := library.Head(module); lesson != nil {
			title = lesson.Title
		}
		page := "lessons/" + module + "/index.html"
		launched[page] = true
		sco := identifier("sco-" + strconv.Itoa(i+1) + "-" + module)
		item := imsItem{Identifier: identifier("item-" + strconv.Itoa(i+1) + "-" + module), Ref: sco, Visible: true,
			Parameters: "?sco=" + url.QueryEscape(module), Title: title}
		if version == scorm.V2004 {
			item.Sequencing = &imsSequencing{Delivery: &imsDelivery{Completion: true, Objective: true}}
		}
		organization.Items = append(organization.Items, item)
		r := resource(sco, "sco")
		r.Href = address(page)
		r.Files = []imsFile{{Href: r.Href}}
		r.Dependencies = []imsDependency{{Ref: sharedResource}}
		m.Resources = append(m.Resources, r)
	}
	shared := resource(sharedResource, "asset")
	for _, name := range files.names() {
		if !launched[name] {
			shared.Files = append(shared.Files, imsFile{Href: address(name)})
		}
	}
	m.Resources = append(m.Resources, shared)
	text, err := xml.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", manifestFile, err)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	b.Write(text)
	fmt.Fprintf(&b, "\n<!-- build %s -->\n", id)
	return b.Bytes(), nil
}

func namespaces(version scorm.Version) []xml.Attr {
	attr := func(name, value string) xml.Attr { return xml.Attr{Name: xml.Name{Local: name}, Value: value} }
	if version == scorm.V2004 {
		return []xml.Attr{
			attr("xmlns", "http://www.imsglobal.org/xsd/imscp_v1p1"),
			attr("xmlns:adlcp", "http://www.adlnet.org/xsd/adlcp_v1p3"),
			attr("xmlns:imsss", "http://www.imsglobal.org/xsd/imsss"),
		}
	}
	return []xml.Attr{
		attr("xmlns", "http://www.imsproject.org/xsd/imscp_rootv1p1p2"),
		attr("xmlns:adlcp", "http://www.adlnet.org/xsd/adlcp_rootv1p2"),
	}
}

// identifier makes an XML name of ASCII letters, digits, '.', '-' and '_'; text
// begins with a letter.
func identifier(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '_'
	}, text)
}

// address escapes the path of a file.
func address(name string) string { return (&url.URL{Path: name}).EscapedPath() }
