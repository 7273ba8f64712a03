package views

import "charm.land/bubbles/v2/key"

// riskWords are the words and numbers of the tab, for help.
var riskWords = []key.Binding{
	word("At risk, a number", "How many are critical or warning. Notices and sizes are listed and not counted."),
	word("critical", "At 95% of the limit or more, or growth meets the limit within half an hour."),
	word("warning", "At 85% or more, or growth meets the limit within a day."),
	word("notice", "Growth meets the limit in days, or may be a start; near the limit by page cache that is given back; or a heap that may grow to the limit."),
	word("sizing", "In no danger: limit or request does not fit what is used."),
	word("OOM IN", "Time until growth as it is now meets the limit; four times in five the kill comes between the two. steady: it does not grow."),
	word("USE/LIMIT", "Working set over limit, rounded down: 95% is never a little less."),
	word("GROWTH", "Bytes an hour of the life that runs, up to six hours back."),
	word("with a limit", "The others have none, or nobody tells which they have."),
}

// Words are the words of the tab with what they mean.
func (p *riskPage) Words() []key.Binding { return riskWords }
