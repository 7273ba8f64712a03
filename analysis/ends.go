package analysis

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
)

// How the last minutes before a kill are read.
const (
	endReach   = 15 * time.Minute // how far back from the kill a rise is looked for
	endRise    = 0.10             // rise over the usual level, as a share of the limit, from which a ramp has begun
	rampLeast  = 90 * time.Second // a rise that lasts at least this long is a ramp and no jump
	peakHours  = 0.70             // resultant length of kill times on the clock's face from which they keep to an hour
	leastClock = 4                // kills that it takes …
	leastDays  = 3                // … on so many days
	seriesGap  = time.Hour        // kills no further apart are of one series
	seriesLong = 6.0              // hours that the longest life lasts at least where kills come in series
)

// endFacts are how killed lives ended.
type endFacts struct {
	last   []float64 // last sample over the limit, a value a kill
	ramps  []float64 // minutes from the start of the rise to the kill, of kills with a rise
	clock  float64   // how much the kills keep to one hour of the day, 0 to 1
	noon   float64   // that hour, 0 to 24
	series float64   // share of kills that follow another within an hour, though lives can be long
}

// readEnds looks at the end of each killed life.
func (f *facts) readEnds() {
	for i := range f.lives {
		l := &f.lives[i]
		if !l.ended() || l.limit <= 0 || len(l.v) < fewSamples {
			continue
		}
		f.end.last = append(f.end.last, l.v[len(l.v)-1]/l.limit)
		if m, ok := rampMinutes(l); ok {
			f.end.ramps = append(f.end.ramps, m)
		}
	}
	f.readClock()
	f.readSeries()
}

// rampMinutes returns how many minutes before its kill a life began to rise above its usual level.
func rampMinutes(l *life) (float64, bool) {
	lo := len(l.t) - 1
	for lo > 0 && l.end().Sub(time.UnixMilli(l.t[lo-1])) <= 4*endReach {
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
	return max(l.end().Sub(time.UnixMilli(l.t[at-1])).Minutes(), 0), true
}

// readClock sees whether kills keep to an hour of the day.
func (f *facts) readClock() {
	if len(f.kills) < leastClock {
		return
	}
	days := map[string]bool{}
	for _, k := range f.kills {
		days[k.At.UTC().Format(time.DateOnly)] = true
	}
	if len(days) < leastDays {
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

// readSeries sees whether kills come in series with long quiet times between them.
func (f *facts) readSeries() {
	if len(f.kills) < 3 || f.maxLength.Hours() < seriesLong {
		return
	}
	n, last := 0, map[data.Text]time.Time{}
	for _, k := range f.kills {
		if at, ok := last[k.Pod]; ok && k.At.Sub(at) <= seriesGap {
			n++
		}
		last[k.Pod] = k.At
	}
	f.end.series = float64(n) / float64(len(f.kills)-1)
}
