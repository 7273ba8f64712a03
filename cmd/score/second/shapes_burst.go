package second

import (
	"fmt"
	"math"
)

// bursty draws the base of a workload with room for bursts, and a draw of heights as shares of that room. Most bursts
// stay below the limit, so that they can be seen.
func (a *author) bursty() (base func(b birth) []part, s signals, height func() float64) {
	floor, load := a.in(0.25, 0.5), a.mag(0.02, 0.08)
	s, f := a.signals(), newFiles(a.draw, a.L)
	warm := a.mag(5, 90)
	a.habits.swing = a.in(0.1, 0.4)
	base = func(b birth) []part {
		return []part{resident(b, (floor-load)*a.L, warm), busy(load*a.L, s), f.part(b)}
	}
	free := (0.97 - floor - load*a.habits.swing) * a.L
	middle := a.in(0.55, 0.78)
	height = func() float64 {
		if a.held {
			return free * math.Min(1.7, 0.35+a.weibull(0.4, 1.2))
		}
		return free * math.Min(1.7, a.around(middle, 0.33))
	}
	return base, s, height
}

// surging makes a burst's level memory, and its traffic times more than ordinary at a level of the whole limit.
//
// Connections rise with it, though less than it does: many clients come by the same proxies.
func (a *author) surging(s signals, times, power float64) func(birth) []part {
	together := a.in(0.05, 0.4)
	return func(birth) []part {
		return []part{func(m *moment, u *usage) {
			u.anon += m.surge
			extra := times * math.Pow(m.surge/a.L, 1/power)
			u.cpu += s.cpu * extra * 0.8
			u.rx += s.rx * extra
			u.sockets += s.sockets * together * extra
		}}
	}
}

var spikeShapes = []shape{
	{"a crowd comes at once and leaves slowly", func(a *author) {
		base, s, height := a.bursty()
		a.p.step = 5
		long, apart := a.mag(20*minute, 90*minute), a.mag(5*hour, 2*day)
		a.scatter(apart, func(at float64) episode {
			return episode{at: at, long: long * a.in(0.6, 1.6), height: height(), form: crowd, replica: -1}
		})
		a.p.keep = keeps{load: true, network: true}
		a.with(base, a.surging(s, a.in(6, 20), 1))
	}},
	{"clients that try again and again", func(a *author) {
		base, s, height := a.bursty()
		a.p.step = 5
		apart := a.mag(4*hour, 1.5*day)
		a.scatter(apart, func(at float64) episode {
			return episode{at: at, long: a.mag(10*minute, 40*minute), height: height(), form: storm, replica: -1}
		})
		a.p.keep = keeps{load: true, network: true}
		a.with(base, a.surging(s, a.in(8, 25), 1))
	}},
	{"each week's mailing", func(a *author) {
		base, s, height := a.bursty()
		on, at := a.whole(0, 4), a.in(7, 15)*hour
		for w := 0.0; w < span+after; w += week {
			a.events = append(a.events, episode{at: w + float64(on)*day + at + a.in(-900, 900), long: a.in(1, 4) * hour, height: height(), form: crowd, replica: -1})
			if a.yes(0.6) { // and a small one for the others
				a.events = append(a.events, episode{at: w + math.Mod(float64(on)+3, 7)*day + at + a.in(-900, 900), long: a.in(0.5, 2) * hour, height: 0.6 * height(), form: crowd, replica: -1})
			}
		}
		a.p.keep = keeps{load: true, network: true}
		a.with(base, a.surging(s, a.in(4, 12), 1))
	}},
	{"bursts from minutes to hours", func(a *author) {
		base, s, height := a.bursty()
		a.scatter(a.mag(8*hour, 2*day), func(at float64) episode {
			return episode{at: at, long: a.mag(12*minute, 3*hour), height: height(), form: plateau, replica: -1}
		})
		a.p.keep = keeps{load: true, network: true}
		a.with(base, a.surging(s, a.in(5, 15), 1))
	}},
	{"queues that grow with the square of the traffic", func(a *author) {
		base, s, height := a.bursty()
		a.p.step = 5
		a.scatter(a.mag(6*hour, 1.5*day), func(at float64) episode {
			return episode{at: at, long: a.mag(15*minute, 60*minute), height: height(), form: bell, replica: -1}
		})
		a.p.keep = keeps{load: true, network: true}
		a.with(base, a.surging(s, a.in(4, 9), 2))
	}},
}

// crowded makes a level of episodes requests that wait: each holds a thread or a socket and memory, and the traffic that
// comes in stays what it is, or becomes less.
func (a *author) crowded(each float64, threads bool, slower float64) func(birth) []part {
	return func(b birth) []part {
		return []part{func(m *moment, u *usage) {
			n := math.Floor(m.surge / each)
			u.anon += n * each
			if n <= 0 {
				return
			}
			u.sockets += n
			if threads {
				u.threads += n
			}
			u.rx *= 1 - slower*math.Min(1, m.surge/(0.3*a.L))
			u.cpu *= 1 - 0.5*slower*math.Min(1, m.surge/(0.3*a.L))
		}}
	}
}

var concurrencyShapes = []shape{
	{"the pool of threads grows while a database is slow", func(a *author) {
		a.quiet = signals{sockets: 100, threads: 25}
		base, _, height := a.bursty()
		a.p.step = 5
		each := a.L / float64(a.whole(60, 400))
		a.scatter(a.mag(5*hour, 1.5*day), func(at float64) episode {
			return episode{at: at, long: a.mag(5*minute, 45*minute), height: height(), form: plateau, replica: -1}
		})
		a.p.keep = keeps{load: true, process: true}
		a.with(base, a.crowded(each, true, a.in(0, 0.35)))
	}},
	{"clients that stay connected", func(a *author) {
		a.quiet = signals{sockets: 50, threads: 0}
		base, _, height := a.bursty()
		a.p.step = 5
		each := math.Min(a.L/300, a.mag(40, 400)*kib)
		a.scatter(a.mag(8*hour, 2*day), func(at float64) episode {
			return episode{at: at, long: a.mag(20*minute, 3*hour), height: height(), form: pick(a.draw, crowd, bell), replica: -1}
		})
		a.p.keep = keeps{load: true, process: true}
		a.with(base, a.crowded(each, false, a.in(-0.15, 0.05)))
	}},
	{"more worker processes than there is memory for", func(a *author) {
		a.quiet = signals{sockets: 60, threads: 6}
		base, _, height := a.bursty()
		a.p.step = 5
		n := a.whole(12, 48)
		a.bare(pick(a.draw, "php:8.3-apache", "httpd:2.4", "ghcr.io/acme/"+a.p.name+":7"), pick(a.draw, [][]string{{"apache2-foreground"}, {"gunicorn", "-w", fmt.Sprint(n), "app:app"}}...)...)
		a.scatter(a.mag(5*hour, 1.5*day), func(at float64) episode {
			return episode{at: at, long: a.mag(4*minute, 40*minute), height: height(), form: plateau, replica: -1}
		})
		a.p.keep = keeps{load: true, process: true}
		a.with(base, a.crowded(a.L/float64(n)*0.8, true, a.in(0, 0.3)))
	}},
	{"requests pile up until they time out", func(a *author) {
		a.quiet = signals{sockets: 50, threads: 25}
		base, _, height := a.bursty()
		a.p.step = 5
		each := a.L / float64(a.whole(200, 1500))
		a.scatter(a.mag(4*hour, 1.5*day), func(at float64) episode {
			return episode{at: at, long: a.mag(3*minute, 25*minute), height: height(), form: storm, replica: -1}
		})
		a.p.keep = keeps{load: true, process: true}
		a.with(base, a.crowded(each, a.yes(0.5), a.in(0.2, 0.6)))
	}},
}

// megas writes bytes as the JVM's flags do.
func megas(bytes float64) string { return fmt.Sprintf("%dm", int(bytes/mib)) }
