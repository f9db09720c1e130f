package tokens

import (
	"math"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
)

// price is what the rate of the Chinese sample means in money and in room, for the
// lab's vocabulary and for real ones.
func (a *asked) price(l languages) (engine.Part, error) {
	mine := l.all[len(l.all)-1]
	part := engine.Part{Title: "对价格与上下文的影响", Text: "照你的文字的比率推算；型号的单价与上下文取自目录。"}
	tokens, err := sim.TextTokens(a.volume, mine.characters, mine.tokens)
	if err != nil {
		return part, sheet.Rename(err, "characters", "volume")
	}
	q := sheet.Quantity(tokens)
	q.Name, q.Text = format.Count(a.volume)+"个字符要多少词元", format.Count(math.Round(tokens.Value))+" 词元"
	part.Quantities = append(part.Quantities, q)
	tariff, priced := a.tariff()
	if priced {
		cost, err := sim.TextCost(a.volume, mine.characters, mine.tokens, *tariff.Input)
		if err != nil {
			return part, sheet.Rename(err, "characters", "volume")
		}
		c := sheet.Quantity(cost)
		c.Name, c.Text, c.Unit = "读入一遍的费用（"+a.model.Name+"）", format.Value(cost.Value, tariff.Currency), tariff.Currency
		c.Sources = sheet.Sources([]sim.Source{tariff.Source})
		part.Quantities = append(part.Quantities, sheet.Noted(c, "按目录的标准输入价 %s / 百万词元", format.Value(*tariff.Input, tariff.Currency)))
	} else {
		part.Quantities = append(part.Quantities, sheet.Unknown("读入一遍的费用（"+a.model.Name+"）"))
	}
	if a.model.Context != nil {
		room, err := sim.ContextCharacters(*a.model.Context, mine.characters, mine.tokens)
		if err != nil {
			return part, err
		}
		r := sheet.Quantity(room)
		r.Name, r.Text = "上下文装得下（"+a.model.Name+"）", format.Count(math.Floor(room.Value))+" 个字符"
		part.Quantities = append(part.Quantities, sheet.Noted(r, "%s 词元，没有给回答留位置", format.Count(*a.model.Context)))
	} else {
		part.Quantities = append(part.Quantities, sheet.Unknown("上下文装得下（"+a.model.Name+"）"))
	}
	t, err := a.alternatives(l.all[0], tariff, priced)
	if err != nil {
		return part, err
	}
	part.Tables = []engine.FactTable{t}
	return part, nil
}

// alternatives sets the same model's price and context against the rate of each
// vocabulary on the Chinese sample.
func (a *asked) alternatives(zh counted, tariff sim.Tariff, priced bool) (engine.FactTable, error) {
	t := sheet.Table("同一个单价、同一个上下文，换一份词表", sheet.Columns("词表", "用它的型号", "每词元（字符）", format.Count(a.volume)+"个字符（词元）", "读入一遍", "上下文装得下（字符）"))
	t.Name = "tokens-price"
	add := func(name, used string, n float64, tone engine.Tone) error {
		all, err := sim.TextTokens(a.volume, zh.characters, n)
		if err != nil {
			return sheet.Rename(err, "characters", "volume")
		}
		money, room := "未公布", "未公布"
		if priced {
			cost, err := sim.TextCost(a.volume, zh.characters, n, *tariff.Input)
			if err != nil {
				return sheet.Rename(err, "characters", "volume")
			}
			money = format.Value(cost.Value, tariff.Currency)
		}
		if a.model.Context != nil {
			q, err := sim.ContextCharacters(*a.model.Context, zh.characters, n)
			if err != nil {
				return err
			}
			room = format.Count(math.Floor(q.Value))
		}
		r := row(name, used, format.Fixed(zh.characters/n, 2), format.Count(math.Round(all.Value)), money, room)
		r.Tone = tone
		t.Rows = append(t.Rows, r)
		return nil
	}
	if err := add("这个实验", "没有", zh.tokens, engine.Good); err != nil {
		return t, err
	}
	for _, v := range vocabularies {
		if err := add(v.name, v.used, v.tokens[0], engine.Plain); err != nil {
			return t, err
		}
	}
	t.Text = "照中文样本的比率。单价与上下文都是" + a.model.Name + "的，只换词表，看分词一项值多少；两个型号真要比，还得乘上各自的单价。"
	return t, nil
}

// tariff is the standard rate of the model on the day of the catalogue; ok is false
// where no price for input is published.
func (a *asked) tariff() (t sim.Tariff, ok bool) {
	price := a.model.Price
	if price == nil {
		price = a.model.PriceCNY
	}
	day, err := time.Parse(time.DateOnly, a.catalogue.Generated)
	if price == nil || err != nil {
		return t, false
	}
	t, err = price.At(day, 1)
	return t, err == nil && t.Input != nil
}
