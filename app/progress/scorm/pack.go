package scorm

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"courselab/app/progress"
	"courselab/lessons"
)

// packMark begins suspend data of this form.
const packMark = "1."

// maxUnpacked bounds what suspend data may become, in bytes.
const maxUnpacked = 4 << 20

// packed is progress.Lesson with short names.
type packed struct {
	Completed int64                     `json:"c,omitempty"` // Unix milliseconds
	Questions map[string]packedQuestion `json:"q,omitempty"`
}

// packedQuestion holds the attempts at one version of a question's answer.
type packedQuestion struct {
	Fingerprint string          `json:"f"`
	Attempts    []packedAttempt `json:"a"`
}

type packedAttempt struct {
	At      int64    `json:"t"` // Unix milliseconds
	Right   bool     `json:"r,omitempty"`
	Options []string `json:"o,omitempty"`
	Texts   []string `json:"x,omitempty"`
	Seed    uint64   `json:"s,string,omitempty"`
	Hint    bool     `json:"h,omitempty"`
	Clock   int64    `json:"k,omitempty"` // Unix milliseconds
}

// shortText is how many characters of a typed answer are kept where there is no
// room for all.
const shortText = 16

// Pack writes a lesson's record in at most limit characters. Attempts at earlier
// versions of a question do not count any more and stay out. Where the rest does
// not fit, it goes in this order: attempts other than the first, the first right
// one and the last; the last; the ends of typed answers; whole questions, from
// the lesson's last. left counts those.
func Pack(lesson *lessons.Lesson, record progress.Lesson, limit int) (text string, left int, err error) {
	for _, keep := range []func([]progress.Attempt) []progress.Attempt{
		func(a []progress.Attempt) []progress.Attempt { return a },
		func(a []progress.Attempt) []progress.Attempt { return telling(a, true) },
		func(a []progress.Attempt) []progress.Attempt { return telling(a, false) },
		func(a []progress.Attempt) []progress.Attempt { return short(telling(a, false)) },
	} {
		if text, err = pack(lesson, record, len(lesson.Quiz.Questions), keep); err != nil || len(text) <= limit {
			return text, 0, err
		}
	}
	for n := len(lesson.Quiz.Questions) - 1; n >= 0; n-- {
		text, err = pack(lesson, record, n, func(a []progress.Attempt) []progress.Attempt { return short(telling(a, false)) })
		if err != nil || len(text) <= limit {
			return text, len(lesson.Quiz.Questions) - n, err
		}
	}
	return "", len(lesson.Quiz.Questions), nil
}

// pack writes the first n questions.
func pack(lesson *lessons.Lesson, record progress.Lesson, n int, keep func([]progress.Attempt) []progress.Attempt) (string, error) {
	p := packed{Questions: map[string]packedQuestion{}}
	if !record.Completed.IsZero() {
		p.Completed = record.Completed.UnixMilli()
	}
	for _, q := range lesson.Quiz.Questions[:n] {
		attempts := keep(record.Questions[q.ID].Valid(q.Fingerprint))
		if len(attempts) == 0 {
			continue
		}
		list := make([]packedAttempt, len(attempts))
		for i, a := range attempts {
			list[i] = packedAttempt{At: a.At.UnixMilli(), Right: a.Correct, Options: a.Answer.Options, Texts: a.Answer.Texts, Seed: a.Seed, Hint: a.Hint}
			if !a.Clock.IsZero() {
				list[i].Clock = a.Clock.UnixMilli()
			}
		}
		p.Questions[q.ID] = packedQuestion{Fingerprint: q.Fingerprint, Attempts: list}
	}
	if p.Completed == 0 && len(p.Questions) == 0 {
		return "", nil
	}
	plain, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("pack answers: %w", err)
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return "", fmt.Errorf("pack answers: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return "", fmt.Errorf("pack answers: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("pack answers: %w", err)
	}
	return packMark + base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

// telling returns the first attempt and the first right one, and the last where
// that is asked for: from these best and first try follow.
func telling(attempts []progress.Attempt, last bool) []progress.Attempt {
	var kept []progress.Attempt
	right := slices.IndexFunc(attempts, func(a progress.Attempt) bool { return a.Correct })
	for i, a := range attempts {
		if i == 0 || i == right || last && i == len(attempts)-1 {
			kept = append(kept, a)
		}
	}
	return kept
}

// short cuts what was typed.
func short(attempts []progress.Attempt) []progress.Attempt {
	cut := slices.Clone(attempts)
	for i, a := range cut {
		cut[i].Answer.Texts = slices.Clone(a.Answer.Texts)
		for k, text := range cut[i].Answer.Texts {
			if r := []rune(text); len(r) > shortText {
				cut[i].Answer.Texts[k] = string(r[:shortText])
			}
		}
	}
	return cut
}

// Unpack is the inverse of Pack. Text of another form is an error, and no text is
// an empty record. What it returns has not been checked: see
// progress.Store.MergeLesson.
func Unpack(text string) (progress.Lesson, error) {
	if text == "" {
		return progress.Lesson{}, nil
	}
	body, ok := strings.CutPrefix(text, packMark)
	if !ok {
		return progress.Lesson{}, errors.New("unpack answers: of another form, or of a later version")
	}
	data, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return progress.Lesson{}, fmt.Errorf("unpack answers: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), maxUnpacked+1))
	if err != nil {
		return progress.Lesson{}, fmt.Errorf("unpack answers: %w", err)
	}
	if len(plain) > maxUnpacked {
		return progress.Lesson{}, errors.New("unpack answers: too long")
	}
	var p packed
	if err := json.Unmarshal(plain, &p); err != nil {
		return progress.Lesson{}, fmt.Errorf("unpack answers: %w", err)
	}
	var l progress.Lesson
	if p.Completed != 0 {
		l.Completed = time.UnixMilli(p.Completed).UTC()
	}
	for _, id := range slices.Sorted(maps.Keys(p.Questions)) {
		q := p.Questions[id]
		var attempts []progress.Attempt
		for _, a := range q.Attempts {
			attempt := progress.Attempt{At: time.UnixMilli(a.At).UTC(), Fingerprint: q.Fingerprint,
				Answer: progress.Answer{Options: a.Options, Texts: a.Texts}, Correct: a.Right, Seed: a.Seed, Hint: a.Hint}
			if a.Clock != 0 {
				attempt.Clock = time.UnixMilli(a.Clock).UTC()
			}
			attempts = append(attempts, attempt)
		}
		if l.Questions == nil {
			l.Questions = map[string]progress.Question{}
		}
		l.Questions[id] = progress.Question{Attempts: attempts}
	}
	return l, nil
}
