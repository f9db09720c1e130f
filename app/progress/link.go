package progress

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A link to progress is a fragment of the settings page's address, which browsers
// send to no host:
//
//	#progress=VERSION.DATA
//
// DATA is base64url without padding of a CRC-32 (big-endian, of what follows) and
// the DEFLATE of the file's JSON.
const (
	linkMark    = "progress="
	linkVersion = 1
	// MaxLink bounds the fragment, written or read, in bytes.
	MaxLink = 64 << 10
	// maxLinked bounds what a link may unpack to, in bytes.
	maxLinked = 4 << 20
)

// ErrLinkTooLong is wrapped by Link where the file does not fit.
var ErrLinkTooLong = errors.New("too long for a link")

// Link returns the fragment that carries the file, without the '#'. Its error
// wraps ErrLinkTooLong.
func (f File) Link() (string, error) {
	text, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("write link: %w", err)
	}
	var b bytes.Buffer
	b.Write(make([]byte, 4))
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", fmt.Errorf("write link: %w", err)
	}
	data := b.Bytes()
	binary.BigEndian.PutUint32(data, crc32.ChecksumIEEE(data[4:]))
	link := linkMark + strconv.Itoa(linkVersion) + "." + base64.RawURLEncoding.EncodeToString(data)
	if len(link) > MaxLink || len(text) > maxLinked {
		return "", fmt.Errorf("write link of %d bytes: %w", len(link), ErrLinkTooLong)
	}
	return link, nil
}

// ParseLink reads the file that a fragment carries. present is false where it is
// none of a link to progress. The error is a *Refusal.
func ParseLink(fragment, course string) (f File, present bool, err error) {
	rest, is := strings.CutPrefix(strings.TrimPrefix(fragment, "#"), linkMark)
	if !is {
		return File{}, false, nil
	}
	refuse := func(err error, message string) (File, bool, error) {
		return File{}, true, &Refusal{Message: message, Err: err}
	}
	const broken = "链接不完整或被改动过，读不出进度：请重新复制，或改用进度文件。"
	version, packed, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(version)
	switch {
	case len(fragment) > MaxLink:
		return refuse(nil, "链接太长，不是本课程的进度链接。")
	case err != nil || n < 1:
		return refuse(err, broken)
	case n > linkVersion:
		return refuse(nil, "链接由更新版本的课程生成，请先刷新页面更新课程，再打开链接。")
	}
	data, err := base64.RawURLEncoding.DecodeString(packed)
	if err != nil || len(data) < 4 {
		return refuse(err, broken)
	}
	if crc32.ChecksumIEEE(data[4:]) != binary.BigEndian.Uint32(data) {
		return refuse(errors.New("checksum"), broken)
	}
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data[4:])), maxLinked+1))
	if err != nil || len(text) > maxLinked {
		return refuse(err, broken)
	}
	f, err = ParseFile(text, course)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refuse(refusal.Err, strings.ReplaceAll(refusal.Message, "文件", "链接里的进度"))
	}
	return f, true, err
}

// Only returns the file with one lesson's answers and reading position, without
// labs' settings and exams.
func (f File) Only(lesson string) File {
	part := f
	part.Lessons, part.Reading, part.Labs, part.Exams = map[string]Lesson{}, map[string]Reading{}, nil, nil
	if l, ok := f.Lessons[lesson]; ok {
		part.Lessons[lesson] = l
	}
	if r, ok := f.Reading[lesson]; ok {
		part.Reading[lesson] = r
	}
	return part
}

// Brief returns the file with what counts of each question and no more: of each
// fingerprint the first attempt, the first right one and the last. dropped says
// how many attempts it leaves out.
func (f File) Brief() (brief File, dropped int) {
	brief = f
	brief.Lessons = map[string]Lesson{}
	for id, l := range f.Lessons {
		short := Lesson{Completed: l.Completed, Questions: map[string]Question{}}
		for q, record := range l.Questions {
			kept := essential(record.Attempts, 0)
			dropped += len(record.Attempts) - len(kept)
			short.Questions[q] = Question{Attempts: kept}
		}
		brief.Lessons[id] = short
	}
	return brief, dropped
}

// Known lists the lessons that the file has answers or a reading position of,
// sorted.
func (f File) Known() []string {
	ids := slices.AppendSeq(slices.Collect(maps.Keys(f.Lessons)), maps.Keys(f.Reading))
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// Answers counts the questions answered in the file, and the attempts at them.
func (f File) Answers() (questions, attempts int) {
	for _, l := range f.Lessons {
		questions += len(l.Questions)
		for _, q := range l.Questions {
			attempts += len(q.Attempts)
		}
	}
	return questions, attempts
}
