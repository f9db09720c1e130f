package lessons

import (
	"fmt"
	"strings"
	"unicode"
)

// How long a lesson takes: what a reader of technical Chinese manages, and what
// a lab and a question take at least.
const (
	charactersPerMinute = 300
	wordsPerMinute      = 150 // Latin words and numbers
	minutesPerLab       = 2
	minutesPerQuestion  = 1

	// minutesFactor and minutesSlack are how far the stated minutes may be off,
	// both at once: teachers know their classes better than this rule does.
	minutesFactor = 3
	minutesSlack  = 15
)

// ReadingMinutes estimates how long a lesson takes from its text, labs and
// questions: 300 Chinese characters or 150 Latin words a minute, two minutes a
// lab, one a question. Notes are not read.
func ReadingMinutes(l *Lesson) int {
	characters, words, labs := 0, 0, 0
	for _, s := range l.Sections {
		if s.ID == NotesID {
			continue
		}
		inWord := false
		for _, r := range s.Text() {
			switch {
			case unicode.Is(unicode.Han, r):
				characters++
				inWord = false
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				if !inWord {
					words++
				}
				inWord = true
			default:
				inWord = false
			}
		}
		for _, b := range s.Blocks {
			if b.Lab != nil {
				labs++
			}
		}
	}
	minutes := float64(characters)/charactersPerMinute + float64(words)/wordsPerMinute + float64(labs*minutesPerLab)
	if l.Quiz != nil {
		minutes += float64(len(l.Quiz.Questions) * minutesPerQuestion)
	}
	return int(minutes + 0.5)
}

// checkMinutes reports minutes that are more than three times as many as the
// text takes, or less than a third, and more than a quarter of an hour off.
func (c *checker) checkMinutes(file string, src []byte, l *Lesson) {
	if l.Coming || l.Minutes == 0 {
		return
	}
	want := ReadingMinutes(l)
	far := l.Minutes > want*minutesFactor && l.Minutes-want > minutesSlack ||
		l.Minutes*minutesFactor < want && want-l.Minutes > minutesSlack
	if !far {
		return
	}
	line := 1 + strings.Count(before(string(src), "\nminutes:")+"\n", "\n")
	c.fault(file, line, fmt.Sprintf("minutes 是 %d，按篇幅约需 %d 分钟（每分钟 %d 个汉字或 %d 个英文词，一个实验 %d 分钟，一道题 %d 分钟）：相差三倍以上、超过 %d 分钟",
		l.Minutes, want, charactersPerMinute, wordsPerMinute, minutesPerLab, minutesPerQuestion, minutesSlack))
}
