package analysis

import (
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A container that lives too short for samples is judged by how long it lived before.
const (
	shortLife   = 10 * time.Minute // below this one former life is enough to go by
	leastLives  = 3                // above it so many are needed, at a steady pace
	livesSpread = 0.10             // least half-width of the time that is left, as a share of a life
	livesSlack  = 2 * time.Second  // starts and ends are known to the second
)

// measured reports whether the working set of a container is that of the life that runs. For some minutes after a
// restart metrics still tell of the life before, and a container that waits for its next start uses nothing.
func measured(one *data.Usage) bool {
	c := one.Container
	switch {
	case one.WorkingSet == nil || !isMemory(*one.WorkingSet):
		return false
	case c == nil:
		return true
	case c.State != data.Running && c.State != "":
		return false
	}
	return c.StartedAt.IsZero() || one.At.IsZero() || !c.StartedAt.After(one.At)
}

// byLives sets the time that is left from how long former lives lasted until they were killed for memory, where the
// life that runs has too few samples to show its pace.
func (r *Risk) byLives(now time.Time) {
	c := r.Usage.Container
	if c == nil || c.State != data.Running || c.StartedAt.IsZero() || now.Before(c.StartedAt) {
		return
	}
	lives := killedLives(c)
	if len(lives) == 0 {
		return
	}
	slices.Sort(lives)
	usual := middleOf(lives)
	if usual >= shortLife.Seconds() {
		if cv, ok := spread(lives); len(lives) < leastLives || !ok || cv >= regularKills {
			return
		}
	}
	age := now.Sub(c.StartedAt).Seconds()
	wide := max(livesSpread*usual, livesSlack.Seconds())
	low, high := min(lives[0], usual-wide), max(lives[len(lives)-1], usual+wide)
	if age > high {
		return // it lives longer than ever
	}
	left := func(life float64) *time.Duration {
		return ptr(time.Duration(max(life-age, 0) * float64(time.Second)))
	}
	r.Left, r.LeftLow, r.LeftHigh = left(usual), left(low), left(high)
	r.usualLife = time.Duration(usual * float64(time.Second))
}

// killedLives returns how many seconds lives lasted that ended by a kill for memory.
func killedLives(c *data.Container) []float64 {
	kills := slices.Clone(c.Kills)
	if t := c.Last; t != nil && t.Reason == "OOMKilled" {
		kills = data.MergeKills(kills, []data.Kill{{At: t.FinishedAt, StartedAt: t.StartedAt}})
	}
	var out []float64
	for _, k := range kills {
		if d := k.At.Sub(k.StartedAt); !k.StartedAt.IsZero() && d > 0 {
			out = append(out, d.Seconds())
		}
	}
	return out
}
