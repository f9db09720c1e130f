// Package spend answers the labs about money: "cost", the bill of an API and of
// hardware month by month; "breakeven", when the one overtakes the other; and
// "route", a cascade of a small and a large model.
//
// The labs show amounts in yuan or dollars at the rate that the learner gives, with
// its day. Hardware prices, tariffs and wages are the learner's assumptions and
// are called so.
//
// It may import app/engine, app/engine/serve/sheet, app/format, sim, sim/chart and
// sim/money.
package spend
