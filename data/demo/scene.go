package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// sceneBeats is how many of its own steps back a program's log is written: more lines than anybody asks for.
const sceneBeats = 220

// logLine is one line of a container's log.
type logLine struct {
	at   time.Time
	text string
}

// scene is one instance of a container, for which a program writes its log. The same moment gives the same lines
// whenever they are read, and each figure in them is that of the simulation at that moment.
type scene struct {
	p     *pod
	l     *life
	in    instant
	until time.Time // the end of the instance, or the present
	init  bool      // it is of the init container
	lines []logLine
}

// newScene sets the scene for an instance of p.
func newScene(p *pod, l *life, in instant) *scene {
	s := &scene{p: p, l: l, in: in, until: in.now}
	if !l.end.IsZero() {
		s.until = l.end
	}
	return s
}

// killed reports whether the kernel ended the instance for its memory.
func (s *scene) killed() bool { return s.l.reason == reasonOOM }

// beat is a moment at which a program says something.
type beat struct {
	at   time.Time
	use  usage
	heap heap
	n    int64  // its number
	key  uint64 // what is random at it comes from here
}

// roll returns one of the random numbers of a beat, in [0, 1).
func (b *beat) roll(n int64) float64 { return unit(b.key, n) }

// at returns the moment of the instance at a time.
func (s *scene) at(t time.Time, n int64) beat {
	u, limit := s.p.usageAt(s.l, t, s.in), float64(s.p.limit())
	u.set = math.Min(u.set, limit) // what it wants beyond that it never gets to see
	return beat{at: t, use: u, heap: s.p.w.heapOf(u, hours(t), limit), n: n, key: mix(s.p.key^0x106, uint64(n))}
}

// every calls f at each step of the program's own clock towards the end of the instance, in order of time. Where demand
// runs faster than the clock of objects, so do the steps.
func (s *scene) every(step time.Duration, f func(beat)) {
	var times []time.Time
	for t := s.until; len(times) < sceneBeats; {
		pace := s.p.pace(step, t, s.in)
		at := t.Truncate(pace)
		if !at.Before(t) {
			at = at.Add(-pace)
		}
		late := at.Add(time.Duration(unit(s.p.key^0x7e, at.Unix()) * float64(min(pace, time.Minute)) * 0.4).Truncate(time.Millisecond))
		if at.Before(s.l.start) {
			break
		}
		if late.Before(s.until) {
			times = append(times, late)
		}
		t = at
	}
	for _, t := range slices.Backward(times) {
		f(s.at(t, t.Unix()))
	}
}

// started calls f once when the beginning of the instance is near enough to its end to be in the log that is kept.
func (s *scene) started(keep time.Duration, f func(at time.Time)) {
	if s.until.Sub(s.l.start) < keep {
		f(s.l.start.Add(120 * time.Millisecond))
	}
}

// last calls f at a short time before the end of an instance that was killed.
func (s *scene) last(before time.Duration, f func(beat)) {
	if at := s.until.Add(-before); s.killed() && at.After(s.l.start) {
		f(s.at(at, at.UnixMilli()))
	}
}

// say writes a line.
func (s *scene) say(at time.Time, format string, a ...any) {
	s.lines = append(s.lines, logLine{at, fmt.Sprintf(format, a...)})
}

// sorted returns the lines of the instance in order of time, the last n of them.
func (s *scene) sorted(n int) []logLine {
	in := s.lines[:0:0]
	for _, l := range s.lines {
		if !l.at.Before(s.l.start) && l.at.Before(s.until) {
			in = append(in, l)
		}
	}
	slices.SortStableFunc(in, func(a, b logLine) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	return in[max(0, len(in)-n):]
}

// inMi writes bytes as whole MiB, as programs do in their logs.
func inMi(v float64) string { return strconv.FormatFloat(math.Floor(v/mi), 'f', 0, 64) }

// resident is the part of a working set that is a program's own, in bytes: what it sees as its RSS.
func (b *beat) resident() float64 { return b.use.set*(1-kernelShare) - b.use.file - b.use.shm }
