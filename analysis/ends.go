package analysis

import (
	"math"
	"time"
)

// How the last minutes before a kill are read.
const (
	endReach   = 15 * time.Minute // how far back from the kill a rise is looked for
	endRise    = 0.10             // rise over the usual level, as a share of the limit, from which a ramp has begun
	rampLeast  = 90 * time.Second // a rise that lasts at least this long is a ramp and no jump
	peakHours  = 0.70             // resultant length of kill times on the clock's face from which they keep to an hour
	leastClock = 4                // kills that it takes
)

// endFacts are how killed lives ended.
type endFacts struct {
	last  []float64 // last sample over the limit, a value a kill
	ramps []float64 // minutes from the start of the rise to the kill, of kills with a rise
	clock float64   // how much the kills keep to one hour of the day, 0 to 1
	noon  float64   // that hour, 0 to 24
}

// readEnds looks at the end of each killed life.
func (f *facts) readEnds() {
	for i := range f.lives {
		l := &f.lives[i]
		if l.killed.IsZero() || l.limit <= 0 || len(l.v) < fewSamples {
			continue
		}
		f.end.last = append(f.end.last, l.v[len(l.v)-1]/l.limit)
		if m, ok := rampMinutes(l); ok {
			f.end.ramps = append(f.end.ramps, m)
		}
	}
	f.readClock()
}

// rampMinutes returns how many minutes before its kill a life began to rise above its usual level.
func rampMinutes(l *life) (float64, bool) {
	lo := len(l.t) - 1
	for lo > 0 && l.killed.Sub(time.UnixMilli(l.t[lo-1])) <= 4*endReach {
		lo--
	}
	usual := median(l.v[lo:])
	at := len(l.v)
	for at > lo && l.v[at-1] > usual+endRise*l.limit {
		at--
	}
	if at == lo {
		return 0, false
	}
	return l.killed.Sub(time.UnixMilli(l.t[at-1])).Minutes(), true
}

// readClock sees whether kills keep to an hour of the day.
func (f *facts) readClock() {
	if len(f.kills) < leastClock {
		return
	}
	var x, y float64
	for _, k := range f.kills {
		t := k.At.UTC()
		a := float64(t.Hour()*3600+t.Minute()*60+t.Second()) / 86400 * 2 * math.Pi
		x, y = x+math.Cos(a), y+math.Sin(a)
	}
	f.end.clock = math.Hypot(x, y) / float64(len(f.kills))
	f.end.noon = math.Mod(math.Atan2(y, x)/(2*math.Pi)*24+24, 24)
}
