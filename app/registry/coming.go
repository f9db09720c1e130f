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
		align(),
		routeLab(),
		cache(),
		architecture(),
		report(),
	}
}
