package registry

// coming returns a lab that is announced only.
func coming(module, name, title, summary string) Lab {
	return Lab{Name: name, Title: title, Module: module, Summary: summary, Coming: true}
}

func module1() []Lab {
	return []Lab{
		tokensLab(),
		nextToken(),
		objectives(),
		emergence(),
	}
}

func module2() []Lab {
	return []Lab{
		catalogue(),
	}
}

func module4() []Lab {
	return []Lab{
		fit(),
		roofline(),
		breakeven(),
		serving(),
	}
}

func module6() []Lab {
	return []Lab{
		cost(),
		quantise(),
		pruneLab(),
		distilLab(),
		coming("m6", "align", "微调与对齐", "在“诗芽”上做指令微调与基于规则的奖励（押韵与平仄），带 KL 惩罚：看奖励、漂移与崩塌如何发生。"),
		routeLab(),
		cache(),
		architecture(),
		report(),
	}
}
