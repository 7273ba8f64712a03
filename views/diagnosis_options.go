package views

import (
	"fmt"
	"slices"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// sizeChoice is one size that can be chosen, with all statistics that lead to it. Sizes are rounded up to ones that people
// recognise, so that several often give the same.
type sizeChoice struct {
	name string
	analysis.SizeOption
	policy bool // it is the recommended one
}

// sizeChoices are the sizes of a diagnosis, smallest first; the recommended one comes last.
func sizeChoices(d *analysis.Diagnosis) []sizeChoice {
	var out []sizeChoice
	for _, o := range d.Recommendation.Options {
		c := sizeChoice{name: data.Clean(o.Stat).String(), SizeOption: o, policy: o.Stat == "policy"}
		if c.policy {
			c.name = "recommended"
		}
		at := slices.IndexFunc(out, func(have sizeChoice) bool { return have.Limit == o.Limit && have.Request == o.Request })
		if at < 0 {
			out = append(out, c)
			continue
		}
		c.name = out[at].name + " " + c.name
		if !c.policy {
			out[at].name = c.name
			continue
		}
		out = append(slices.Delete(out, at, at+1), c)
	}
	return out
}

// picked returns d with the size that was chosen in place of the recommended one.
func (s *DiagnosisScreen) picked(d *analysis.Diagnosis) *analysis.Diagnosis {
	if s.option == 0 {
		return d
	}
	if s.pickedFrom != d || s.pickedAt != s.option {
		s.pickedFrom, s.pickedAt, s.pickedOne = d, s.option, d
		if c := sizeChoices(d); len(c) > 0 && !c[s.optionOf(len(c))].policy {
			s.pickedOne = d.WithSize(c[s.optionOf(len(c))].SizeOption)
		}
	}
	return s.pickedOne
}

// optionOf returns the index of the chosen one of n sizes, which is the last, the recommended, until another was chosen.
func (s *DiagnosisScreen) optionOf(n int) int {
	if n == 0 {
		return 0
	}
	return ((n-1+s.option)%n + n) % n
}

// openFix asks for the fix dialog with the chosen size.
func (s *DiagnosisScreen) openFix(d *analysis.Diagnosis) Intent {
	p := s.picked(d)
	if p == d {
		return OpenFix{s.key}
	}
	return FixWith{Key: s.key, Limit: p.Recommendation.Limit, Request: p.Recommendation.Request}
}

// The widths of the columns of the table of sizes, in cells; the last column takes the rest. From optionWide on there is
// room for the cost.
const (
	optionNameW  = 22
	optionLimitW = 7
	optionMoreW  = 9
	optionCostW  = 11
	optionWide   = 100
)

// layOptions writes the sizes that other statistics would give, with what each costs in memory and in kills. on is how far
// the choice is from the recommended size.
func layOptions(s *sheet, f Frame, base *analysis.Diagnosis, on int) {
	list := sizeChoices(base)
	if len(base.Recommendation.Options) < 2 {
		return
	}
	if len(list) == 1 {
		s.prose(3, s.t.Muted, "Sized by p95, p99 or the maximum, each plus 20%, the limit would be the same.")
		return
	}
	s.heading("Which size (" + f.Key(stepSize) + " chooses)")
	wide, cut := s.width >= optionWide, false
	head := "   " + Pad("sized for", optionNameW) + PadLeft("limit", optionLimitW) + PadLeft("more", optionMoreW)
	if wide {
		head += PadLeft("a month", optionCostW)
	}
	s.add(Render(s.t.Header, head+"  kills to expect"))
	for i, o := range list {
		mark, style := "   ", s.t.Text
		if i == on {
			mark, style = " "+s.t.Glyphs.Cursor+" ", s.t.Strong
		}
		line := mark + Pad(o.name, optionNameW) + PadLeft(data.HumanBytes(float64(o.Limit)), optionLimitW) + PadLeft(moreText(base, o.SizeOption), optionMoreW)
		if wide {
			line += PadLeft(heldCost(base, o.SizeOption), optionCostW)
		}
		s.add(Render(style, Cut(line+"  "+killsText(base, o.SizeOption), s.width)))
		cut = cut || (base.Recommendation.Cures && base.ClippedAtLimit != nil && *base.ClippedAtLimit)
	}
	if wide {
		s.prose(3, s.t.Muted, "p95, p99 and max get 20% of room. A month: what the larger limit costs if all replicas use all of it.")
	}
	if cut {
		s.prose(3, s.t.Muted, "What went beyond today's limit was cut off there and never seen.")
	}
}

// moreText says how much above today's limit a size is, a pod.
func moreText(d *analysis.Diagnosis, o analysis.SizeOption) string {
	now := d.Container.Resources.Limit
	if now == nil {
		return "?"
	}
	switch more := o.Limit - *now; {
	case more > 0:
		return "+" + data.HumanBytes(float64(more))
	case more < 0:
		return "-" + data.HumanBytes(float64(-more))
	}
	return "same"
}

// heldCost is what the difference of the limit costs a month when all of it is used, by all replicas.
func heldCost(d *analysis.Diagnosis, o analysis.SizeOption) string {
	now := d.Container.Resources.Limit
	if now == nil || d.Cost.PerGiBMonth <= 0 {
		return "?"
	}
	n := int32(1)
	if d.Cost.Replicas != nil {
		n = *d.Cost.Replicas
	}
	return money(float64(o.Limit-*now)/float64(data.Gi)*d.Cost.PerGiBMonth*float64(n), d.Cost.Currency)
}

// killsText says what was seen above a size, and how long it lasts where it cures nothing. What was cut off at the limit
// was never seen.
func killsText(d *analysis.Diagnosis, o analysis.SizeOption) string {
	if !d.Recommendation.Cures {
		if t := d.UntilLimit(o.Limit); t != nil {
			return "killed " + Span(*t) + " after a start"
		}
		if d.Recommendation.ToKill != nil && o.Stat == "policy" {
			return "killed " + Span(*d.Recommendation.ToKill) + " after a start"
		}
		return "goes on: the cause stays"
	}
	if o.Above > 0 {
		return fmt.Sprintf("%.2g%% of samples are above", o.Above*100)
	}
	room := 0.0
	if u := d.Usage[data.ThirtyDay]; u.Samples > 0 && o.Limit > 0 {
		room = 1 - u.Max/float64(o.Limit)
	}
	text := "none seen so far"
	if room > 0 {
		text = fmt.Sprintf("none seen, %.0f%% free above the max", room*100)
	}
	return text
}
