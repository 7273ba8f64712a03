package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	pprof "github.com/google/pprof/profile"

	"github.com/oomedic/oomedic/data"
)

// What is kept of a profile: programs have some thousands of lines that hold memory, and their end is noise.
const (
	maxLines = 20000
	maxStack = 12
	maxName  = 300 // bytes of a function's or file's name
)

// sampleType names the value of a sample that is summed, by kind, and the one that counts objects.
var sampleTypes = map[data.ProfileKind][2]string{
	data.HeapProfile:      {"inuse_space", "inuse_objects"},
	data.GoroutineProfile: {"goroutine", ""},
}

// place is a line that is being added up.
type place struct {
	data.ProfileLine
	heaviest int64 // of the samples that end here
	sample   *pprof.Sample
}

// summary adds up the samples of a profile by the line that they end in.
func summary(p *pprof.Profile, kind data.ProfileKind) (*data.MemoryProfile, error) {
	want := sampleTypes[kind]
	value, objects := valueIndex(p, want[0]), valueIndex(p, want[1])
	if value < 0 {
		return nil, fmt.Errorf("%w of %s: it counts %s", ErrNotAProfile, want[0], counts(p))
	}
	out := &data.MemoryProfile{Kind: kind}
	if p.TimeNanos > 0 {
		out.At = time.Unix(0, p.TimeNanos)
	}
	places := map[data.ProfilePlace]*place{}
	for _, s := range p.Sample {
		v := s.Value[value]
		if v == 0 {
			continue
		}
		out.Total += v
		l := leaf(s)
		at := places[l.Key()]
		if at == nil {
			at = &place{ProfileLine: l}
			places[l.Key()] = at
		}
		at.Flat += v
		if objects >= 0 {
			at.Objects += s.Value[objects]
		}
		if at.sample == nil || v > at.heaviest {
			at.heaviest, at.sample = v, s
		}
	}
	fill(out, places)
	return out, nil
}

// fill writes the largest lines into out, each with the heaviest way to it.
func fill(out *data.MemoryProfile, places map[data.ProfilePlace]*place) {
	all := make([]*place, 0, len(places))
	for _, at := range places {
		all = append(all, at)
	}
	slices.SortFunc(all, func(a, b *place) int {
		if a.Flat != b.Flat {
			return cmp.Compare(b.Flat, a.Flat)
		}
		return cmp.Or(strings.Compare(a.Function.String(), b.Function.String()), strings.Compare(a.File.String(), b.File.String()), cmp.Compare(a.Line, b.Line))
	})
	for i, at := range all {
		if i >= maxLines {
			out.Left++
			out.Rest += at.Flat
			continue
		}
		at.Stack = stack(at.sample)
		out.Lines = append(out.Lines, at.ProfileLine)
	}
}

// valueIndex returns the place of a sample type, -1 when the profile has none of that name.
func valueIndex(p *pprof.Profile, name string) int {
	if name == "" {
		return -1
	}
	return slices.IndexFunc(p.SampleType, func(t *pprof.ValueType) bool { return t.Type == name })
}

// counts says what a profile counts.
func counts(p *pprof.Profile) data.Text {
	var names []string
	for _, t := range p.SampleType {
		names = append(names, t.Type)
	}
	if len(names) == 0 {
		return "nothing"
	}
	return data.Clean(cut(strings.Join(names, ", ")))
}

// leaf is the line of the program that a sample ends in: the innermost of inlined functions.
func leaf(s *pprof.Sample) data.ProfileLine {
	if len(s.Location) == 0 {
		return data.ProfileLine{Function: "unknown"}
	}
	return lineOf(s.Location[0], 0)
}

// lineOf is one of the lines of a location: several where functions were inlined.
func lineOf(l *pprof.Location, i int) data.ProfileLine {
	if i >= len(l.Line) {
		return data.ProfileLine{Function: data.Textf("0x%x", l.Address)}
	}
	at := l.Line[i]
	out := data.ProfileLine{Function: "unknown", Line: at.Line}
	if at.Function != nil {
		out.Function, out.File = data.Clean(cut(at.Function.Name)), data.Clean(cut(at.Function.Filename))
	}
	return out
}

// stack are the callers of a sample's line, the nearest first.
func stack(s *pprof.Sample) []data.Text {
	var out []data.Text
	for i, l := range s.Location {
		for j := range max(len(l.Line), 1) {
			if i == 0 && j == 0 {
				continue
			}
			if len(out) >= maxStack {
				return out
			}
			at := lineOf(l, j)
			out = append(out, data.Textf("%s %s:%d", at.Function, at.File, at.Line))
		}
	}
	return out
}

func cut(s string) string {
	if len(s) > maxName {
		return "…" + s[len(s)-maxName:]
	}
	return s
}
