package views

import (
	"fmt"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// laySize writes the size of d, which is the recommended one of base or another that was chosen: now and new, how it was reckoned, what it costs, and what to mind.
func laySize(s *sheet, f Frame, d, base *analysis.Diagnosis, option int) {
	r, now := d.Recommendation, d.Container.Resources
	s.blank()
	if r.Limit == nil && r.Request == nil {
		s.alert(1, s.t.Warn, s.t.Glyphs.Warn, "No size is recommended.")
		layWarnings(s, r.Warnings)
		return
	}
	if r.Limit != nil {
		s.add(sizeLine(s, "limit", now.Limit, r.Limit))
	}
	if r.Request != nil {
		s.add(sizeLine(s, "request", now.Request, r.Request))
	}
	if text := bridgeText(r, d.Cause.Class); text != "" {
		s.alert(1, s.t.Warn, s.t.Glyphs.Warn, text)
	}
	layOptions(s, f, base, option)
	layNext(s, d)
	if len(r.Steps) > 0 {
		s.heading("How it was reckoned" + behind(r.Policy))
		for _, line := range r.Steps {
			s.prose(3, s.t.Text, line.String())
		}
	}
	layCost(s, d.Cost)
	layWarnings(s, r.Warnings)
}

// behind writes text in brackets, or nothing.
func behind(t data.Text) string {
	if t == "" {
		return ""
	}
	return " (" + t.String() + ")"
}

func layWarnings(s *sheet, list []data.Text) {
	for _, w := range list {
		s.note(1, s.t.Warn, s.t.Glyphs.Warn, upperFirst(w.String()))
	}
}

// sizeLine writes one number now and new: "limit     512Mi →  768Mi  1.5 times".
func sizeLine(s *sheet, name string, now, next *int64) string {
	line := Render(s.t.Muted, Pad("   "+name, statLabel)) + Render(s.t.Text, PadLeft(Limit(now), 7)) +
		" " + Render(s.t.Muted, s.t.Glyphs.Arrow) + " " + Render(s.t.Strong, PadLeft(Limit(next), 7))
	if now == nil || next == nil || *now <= 0 || *now == *next {
		return line
	}
	return line + Render(s.t.Muted, fmt.Sprintf("   %.2g times", float64(*next)/float64(*now)))
}

// bridgeText says that a size cures nothing and how long it lasts; it is empty when the size cures.
func bridgeText(r analysis.Recommendation, c analysis.Class) string {
	what := "the cause goes on"
	if c == analysis.MemoryLeak {
		what = "the leak goes on"
	}
	switch {
	case r.Cures || r.Limit == nil:
		return ""
	case r.ToKill != nil:
		return fmt.Sprintf("This buys about %s: %s, and the container will be killed again.", Span(*r.ToKill), what)
	}
	return "This cures nothing: " + what + ", and the next kill only comes later."
}

// layCost writes what the change costs and how that was reckoned.
func layCost(s *sheet, c analysis.Cost) {
	s.heading("What it costs")
	s.prose(3, s.t.Text, costText(c))
	if c.BandAid != "" {
		s.alert(3, s.t.Warn, s.t.Glyphs.Warn, upperFirst(c.BandAid.String()))
	}
	for _, line := range costSteps(c) {
		s.prose(3, s.t.Muted, line.String())
	}
	if c.NetZero != "" {
		s.prose(3, s.t.Text, "For the same money: "+c.NetZero.String())
	}
}

// costText writes a cost in one sentence with its price: unknown parts are left out, and an unknown cost says so.
func costText(c analysis.Cost) string {
	if c.PerPodMonthly == nil {
		return "unknown: the request's change is not known"
	}
	parts := []string{money(*c.PerPodMonthly, c.Currency) + " per pod and month"}
	if c.TotalMonthly != nil && c.Replicas != nil {
		parts = append(parts, money(*c.TotalMonthly, c.Currency)+" for "+counted(int(*c.Replicas), "replica"))
	}
	text := strings.Join(parts, ", ")
	if c.PerGiBMonth > 0 {
		text += fmt.Sprintf(" (%s per GiB-month%s)", strings.TrimPrefix(money(c.PerGiBMonth, c.Currency), "+"), after(c.PriceFrom))
	}
	return text
}

func after(t data.Text) string {
	if t == "" {
		return ""
	}
	return ", " + t.String()
}

// money writes a difference with its sign: +$0.77, -$1.20, +EUR 0.70, $0.00.
func money(x float64, currency string) string {
	sign := ""
	switch {
	case x >= 0.005:
		sign = "+"
	case x <= -0.005:
		sign, x = "-", -x
	default:
		x = 0
	}
	unit := currency + " "
	if currency == "USD" || currency == "" {
		unit = "$"
	}
	return fmt.Sprintf("%s%s%.2f", sign, unit, x)
}
