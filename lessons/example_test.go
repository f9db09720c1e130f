package lessons_test

import (
	"fmt"

	"courselab/lessons"
)

const lesson = `---
id: m3
title: 注意力
summary: 一句话
minutes: 5
objectives:
  - id: o1
    text: 说出缩放的作用
---
## 公式

分数除以 $\sqrt{d}$。

` + "```lab attention\nheads: 2\n```" + `

## 自测 {.quiz}

### 除以什么？ {#scale objectives="o1"}

1. [x] 根号 d
2. [ ] d
   > 那样太小。
`

func ExampleParse() {
	registry := lessons.Registry{Labs: map[string]lessons.LabSpec{
		"attention": {Params: map[string]lessons.ParamSpec{"heads": {Kind: lessons.IntParam, Min: 1, Max: 4}}},
	}}
	l, err := lessons.Parse("m3.md", []byte(lesson), lessons.Options{Registry: registry})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range l.Sections {
		for _, b := range s.Blocks {
			if b.Lab != nil {
				fmt.Println("lab", b.Lab.Name, b.Lab.Params)
				continue
			}
			fmt.Print(b.HTML)
		}
	}
	q := l.Quiz.Questions[0]
	fmt.Println(q.Kind, q.Title, lessons.Grade(q, lessons.Answer{Options: []string{"1"}}).Correct)
	// Output:
	// <p>分数除以 <span class="tied"><math><semantics><mrow><msqrt><mi>d</mi></msqrt></mrow><annotation encoding="application/x-tex">\sqrt{d}</annotation></semantics></math>。</span></p>
	// lab attention map[heads:2]
	// single 除以什么？ true
}

func ExampleFaults() {
	_, err := lessons.Parse("m3.md", []byte("---\nid: m3\ntitle: 注意力\nsummary: 一句话\nminutes: 5\nobjectives: []\n---\n# 注意力\n\n<b>公式</b>\n"), lessons.Options{})
	fmt.Println(err)
	// Output:
	// m3.md:8: 正文的标题从 ## 开始：# 是课名，写在文件头的 title 里
	// m3.md:10: 不能写 HTML 标签或注释；要显示 < 请写 &lt;，代码放进反引号
}
