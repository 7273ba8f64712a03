package analysis

import (
	"slices"
	"time"
)

// startingTime is how soon after its start a life must end to have been killed while starting.
const startingTime = time.Minute

// startingLives is how many lives, or restarts, it takes to call that a habit.
const startingLives = 3

// What a peak at the start is. Heavy runtimes take some minutes to load; memory that falls afterwards and stays lower
// shows that it was loading and not the usual level.
const (
	startWindow  = 8 * time.Minute  // a kill within this time of the start may be one of starting
	startSettled = 25 * time.Minute // a life that lasts longer has started
	startFalls   = 1.20             // highest sample of the start over the highest level after it
	startRoom    = 0.80             // the level after the start is below this share of the limit
)

// startFacts are what lives do at their start.
type startFacts struct {
	killed   int // kills whose life's length is known
	early    int // … of these, within startWindow
	survived int // lives that got past their start
	peaks    int // … of these, whose start was the highest they came to for long
	after    []float64
	stepped  bool // lives got past their start until a day when none did any more
}

// readStarts looks at the start of each life.
func (f *facts) readStarts() {
	for i := range f.lives {
		l := &f.lives[i]
		if !l.killed.IsZero() || (l.ended() && l.v[len(l.v)-1] >= suddenLast*l.limit) {
			f.start.killed++
			if l.end().Sub(l.start) <= startWindow {
				f.start.early++
			}
		}
		if l.length() < startSettled || len(l.v) < fewSamples {
			continue
		}
		f.start.survived++
		n := 0
		for n < len(l.t) && time.Duration(l.t[n]-l.t[0])*time.Millisecond <= startWindow && time.UnixMilli(l.t[n]).Sub(l.start) <= startWindow {
			n++
		}
		if n == 0 || n >= len(l.t)-1 {
			continue
		}
		later := l.v[n : len(l.v)-1]
		if len(later) > 60 { // the next hour or so; what comes much later is no part of starting
			later = later[:60]
		}
		level := quantileOf(slices.Clone(later), 0.90)
		f.start.after = append(f.start.after, level)
		if slices.Max(l.v[:n]) >= startFalls*level {
			f.start.peaks++
		}
	}
	f.addUnseen()
	f.readStep()
}

// addUnseen counts the kills of lives that were too short to be sampled at all, though samples stand around them.
func (f *facts) addUnseen() {
	for _, k := range f.kills {
		seen, around := false, false
		for i := range f.lives {
			l := &f.lives[i]
			if l.pod != k.Pod {
				continue
			}
			seen = seen || l.killed.Equal(k.At)
			around = around || (k.At.Sub(l.last()).Abs() <= restartLag || k.At.Sub(l.first()).Abs() <= restartLag)
		}
		if !seen && around {
			f.start.killed++
			f.start.early++
		}
	}
}

// stepLives is how many early kills in a row show that no life gets past its start any more.
const stepLives = 5

// readStep sees whether lives got past their start only before the first kill: then it is not the start that is new.
func (f *facts) readStep() {
	if len(f.kills) < stepLives || f.start.early < stepLives || f.start.survived == 0 {
		return
	}
	first := f.kills[0].At
	for i := range f.lives {
		if l := &f.lives[i]; l.length() >= startSettled && l.first().After(first) {
			return
		}
	}
	f.start.stepped = f.start.early*10 >= f.start.killed*9
}

// diesStarting reports whether lives end while they start: at the runtime's hands, or within a minute in most of those
// whose length is known.
func (f *facts) diesStarting() bool {
	if f.conf.Scope == ScopeStartup {
		return true
	}
	short, n := 0, 0
	add := func(d time.Duration) {
		n++
		if d < startingTime {
			short++
		}
	}
	for i := range f.lives {
		if l := &f.lives[i]; !l.killed.IsZero() {
			add(l.length())
		}
	}
	for _, k := range f.kills {
		if !k.StartedAt.IsZero() && k.At.After(k.StartedAt) {
			add(k.At.Sub(k.StartedAt))
		}
	}
	for _, t := range f.c.Terminations() {
		if t.Reason == "OOMKilled" && !t.StartedAt.IsZero() && t.FinishedAt.After(t.StartedAt) {
			add(t.FinishedAt.Sub(t.StartedAt))
		}
	}
	if n == 0 || (n < startingLives && f.c.Restarts < startingLives) {
		return false
	}
	return float64(short) >= majority*float64(n)
}
