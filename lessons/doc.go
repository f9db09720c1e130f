// Package lessons reads the course: Markdown files that GitHub shows sensibly and
// that can be edited in any text editor. Parse turns a lesson into sections of
// HTML, placed labs and questions; ParseCourse reads the course file; Check
// checks a whole folder; Grade compares an answer with what is right.
//
// Everything that is wrong with a file is reported at once, as Faults with file
// and line, in Chinese, with the form that was expected. The pairs of .md and
// .html files in testdata show each part of the format and what becomes of it.
//
// # A lesson
//
//	---
//	id: m3
//	title: 模型架构与工作原理
//	summary: 一句话
//	minutes: 45
//	status: ready            or coming: it stands in the course map only
//	objectives:
//	  - id: o1
//	    text: 说出缩放的作用
//	sources:
//	  - id: vaswani2017
//	    title: Attention Is All You Need
//	    url: https://arxiv.org/abs/1706.03762
//	    date: 2017-06-12
//	---
//	## 注意力 {#attention}
//
//	正文引用来源[^vaswani2017]，公式 $x_i$，实验：
//
//	```lab attention
//	text: 床前明月光
//	heads: 2
//	```
//
// The front matter is a strict small part of YAML: values, quoted or not, lists,
// and lists of maps. (A YAML library would add 0.4 MB to what a learner
// downloads.) id, title, summary, minutes and objectives must be there.
//
// The text is GitHub's Markdown with footnotes. Headings run from ## to ####
// without a gap; {#id} after one sets its anchor, which is otherwise made from
// the title as GitHub makes it. [^id] cites a source of the front matter or a
// footnote of the text. Links lead to https: addresses, to mailto:, to other
// lessons (m1.md#anchor), to anchors of this one (#anchor) and to files of the
// course. Images are files of the course and have a text alternative; one alone
// in its paragraph is a figure, with its title as the caption. HTML is refused.
//
// A formula stands between $ and $, or between $$ and $$ on lines of its own. A
// "$" before a space, without a partner in its paragraph, or whose partner has a
// space before it or a letter or digit behind it, is a dollar sign; so is one
// before a digit whose partner comes after Chinese text. \$ always is.
//
// A fenced block "lab NAME" places a lab of the Registry, with "key: value"
// lines as its parameters.
//
// # A glossary
//
// course.md may name one, "glossary: glossary.md", a file beside the lessons:
//
//	---
//	title: 术语表
//	summary: 一句话
//	---
//	## 分组
//
//	### 键值缓存 (KV cache) {#kv-cache}
//
//	别名：KV 缓存
//
//	释义，一段或几段。
//
// Where a section of a lesson first uses a term (its name, its English, an
// alias), outside of links, code, formulas and headings, the word is linked to
// its entry. [文字](term:kv-cache) does so by hand; {.manual #id} leaves it to
// that. A term without English or definition, or defined twice, is a fault.
//
// # The course file
//
// course.md has no text of its own to show but a front matter:
//
//	---
//	id: llm-selection        names the stored progress; do not change it
//	title: 大模型选型实验室
//	lang: zh                 the folder of the lessons
//	summary: 一句话
//	goals:
//	  - 学完能做什么
//	glossary: glossary.md
//	guide: guide.md          for instructors; may be left out, as hide and the colours may
//	modules:                 the lessons in their order: zh/m1.md …
//	  - m1
//	hide:                    labs to leave out
//	  - prune
//	accent: 1b5a7d           the colour of links and buttons on a light page
//	accent_dark: 86c1e0      and on a dark one
//	---
//
// # A guide
//
// course.md may name one for instructors, "guide: guide.md", a file beside the
// lessons in the form of a lesson. It has a page of its own and is searched, but
// it is no module: it has no number, no score and no place in the course map.
//
// # A quiz
//
// A heading "## 自测 {.quiz}" starts the quiz. Each "### 题目 {#id objectives="o1,o2"}"
// below it is a question, whose kind follows from its answer part:
//
//	single choice      1. [x] 对   2. [ ] 错
//	multiple choice    - [x] 对    - [ ] 错
//	order              1. 先       2. 后       steps, written in the right order
//	gaps to fill in    缩放是 [[√d_k|sqrt(d_k)]]，with every accepted answer
//	a number           ```compute kv-cache    from fresh parameters each attempt
//
// Quotes (lines with ">") before the answer part are a hint, indented below an
// option they explain it, after the answer part they explain the whole. All else
// before the answer part is the prompt; where there is none, the title asks.
// The full-width marks ［x］, （x） and 【x】 do as well.
//
// A compute block names a function of the Registry. Each of its parameters is
// given a value ("16"), choices ("32 | 40 | 80") or a range ("4096..32768 step
// 4096"); "unit: GiB" is the unit of the answer and "tolerance: 1%" how far off
// it may be. A parameter that varies is shown in the prompt as {name}.
//
// # Files
//
// A file is UTF-8, with or without a byte order mark, with line ends of any
// kind, and has at most 4 MB. Paths in it are written with "/". minutes should
// be what the text takes: 300 Chinese characters or 150 Latin words a minute, two
// minutes a lab, one a question; Check reports what is off by a factor of
// three and a quarter of an hour.
//
// # Stored answers
//
// Progress is kept by question id, and an answer counts while the question's
// Fingerprint stays what it was. The fingerprint holds what is right (which
// options, in which order, which texts, which function with which ranges and
// unit) and nothing of how it is worded, except for accepted texts.
//
// Options are therefore known by their place in the question, not by their text:
// a typo can be mended and a distractor reworded without losing anyone's answer.
// Two things follow. Moving the right option to another place asks the question
// anew; {#key} at the end of an option gives it a name that moves with it. And
// exchanging the texts of a right and a wrong option without moving the mark goes
// unnoticed: give the question a new id then. Steps to be put in order have only
// their texts to tell that two of them changed places, so there the fingerprint
// holds the order of their texts' ranks, which mending a typo changes only if it
// moves a step past another alphabetically.
//
// # Safety
//
// The HTML that Parse returns is made of a fixed set of elements; it holds no
// script, handler, style or address that runs something, whatever the text says
// and however faulty it is. Fuzz tests check that.
//
// # Imports
//
// This package is the only one that knows goldmark and treeblood. It is linked
// into the program that every learner downloads, so what it imports is weighed:
// nothing of this module, no YAML, no encoding/xml; of golang.org/x/text only
// outside of the browser, which has its own NFKC.
package lessons
