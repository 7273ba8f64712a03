package views

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// layNumbers writes limit and request now and new with where they come from, the cost, and what to mind.
// When it is tight the price's origin and what the same money would buy are left out.
func layNumbers(s *sheet, f *Fix, tight bool) {
	layAmounts(s, f, tight)
	layCautions(s, f)
}

// layCautions writes what to mind.
func layCautions(s *sheet, f *Fix) {
	for _, w := range fixWarnings(f) {
		s.note(1, s.t.Warn, s.t.Glyphs.Warn, w)
	}
}

// layAmounts writes limit and request now and new, and the cost.
func layAmounts(s *sheet, f *Fix, tight bool) {
	now := fixBefore(f)
	s.add(Render(s.t.Header, Pad("", statLabel)+PadLeft("now", 7)+"   "+PadLeft("new", 7)))
	s.numberLines(now, f)
	if v := f.Change.SizeLimit; v != nil && f.Plan != nil && f.Plan.SizeBefore != nil {
		s.hang(s.numberHead("tmpfs", above(f.Plan.SizeBefore.Bytes), &v.Bytes), s.t.Muted, "sizeLimit of volume "+v.Volume.String())
	}
	if f.Plan != nil {
		cost := costText(f.Cost)
		if at := strings.LastIndex(cost, " ("); tight && at > 0 {
			cost = cost[:at]
		}
		s.hang(Render(s.t.Muted, Pad("  cost", statLabel)), s.t.Text, cost)
		if f.Cost.NetZero != "" && !tight {
			s.hang(Pad("", statLabel), s.t.Muted, "For the same money: "+f.Cost.NetZero.String())
		}
		if f.Plan.Effect != "" && f.Phase != FixPlanned {
			s.hang(Render(s.t.Muted, Pad("  effect", statLabel)), s.t.Text, f.Plan.Effect.String())
		}
	}
}

// fixBefore returns the memory that the template holds; before the first plan, the container's.
func fixBefore(f *Fix) data.Resources {
	if f.Plan != nil {
		return f.Plan.Before
	}
	if f.Entry != nil {
		return f.Entry.After
	}
	if f.Diagnosis != nil {
		return f.Diagnosis.Container.Resources
	}
	return data.Resources{}
}

// numberLines writes limit and request as "limit  512Mi →  768Mi  why". The limit's reason goes on beside the request
// when that has none of its own, which saves a line where lines are dear.
func (s *sheet) numberLines(now data.Resources, f *Fix) {
	next := fixWanted(f, now)
	limit, request := s.numberHead("limit", now.Limit, next.Limit), s.numberHead("request", now.Request, next.Request)
	why, whyRequest := limitReason(f), requestReason(f)
	room := s.width - Width(limit)
	if room < minReason {
		s.add(limit)
		s.add(request)
		s.prose(2, s.t.Muted, strings.TrimSpace(why+". "+whyRequest))
		return
	}
	lines := fold(why, room)
	if whyRequest == "" && len(lines) > 1 {
		s.add(limit + Render(s.t.Muted, lines[0]))
		s.hang(request, s.t.Muted, strings.Join(lines[1:], " "))
		return
	}
	s.hang(limit, s.t.Muted, why)
	s.hang(request, s.t.Muted, whyRequest)
}

// minReason is the least room, in cells, for a reason beside a number; with less it goes below.
const minReason = 24

// fixWanted is the memory that is asked for: a wish that is nil leaves what is there, unless it is to be taken away.
func fixWanted(f *Fix, now data.Resources) data.Resources {
	next := data.Resources{Limit: f.Limit, Request: f.Request}
	if next.Limit == nil && !f.Change.DropLimit {
		next.Limit = now.Limit
	}
	if next.Request == nil && !f.Change.DropRequest {
		next.Request = now.Request
	}
	return next
}

// numberHead writes one number now and new.
func (s *sheet) numberHead(name string, now, next *int64) string {
	style := s.t.Strong
	if same(now, next) {
		style = s.t.Text
	}
	return Render(s.t.Muted, Pad("  "+name, statLabel)) + Render(s.t.Text, PadLeft(exactBytes(now), 7)) +
		" " + Render(s.t.Muted, s.t.Glyphs.Arrow) + " " + Render(style, PadLeft(exactBytes(next), 7)) + "   "
}

// exactBytes is Limit with a mark when the number had to be rounded to be short.
func exactBytes(n *int64) string {
	text := Limit(n)
	if n == nil {
		return text
	}
	if back, err := data.ParseBytes(text); err != nil || back != *n {
		return "~" + text
	}
	return text
}

// limitReason says where the new limit comes from.
func limitReason(f *Fix) string {
	switch {
	case f.Undo:
		return "the former value"
	case f.Diagnosis == nil || f.Limit == nil:
		return ""
	}
	r := f.Diagnosis.Recommendation
	if !same(f.Limit, r.Limit) {
		return "your number; recommended: " + recommended(r.Limit)
	}
	return stepsOfSize(r, false)
}

// requestReason says where the new request comes from.
func requestReason(f *Fix) string {
	if f.Undo || f.Diagnosis == nil || f.Request == nil {
		return ""
	}
	r := f.Diagnosis.Recommendation
	if !same(f.Request, r.Request) {
		return "your number; recommended: " + recommended(r.Request)
	}
	return stepsOfSize(r, true)
}

// requestStep is how a line of the arithmetic begins that is about the request.
const requestStep = "request: "

// stepsOfSize returns the arithmetic of the request, or of the limit, in one line.
func stepsOfSize(r analysis.Recommendation, request bool) string {
	var parts []string
	for _, step := range r.Steps {
		if text, ok := strings.CutPrefix(step.String(), requestStep); ok == request {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

func recommended(n *int64) string {
	if n == nil {
		return "no honest number can be given"
	}
	return Bytes(n)
}

func same(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// fixWarnings are what to mind before yes: first that the change cures nothing, then what the server would do
// otherwise than asked, then the warnings themselves, each once.
func fixWarnings(f *Fix) []string {
	var out []string
	add := func(text string) {
		text = upperFirst(text)
		if text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if d := f.Diagnosis; d != nil && !f.Undo && f.Limit != nil {
		r := d.Recommendation
		if !same(f.Limit, r.Limit) {
			r.ToKill = nil // reckoned for another number
		}
		add(bridgeText(r, d.Cause.Class))
	}
	if f.Plan != nil {
		add(otherThanAsked("limit", f.Limit, f.Plan.After.Limit))
		add(otherThanAsked("request", f.Request, f.Plan.After.Request))
	}
	for _, w := range f.Warnings {
		add(w.String())
	}
	if f.Plan != nil {
		for _, w := range f.Plan.Warnings {
			add(w.String())
		}
	}
	return out
}

// otherThanAsked says that the server would store another number than was asked for, as admission may.
func otherThanAsked(name string, asked, stored *int64) string {
	if asked == nil || same(asked, stored) {
		return ""
	}
	return fmt.Sprintf("The API server would store a %s of %s, not %s.", name, exactBytes(stored), exactBytes(asked))
}
