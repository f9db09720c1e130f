package progress

import (
	"fmt"
	"slices"
	"strings"
)

// ProblemKind classifies a Problem.
type ProblemKind string

const (
	Damaged   ProblemKind = "damaged"   // a stored value could not be read; it was moved aside
	Future    ProblemKind = "future"    // a stored value is from a later version; untouched
	Full      ProblemKind = "full"      // no room: kept in memory until the next save succeeds
	Denied    ProblemKind = "denied"    // the storage cannot be reached
	Forgetful ProblemKind = "forgetful" // the browser keeps nothing beyond this page
	Cleared   ProblemKind = "cleared"   // the storage was emptied while the page was open; put back
)

// Problem is something about the storage that the learner should know.
type Problem struct {
	Kind    ProblemKind
	Key     string // of the value concerned, without the store's prefix; may be empty
	Message string // Chinese: what happened and what was kept
	Kept    string // full storage key of the value moved aside; may be empty
}

// Problems returns what is wrong now, oldest first.
func (s *Store) Problems() []Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// Dismiss forgets one problem, as the learner has read it.
func (s *Store) Dismiss(p Problem) {
	s.mu.Lock()
	s.problems = slices.DeleteFunc(s.problems, func(o Problem) bool { return o == p })
	s.mu.Unlock()
	s.notify()
}

// report adds a problem unless the same one is known.
func (s *Store) report(p Problem) {
	known := slices.ContainsFunc(s.problems, func(o Problem) bool {
		return o.Kind == p.Kind && o.Key == p.Key && o.Kept == p.Kept
	})
	if !known {
		s.problems = append(s.problems, p)
	}
}

// resolve drops the problems of a kind.
func (s *Store) resolve(kind ProblemKind) {
	s.problems = slices.DeleteFunc(s.problems, func(p Problem) bool { return p.Kind == kind })
}

// forget drops the problems about a key that has been erased.
func (s *Store) forget(key string) {
	s.problems = slices.DeleteFunc(s.problems, func(p Problem) bool {
		return p.Key == key || p.Kept == s.prefix+key
	})
}

// subject names what a key holds, for the learner.
func subject(key string) string {
	if lesson, ok := strings.CutPrefix(key, progressSpace); ok {
		return "模块 " + lesson + " 的答题记录"
	}
	if lesson, ok := strings.CutPrefix(key, readingSpace); ok {
		return "模块 " + lesson + " 的阅读位置"
	}
	if lab, ok := strings.CutPrefix(key, labSpace); ok {
		return "实验 " + lab + " 的设置"
	}
	if strings.HasPrefix(key, examSpace) {
		return "一场考试的记录"
	}
	switch key {
	case profileKey:
		return "姓名"
	case settingsKey:
		return "设置"
	}
	return key
}

func damagedProblem(key, kept string, rest document) Problem {
	saved := "其他记录不受影响。"
	if l, ok := rest.(Lesson); ok && len(l.Questions) > 0 {
		saved = fmt.Sprintf("其中 %d 道题的记录完好，已保留；其他记录不受影响。", len(l.Questions))
	}
	where := "原内容无法另存，原样留在原处；新的记录暂存在内存里，请导出进度。"
	if kept != "" {
		where = "原内容已另存为 " + kept + "。"
	}
	return Problem{Kind: Damaged, Key: key, Kept: kept,
		Message: subject(key) + "已损坏，无法读取。" + where + saved}
}

func futureProblem(key string) Problem {
	return Problem{Kind: Future, Key: key,
		Message: subject(key) + "由更新版本的课程写入，本版本不能读取，已原样保留。" +
			"请刷新页面以更新课程；在此之前的新记录只保存在内存里。"}
}

func fullProblem() Problem {
	return Problem{Kind: Full,
		Message: "浏览器的存储空间已满，最近的记录暂存在内存里，下次保存时会再试。" +
			"请导出进度，或清理本站的数据。"}
}

func deniedProblem(cause error) Problem {
	return Problem{Kind: Denied,
		Message: "浏览器的存储不可用，记录暂存在内存里，关闭页面后会丢失。请导出进度。（" + cause.Error() + "）"}
}

func clearedProblem() Problem {
	return Problem{Kind: Cleared,
		Message: "浏览器里的学习记录在这个页面打开期间被清空。这个页面读过、写过的记录已存回；" +
			"如果本来就要清除，请用“设置”里的清除。"}
}

func volatileProblem(reason string) Problem {
	return Problem{Kind: Forgetful,
		Message: "本浏览器不保存进度（" + reason + "），关闭页面后会丢失。请在离开前导出进度。"}
}
