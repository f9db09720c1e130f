package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/urfave/cli/v3"

	"courselab/app/registry"
	"courselab/app/site"
	"courselab/lessons/content"
)

// shippedCourse is how --against names the course of this program.
const shippedCourse = "shipped"

// compare prints how a course stands to the one that --against names.
func compare(c *cli.Command, here fs.FS) error {
	name := c.String("against")
	there := fs.FS(content.FS)
	if name == "" {
		return errors.New("--against: must be shipped or a folder")
	}
	if name != shippedCourse {
		var err error
		if there, _, err = openCourse(name); err != nil {
			return fmt.Errorf("--against: %w", err)
		}
	}
	found, err := site.Compare(here, there, registry.Lessons())
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = printJSON(c.Root().Writer, found)
	} else {
		err = printComparison(c.Root().Writer, found)
	}
	if err != nil {
		return fmt.Errorf("print comparison: %w", err)
	}
	if !found.Settled() {
		return errFaults
	}
	return nil
}

// changeWords say what happened to a file.
var changeWords = map[site.Change]string{
	site.Same:                 "相同",
	site.Differs:              "两边不同",
	site.OnlyHere:             "只有这边有",
	site.OnlyThere:            "只有那边有",
	site.ChangedHere:          "只有这边改过",
	site.ChangedThere:         "只有那边改过：可以直接换成那边的",
	site.ChangedInBoth:        "两边都改过：要自己合并",
	site.NewHere:              "这边新加的",
	site.NewThere:             "那边新加的",
	site.GoneHere:             "这边删掉了",
	site.GoneThere:            "那边删掉了",
	site.GoneThereChangedHere: "那边删掉了，这边改过",
	site.GoneHereChangedThere: "这边删掉了，那边改过",
}

// questionWords say what happened to a question's right answer.
var questionWords = map[site.Change]string{
	site.Differs:              "两边的正确答案不同：换成那边的，学员已答的要重做",
	site.ChangedHere:          "正确答案在这边改过：用那边的旧作答在这边不算",
	site.ChangedThere:         "正确答案在那边改过：换成那边的，学员已答的要重做",
	site.ChangedInBoth:        "正确答案两边都改过：合并以后，学员已答的要重做",
	site.OnlyHere:             "只有这边有",
	site.OnlyThere:            "只有那边有",
	site.NewHere:              "这边新加的题",
	site.NewThere:             "那边新加的题",
	site.GoneHere:             "这边删掉的题",
	site.GoneThere:            "那边删掉的题：换成那边的，学员的作答不再显示",
	site.GoneThereChangedHere: "那边删掉、这边改过的题",
	site.GoneHereChangedThere: "这边删掉、那边改过的题",
}

// printComparison writes one finding a line, the file first, and a summary.
func printComparison(w io.Writer, c site.Comparison) error {
	out := &lineWriter{w: w}
	if c.Based {
		out.add("按 %s 三方比较：“这边”是自己的课程，“那边”是对照的课程。", site.BaseFile)
	} else {
		out.add("课程里没有 %s（lab build 会写进 content），只能两方比较：看得出不同，看不出是谁改的。", site.BaseFile)
	}
	for _, f := range c.Files {
		if f.Change != site.Same {
			out.add("%s: %s", f.File, changeWords[f.Change])
		}
	}
	for _, q := range c.Questions {
		out.add("%s:%d: 题目 %s %s", q.File, q.Line, q.Question, questionWords[q.Change])
	}
	for _, l := range c.Labs {
		if l.Param == "" {
			out.add("%s:%d: 已没有实验 %s", l.File, l.Line, l.Lab)
		} else {
			out.add("%s:%d: 实验 %s 已没有参数 %s", l.File, l.Line, l.Lab, l.Param)
		}
	}
	for _, d := range c.Data {
		out.add("%s: 数据是 %s 的，那边是 %s 的", d.File, d.Here, d.There)
	}
	for _, f := range c.Unread {
		out.add("%s", f)
	}
	out.add("共 %d 个文件，%d 个相同。", len(c.Files), c.Counts[site.Same])
	return out.err
}

// lineWriter writes lines until one fails.
type lineWriter struct {
	w   io.Writer
	err error
}

func (l *lineWriter) add(format string, args ...any) {
	if l.err == nil {
		_, l.err = fmt.Fprintln(l.w, visible(fmt.Sprintf(format, args...)))
	}
}
