package views

import (
	"fmt"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// profileRows is how many lines of a program are shown of a profile, and profileStack how many callers.
const (
	profileRows  = 8
	profileStack = 4
)

// View draws the parts one below the other, as far as they are scrolled to.
func (s *ProfileScreen) View(f Frame) string {
	p := s.profile()
	if p == nil {
		return Fill(f, []string{"", " " + Render(f.Theme.Title, "Profile"), "", " " + Render(f.Theme.Info, f.Theme.Glyphs.Busy+" Looking at the container")})
	}
	d := &sheet{t: f.Theme, width: f.Width}
	t := f.Theme
	d.hang(" "+Render(t.Header, "Do next")+"  ", t.Strong, s.next(p))
	if says := logFound(p); says != "" {
		d.hang(" "+Render(t.Header, "The log")+"  ", t.Warn, says)
	}
	d.hang(" "+Render(t.Header, "Runtime")+"  ", t.Text, s.runtimeWords(p))
	switch {
	case p.None != "":
		d.note(1, t.Warn, t.Glyphs.Unknown, "Nothing can be fetched now: "+p.None.String())
	case p.Instead != "":
		d.note(1, t.Info, t.Glyphs.Arrow, "The pod of the case does not run; this is "+p.Instead.String()+" of the same workload.")
	}
	if s.goProgram() {
		s.fetched(d, p, data.HeapProfile)
		s.fetched(d, p, data.GoroutineProfile)
	}
	figures(d, p)
	logHints(d, p)
	from, end := s.ways(d, p)
	d.heading("What usually leaks here")
	for _, l := range p.Guide.Patterns {
		d.bullet(1, l.String())
	}
	d.heading("Always")
	for _, l := range p.Guide.Always {
		d.note(1, t.Warn, t.Glyphs.Warn, l.String())
	}
	if s.follow { // also when what stands above it has come since, such as the log
		s.reading.reveal(from, end, f.Height)
	}
	return Fill(f, s.reading.cut(d.lines, f.Height, t))
}

// profileTitles are the kinds of profile as headings.
var profileTitles = map[data.ProfileKind]string{data.HeapProfile: "Heap profile", data.GoroutineProfile: "Goroutines"}

// fetched writes what a fetched profile says, or how to fetch one.
func (s *ProfileScreen) fetched(d *sheet, p *Profile, kind data.ProfileKind) {
	t, l := d.t, p.Fetched[kind]
	if l == nil { // the first lines of the screen say how to fetch one
		return
	}
	d.heading(profileTitles[kind])
	if l.Loading {
		d.prose(1, t.Info, t.Glyphs.Busy+" fetching it through a port-forward"+strings.Repeat(".", max(s.state.Frames, 0)%4))
	}
	if l.Problem != "" {
		d.alert(1, t.Bad, t.Glyphs.Bad, l.Problem.String())
	}
	if l.Value == nil || l.Value.First == nil {
		return
	}
	if l.Value.Last != nil {
		grownLines(d, l.Value)
	}
	topLines(d, l.Value.Newest())
}

// amount is a value of a profile for people.
func amount(kind data.ProfileKind, n int64) string {
	if kind == data.GoroutineProfile {
		return fmt.Sprint(n)
	}
	return data.HumanBytes(float64(n))
}

// grownLines writes what grew between two profiles, and the way to the line that grew most.
func grownLines(d *sheet, p *ProfilePair) {
	t, kind := d.t, p.First.Kind
	took := p.Last.At.Sub(p.First.At)
	rows := 0
	for i := range p.Grown {
		g := &p.Grown[i]
		if g.Grown <= 0 || rows >= profileRows {
			break
		}
		if rows == 0 {
			d.alert(1, t.Bad, t.Glyphs.Bad, fmt.Sprintf("Grew most within %s: %s by %s", Span(took), g.Function, amount(kind, g.Grown)))
			d.prose(3, t.Text, fmt.Sprintf("%s:%d", g.File, g.Line))
			for _, c := range g.Stack[:min(profileStack, len(g.Stack))] {
				d.prose(3, t.Muted, "called by "+c.String())
			}
			d.rule("grown in " + Span(took))
		}
		rate := ""
		if g.PerHour != nil && kind == data.HeapProfile {
			rate = data.HumanBytes(*g.PerHour) + "/h"
		}
		d.add(" " + Render(t.Warn, PadLeft("+"+amount(kind, g.Grown), 8)) + " " + Render(t.Muted, PadLeft(rate, 9)) + " " + placeWords(d, &g.ProfileLine, 20))
		rows++
	}
	if rows == 0 {
		d.note(1, t.OK, t.Glyphs.OK, "Nothing grew within "+Span(took)+": wait longer, or it is not in the Go heap.")
	}
}

// placeWords is a line of a program in what is left of a row.
func placeWords(d *sheet, l *data.ProfileLine, used int) string {
	place := fmt.Sprintf("%s:%d", base(l.File.String()), l.Line)
	room := max(8, d.width-used-Width(place)-2)
	return Render(d.t.Text, CutMiddle(l.Function.String(), room)) + " " + Render(d.t.Muted, place)
}

// base is the last part of a path.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// topLines writes the lines that hold most.
func topLines(d *sheet, p *data.MemoryProfile) {
	t := d.t
	d.rule(fmt.Sprintf("%s in use at %s", amount(p.Kind, p.Total), p.At.Format("15:04:05")))
	for i := range p.Lines[:min(profileRows, len(p.Lines))] {
		l := &p.Lines[i]
		share := ""
		if p.Total > 0 {
			share = fmt.Sprintf("%.0f%%", 100*float64(l.Flat)/float64(p.Total))
		}
		d.add(" " + Render(t.Usage, PadLeft(amount(p.Kind, l.Flat), 8)) + " " + Render(t.Muted, PadLeft(share, 5)) + " " + placeWords(d, l, 16))
	}
	if n := len(p.Lines) - profileRows; n > 0 {
		d.prose(1, t.Muted, counted(n+p.Left, "more line")+" of the program")
	}
	d.hang(" "+Render(t.Muted, "$ "), t.Muted, p.From.String())
}

// figures writes what the runtime says of its own memory.
func figures(d *sheet, p *Profile) {
	t, l := d.t, p.Runtime
	if l == nil {
		return
	}
	d.heading("Heap and what lies beside it")
	switch {
	case l.Problem != "":
		d.note(1, t.Warn, t.Glyphs.Unknown, "Prometheus: "+l.Problem.String())
	case l.Loading && l.Value == nil:
		d.prose(1, t.Info, t.Glyphs.Busy+" asking Prometheus")
	case p.NoRuntime:
		d.prose(1, t.Muted, "The container exports no metrics of its runtime to Prometheus.")
	}
	if l.Value == nil {
		return
	}
	row := func(name string, s data.Samples, bound bool) {
		if s.Len() == 0 {
			return
		}
		style := t.Usage
		if bound {
			style = t.Limit
		}
		line := " " + Render(t.Muted, Pad(name, 16)) + " " + Render(style, PadLeft(data.HumanBytes(s.V[s.Len()-1]), 8))
		if room := d.width - 30; room >= 12 {
			line += "  " + Render(style, sparkOf(s, min(room, 48), t.Glyphs.Blocks))
		}
		d.add(line)
	}
	row("working set", l.Value.WorkingSet, false)
	for _, part := range l.Value.Parts {
		row(part.Name.String(), part.Samples, part.Bound)
	}
	for _, w := range analysis.RuntimeMemoryWords(l.Value) {
		d.bullet(1, w.String())
	}
}

// sparkOf draws samples as at most w blocks, each the highest of its stretch, from zero to the highest of all.
func sparkOf(s data.Samples, w int, blocks [8]string) string {
	w = min(w, s.Len())
	if w < 1 {
		return ""
	}
	top := 0.0
	for _, v := range s.V {
		top = max(top, v)
	}
	var b strings.Builder
	for i := range w {
		high := 0.0
		for j := i * s.Len() / w; j < max((i+1)*s.Len()/w, i*s.Len()/w+1); j++ {
			high = max(high, s.V[j])
		}
		if top <= 0 {
			b.WriteString(blocks[0])
			continue
		}
		b.WriteString(blocks[min(7, int(high/top*8))])
	}
	return b.String()
}

// logHints writes what the log says, with the lines.
func logHints(d *sheet, p *Profile) {
	t, l := d.t, p.Log
	if l == nil {
		return
	}
	switch {
	case l.Value != nil && !l.Value.Previous:
		d.heading("The log")
	default:
		d.heading("The log before the kill")
	}
	switch {
	case l.Problem != "":
		d.note(1, t.Warn, t.Glyphs.Unknown, l.Problem.String())
	case l.Value == nil:
		d.prose(1, t.Info, t.Glyphs.Busy+" reading it")
	}
	if l.Value == nil {
		return
	}
	if l.Value.Short != "" {
		d.note(1, t.Info, t.Glyphs.Unknown, l.Value.Short.String())
	}
	if len(l.Value.Lines) == 0 {
		d.prose(1, t.Text, "The log is empty: the container ended before it said a word.")
	}
	for _, h := range p.Hints {
		d.note(1, t.Warn, t.Glyphs.Arrow, h.Says.String()+". "+h.Means.String())
		for _, i := range h.Lines {
			if i >= len(l.Value.Lines) {
				continue
			}
			line := l.Value.Lines[i]
			text := line.Text.String()
			if line.Cut > 0 {
				text += fmt.Sprintf(" … %s more", data.HumanBytes(float64(line.Cut)))
			}
			for _, part := range fold(text, max(minProse, d.width-6))[:min(2, len(fold(text, max(minProse, d.width-6))))] {
				d.add("   " + Render(t.Faint, sideBar(t)) + " " + Render(t.Muted, part))
			}
		}
	}
	d.hang(" "+Render(t.Muted, "$ "), t.Muted, l.Value.From.String())
}

// ways writes the commands, the chosen one marked, and returns the lines of that one.
func (s *ProfileScreen) ways(d *sheet, p *Profile) (from, end int) {
	t, n := d.t, 0
	command := func(text data.Text) {
		mark := "   "
		if n == s.chosen {
			mark = " " + Render(t.Accent, t.Glyphs.Cursor) + " "
			from = len(d.lines)
		}
		d.hang(mark, t.Command, text.String())
		if n == s.chosen {
			end = len(d.lines)
		}
		n++
	}
	if p.Guide.First != "" {
		d.heading("First: room, without a restart (a profile can itself be what kills)")
		command(p.Guide.First)
	}
	for _, w := range p.Guide.Ways {
		d.heading(w.Title.String())
		for _, c := range w.Commands {
			command(c)
		}
		for _, l := range w.Pitfalls {
			d.note(3, t.Warn, t.Glyphs.Warn, l.String())
		}
	}
	return from, end
}
