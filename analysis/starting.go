package analysis

import "time"

// startingTime is how soon after its start a life must end to have been killed while starting.
const startingTime = time.Minute

// startingLives is how many lives, or restarts, it takes to call that a habit.
const startingLives = 3

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
