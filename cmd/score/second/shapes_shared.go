package second

import "math"

// volume says that the pod has a memory-backed volume.
func (a *author) volume() {
	a.p.volumes = []string{pick(a.draw, "dshm", "shm", "scratch", "tmp", "ramdisk", "cache-volume")}
}

// written fills a memory-backed volume by rate bytes a second of ordinary traffic. It outlives the container, not the pod.
func written(b birth, rate, grain float64) part {
	old, own := b.pod.tmpfs, 0.0
	return func(m *moment, u *usage) {
		own += rate * m.rate * m.dt
		b.pod.tmpfs = old + own
		u.shm += math.Floor(b.pod.tmpfs/grain) * grain
	}
}

var sharedShapes = []shape{
	{"files in a memory-backed volume that nobody deletes", func(a *author) {
		a.volume()
		life := a.mag(hour, 3*day)
		base, rate := a.room(life)
		a.p.drops = a.mag(5*minute, 2*hour)
		grain := a.mag(0.001, 0.03) * a.L
		a.with(base, func(b birth) []part { return []part{written(b, rate, grain)} })
	}},
	{"loaders of training data in /dev/shm", func(a *author) {
		a.volume()
		a.bare("pytorch/pytorch:2.5.1-cuda12.4-cudnn9-runtime", "python", "train.py", "--num-workers", "8")
		base, _, height := a.bursty()
		a.p.step = 5
		a.scatter(a.mag(3*hour, day), func(at float64) episode {
			return episode{at: at, long: a.mag(5*minute, hour), height: height(), form: plateau, replica: -1}
		})
		a.p.keep = keeps{parts: true, load: true, often: true}
		a.with(base, func(birth) []part {
			return []part{func(m *moment, u *usage) {
				u.shm += m.surge
				if m.surge > 0 {
					u.cpu += 2
				}
			}}
		})
	}},
	{"a browser's shared memory", func(a *author) {
		a.bare(pick(a.draw, "selenium/standalone-chrome:131.0", "browserless/chrome:1.61", "ghcr.io/puppeteer/puppeteer:23"))
		if a.yes(0.5) {
			a.volume()
		}
		base, rate := a.room(a.mag(30*minute, 10*hour))
		a.p.keep = keeps{parts: true, load: true, often: true}
		// A process that is killed leaves its segments behind; a new container of a pod without a volume has a new /dev/shm.
		kept := len(a.p.volumes) > 0
		a.p.drops = a.mag(5*minute, hour)
		a.with(base, func(b birth) []part {
			if !kept {
				b.pod = &podState{}
			}
			return []part{written(b, rate, 0.002*a.L)}
		})
	}},
	{"parallel queries of a database in /dev/shm", func(a *author) {
		a.database()
		a.p.image = pick(a.draw, "postgres:16.4", "postgres:17-alpine", "timescale/timescaledb:2.17-pg16")
		if a.yes(0.6) {
			a.volume()
		}
		base, _, height := a.bursty()
		a.p.step = 5
		a.scatter(a.mag(3*hour, day), func(at float64) episode {
			return episode{at: at, long: a.mag(2*minute, 25*minute), height: height(), form: pick(a.draw, plateau, bell), replica: a.IntN(a.n)}
		})
		a.p.keep = keeps{parts: true, load: true, often: true}
		a.with(base, func(birth) []part {
			return []part{func(m *moment, u *usage) { u.shm += m.surge }}
		})
	}},
}
