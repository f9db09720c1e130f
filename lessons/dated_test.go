package lessons

import (
	"reflect"
	"testing"
)

func TestCheckDates(t *testing.T) {
	src := "---\nid: m1\nsources:\n  - date: 2017-06\n---\n\n" + // to line 6
		"Llama 2 发布于 2023-07。\n\n" + // 7
		"Llama 2 发布于 2023-07[^m]。\n\n" + // 9
		"## 2024 年 4 月的变化\n\n" +
		"```lab x\nfrom: 2024-01\n```\n\n" +
		"| 模型 | 发布 |\n| --- | --- |\n| 甲 | 2024-04 |\n\n" + // 17: uncited, and so are its neighbours
		"没有日期，只有 2024 年和 2024-07-01T00 一样的 2024 年 3 月。\n\n" + // 21
		"见目录[^m]。\n\n" +
		"| 模型 | 发布 |\n| --- | --- |\n| 乙 | 2024-04 |\n\n" +
		"## 自测 {.quiz}\n\n2023-07 发布的是？\n"
	c := checker{}
	c.checkDates("m1.md", []byte(src))
	var lines []int
	for _, f := range c.faults {
		lines = append(lines, f.Line)
	}
	if want := []int{7, 17, 21}; !reflect.DeepEqual(lines, want) {
		t.Errorf("faults at %v, want %v: %v", lines, want, c.faults)
	}
}
