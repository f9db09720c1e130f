//go:build !js

package journeys

import (
	"fmt"
	"strings"
	"testing"

	"courselab/app/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// syllabus lists, module by module, what the course's outline promises.
var syllabus = map[string][]string{
	"m1": {"1.1", "参数量", "预训练数据", "涌现", "泛化", "1.2", "Transformer", "自注意力", "掩码", "因果", "指令微调", "RLHF", "量化", "剪枝", "蒸馏"},
	"m2": {"2.1", "GPT-3.5 Turbo", "GPT-4", "GPT-4 Turbo", "Claude 3 Haiku", "Claude 3 Sonnet", "Claude 3 Opus", "Gemini", "Ultra", "2.2", "2 7B", "13B", "70B", "Code Llama", "Llama 3", "Qwen", "ChatGLM", "Baichuan", "InternLM"},
	"m3": {"3.1", "词嵌入", "位置编码", "多头注意力", "前馈", "残差", "归一化", "编码器", "解码器", "3.2", "查询", "键", "值", "softmax", "3.3", "7B", "13B", "70B", "100B"},
	"m4": {"4.1", "数据不出本地", "合规", "泄露", "一次投入", "API 调用费", "使用量", "微调", "私有化", "自主", "4.2", "开箱", "硬件", "专业团队", "高可用", "扩缩容", "升级", "新功能", "维护", "4.3", "电费", "按", "零"},
	"m5": {"5.1", "理解能力", "生成质量", "推理能力", "多语言", "响应速度", "并发", "上下文", "内存", "成本效益", "可用性", "扩展性", "合规性", "5.2", "MMLU", "HellaSwag", "HumanEval", "C-Eval", "问答准确性", "对话流畅性", "任务完成率", "用户满意度"},
	"m6": {"6.1", "A100", "V100", "4090", "内存", "存储", "电费", "网络", "维护", "并发", "6.2", "量化", "蒸馏", "缓存", "批处理", "负载均衡", "异步", "冷热分离", "边缘", "闭源", "开源", "本地", "业务"},
}

// TestNewcomer walks from the map through all six modules on a phone, without a
// network after the first page, and finds every item of the syllabus.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	b := browsertest.New(t)
	b.Viewport(360, 740, true)
	firstVisit(t, b, h)
	h.Close()
	b.Offline(true)
	open(b, h.root)
	b.Click(`a[href$="/lessons/m1/"]`)
	for i := 1; i <= 6; i++ {
		id := fmt.Sprintf("m%d", i)
		b.WaitFor("module "+id, fmt.Sprintf(`location.pathname === "/lessons/%s/" && document.querySelectorAll("main .question").length >= 10`, id))
		text := b.Text("main")
		for _, item := range syllabus[id] {
			if !strings.Contains(text, item) {
				t.Errorf("%s does not speak of %q", id, item)
			}
		}
		var width int
		b.Eval(`document.documentElement.scrollWidth`, &width)
		if width > 360 {
			t.Errorf("%s is %d px wide", id, width)
		}
		if i < 6 {
			b.Eval(`document.querySelector('a[rel=next]').click()`, nil)
		}
	}
	clean(t, b)
}

// TestKeyboard uses the course without a pointer.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	b := browsertest.New(t)
	open(b, h.root+"lessons/m3/")
	b.Press(kb.Tab)
	if got := focused(b); got != "跳到正文" {
		t.Errorf("the first stop is %q", got)
	}
	b.Press(kb.Enter)
	b.WaitFor("the main part to have the focus", `document.activeElement.tagName === "MAIN"`)

	b.WaitFor("the labs", labsReady)
	b.Focus("[data-lab=attention] .lab-range")
	b.Press(kb.ArrowRight)
	b.WaitFor("the slider to move", labsReady+` && document.querySelector("[data-lab=attention] .lab-range").value === "5"`)

	b.Focus("#q-mixing .option-input")
	b.Press(" ")
	b.WaitFor("the option", `document.querySelector("#q-mixing .option-input:checked") !== null`)
	b.Focus("#q-mixing .button-primary")
	b.Press(kb.Enter)
	b.WaitFor("the verdict", `document.querySelector("#q-mixing").dataset.state === "checked"`)

	b.Eval(`window.dispatchEvent(new KeyboardEvent("keydown", {key: "PageDown", altKey: true, bubbles: true}))`, nil)
	b.WaitFor("the next module", `location.pathname === "/lessons/m4/" && document.querySelector(".lesson #page-title") !== null && document.activeElement.id === "page-title"`)
	clean(t, b)
}

func focused(b *browsertest.Browser) string {
	var text string
	b.Eval(`document.activeElement.textContent`, &text)
	return text
}

// TestProgressMoves carries the learner's progress to another browser in a file.
func TestProgressMoves(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	old := browsertest.New(t)
	open(old, h.root+"lessons/m3/")
	answerSingle(old, "q-mixing", "每个词元仍被变换")
	open(old, h.root+"settings/")
	typeInto(old, "#learner", "学号 7")
	old.Eval(`(() => {
		const own = URL.createObjectURL;
		URL.createObjectURL = blob => { blob.text().then(t => window.exported = t); return own.call(URL, blob); };
	})()`, nil)
	old.Click("#export")
	old.WaitFor("the file", `Boolean(window.exported)`)
	var file string
	old.Eval(`window.exported`, &file)
	if !strings.Contains(file, "学号 7") || !strings.Contains(file, "courselab-progress") {
		t.Errorf("the file is %.200s", file)
	}

	fresh := browsertest.New(t)
	load := func(text string) {
		fresh.Eval(fmt.Sprintf(`(() => {
			const files = new DataTransfer();
			files.items.add(new File([%q], "progress.json", {type: "application/json"}));
			const field = document.querySelector("#import");
			field.files = files.files;
			field.dispatchEvent(new Event("change", {bubbles: true}));
		})()`, text), nil)
	}
	open(fresh, h.root+"settings/")
	load(file[:len(file)/2])
	fresh.WaitFor("the refusal of half a file", `document.querySelector(".said:not([id])").textContent.trim() !== ""`)
	refused := fresh.Text(".said:not([id])")
	load(file)
	fresh.WaitFor("the import", fmt.Sprintf(`document.querySelector(".said:not([id])").textContent.trim() !== %q`, refused))
	open(fresh, h.root+"lessons/m3/")
	if got := verdict(fresh, "q-mixing"); got != "right" {
		t.Errorf("in the other browser the question is %q", got)
	}
	clean(t, old)
	clean(t, fresh)
}
