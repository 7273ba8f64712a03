package demo

import (
	"math"

	"github.com/oomedic/oomedic/data"
)

// The models below say how much memory a program wants at a moment. They know nothing of limits, save that of the
// children in worker: whether a want is met or ends in a kill is the kubelet's part. They are pure, so that history
// and present follow the same law and the same seed gives the same numbers.

// mi is one MiB in the floating point that demand is reckoned in.
const mi = float64(data.Mi)

// moment is where a container stands when it is asked what it wants.
type moment struct {
	age     float64 // hours since the container started
	clock   float64 // hours since the Unix epoch, on the clock of demand
	origin  float64 // the clock at which watching began, in the same hours
	watched float64 // seconds of real time watched so far; below zero in the history
	key     uint64  // of the replica
	group   uint64  // of the workload, the same for all its replicas
	life    int     // number of the container instance, from 0
	shm     float64 // bytes that earlier instances left in the pod's memory volumes
	limit   float64 // bytes
}

// usage is what a container wants or holds, in bytes.
type usage struct {
	set     float64 // the working set: anonymous memory, active file pages, shared memory and kernel
	file    float64 // of it, active file pages
	shm     float64 // of it, memory volumes
	idle    float64 // inactive file pages, outside of the working set
	receive float64 // network, bytes a second
	sockets float64 // connections; 0 for as many as go with what is received
	cores   float64 // processor time; 0 for as much as goes with what is received
	reads   float64 // from disks, bytes a second; 0 for next to nothing
	threads float64 // 0 for a dozen
	leaked  float64 // of set, what is never given back, bytes
	breach  bool    // a child went over the limit and is dead; set is what lives on
}

// demand is a program's want of memory.
type demand func(moment) usage

// season is the day's load, from 0 at 02:00 UTC to 1 at 14:00 UTC.
func season(clock float64) float64 {
	return 0.5 - 0.5*math.Cos((clock-2)*math.Pi/12)
}

// filled returns how far a first-order filling has come after age hours, from 0 to 1; tau is in hours.
func filled(age, tau float64) float64 { return 1 - math.Exp(-age/tau) }

// jitter is the small change from one sample to the next, within ±width MiB.
func jitter(m moment, width float64) float64 {
	return width * mi * wander(m.key^0x51, m.clock*40)
}

// steady is a program that does not want more from one week to the next: base plus swing over the day.
func steady(base, swing float64) demand {
	return func(m moment) usage {
		set := (base*(0.6+0.4*filled(m.age, 0.05)) + swing*season(m.clock)) * mi
		return usage{set: set + jitter(m, base/60), file: 0.06 * set, idle: 0.2 * set, receive: 2e4 * (0.2 + season(m.clock))}
	}
}

// leak grows by rate MiB an hour for ever. Requests in flight take up to another 26 MiB for a minute or two.
func leak(base, rate float64) demand {
	return func(m moment) usage {
		slope := rate * around(m.key^0x1ea4, int64(m.life), 0.03)
		flight := 26 * math.Pow(math.Max(0, wander(m.key^0xf1, m.clock*25)), 4)
		set := (base - 40*math.Exp(-m.age/0.03) + slope*m.age + flight) * mi
		return usage{set: set + jitter(m, 0.8), file: 4 * mi, idle: 12 * mi, receive: 3e4 * (0.3 + season(m.clock)), leaked: slope * m.age * mi}
	}
}

// tooLow is a database whose queries need what they need: over a month half of the time below 445 MiB, 95 % below
// 505 MiB and 99 % below 510 MiB. Once in a while a report runs at the daily peak and wants more than 512 MiB.
func tooLow(m moment) usage {
	phase := (m.clock-14)/24 + 0.03*wander(m.key^0xdb, m.clock*30) + 0.02*wander(m.key^0xdc, m.clock*1.3)
	phase -= math.Floor(phase)
	level := math.Abs(2*phase - 1) // evenly spread over [0, 1], 1 at 14:00 UTC
	set := databaseQuantile(level) * mi
	set *= 1 - 0.35*math.Exp(-m.age/0.12)
	if want := reportQuery(m); want > set {
		set = want
	}
	return usage{set: set, file: 0.08 * set, idle: 0.1 * set, receive: 1.5e4 * (0.3 + season(m.clock)), sockets: 18 + 14*level, cores: 0.2 + 0.5*level, reads: 4e5 * (0.5 + level)}
}

// databaseShape are points of the database's distribution: the share of time below so many MiB.
var databaseShape = [][2]float64{{0, 391}, {0.1, 407}, {0.5, 448}, {0.8, 483}, {0.9, 499}, {0.95, 505.1}, {0.99, 510.2}, {1, 511.5}}

// databaseQuantile returns the MiB below which the database stays for a share of the time.
func databaseQuantile(share float64) float64 {
	for i := 1; i < len(databaseShape); i++ {
		lo, hi := databaseShape[i-1], databaseShape[i]
		if share <= hi[0] {
			return lo[1] + (hi[1]-lo[1])*(share-lo[0])/(hi[0]-lo[0])
		}
	}
	return databaseShape[len(databaseShape)-1][1]
}

// The reports of the database. In the history twelve run within thirty days, each so many days before the newest daily
// peak; while somebody watches, one runs every reportEvery seconds, the first after reportFirst.
var reportDays = map[int]bool{0: true, 2: true, 5: true, 7: true, 10: true, 12: true, 15: true, 17: true, 20: true, 22: true, 25: true, 27: true}

const (
	reportEvery = 95.0
	reportFirst = 24.0
	reportTakes = 8.0
)

// reportQuery returns what a report wants in bytes, 0 while none runs.
func reportQuery(m moment) float64 {
	if m.watched >= 0 {
		if m.watched < reportFirst || m.age < 0.4 {
			return 0
		}
		n, since := math.Floor((m.watched-reportFirst)/reportEvery), math.Mod(m.watched-reportFirst, reportEvery)
		if since >= reportTakes {
			return 0
		}
		return (560 + 70*unit(m.group, int64(n))) * mi
	}
	newest := math.Floor((m.origin-0.5-14)/24)*24 + 14
	if at := m.clock - (m.origin - 7.3); m.origin-newest > 20 && at >= 0 && at < 0.035 { // one lies within the last day, whatever the clock
		return (500 + 120*math.Min(1, at/0.02)) * mi
	}
	peak := math.Floor((m.clock-14)/24)*24 + 14
	if m.clock-peak > 0.035 || m.age < 0.4 || !reportDays[int(math.Round((newest-peak)/24))] {
		return 0
	}
	return (500 + 120*math.Min(1, (m.clock-peak)/0.02)) * mi
}

// heapMisfit is a JVM whose -Xmx is the container's whole limit: the heap fills up to it and 105 MiB of metaspace,
// threads and code cache come on top. Collections keep what was once taken, so it goes up in steps.
func heapMisfit(m moment) usage {
	tau := 13 * around(m.key^0x7a, int64(m.life), 0.25)
	heap := 256 + 768*filled(m.age, tau)
	heap = math.Floor(heap/8) * 8
	set := (105*filled(m.age, 0.02) + heap*(0.55+0.45*filled(m.age, 0.4))) * mi
	return usage{set: set + jitter(m, 1.5), file: 9 * mi, idle: 30 * mi, receive: 2e4 * (0.4 + season(m.clock))}
}

// keyCache keeps every key it ever saw; new ones get rarer, so it grows by the root of time and never stops.
func keyCache(m moment) usage {
	k := 134 * around(m.key^0xca, int64(m.life), 0.12)
	set := (120 + k*math.Sqrt(m.age)) * mi
	return usage{set: set + jitter(m, 1.2), file: 3 * mi, idle: 5 * mi, receive: 6e4 * (0.3 + season(m.clock))}
}

// nightly is a batch that loads a day's rows, sorts them and writes; the peak comes after 28 of 40 minutes.
func nightly(m moment) usage {
	peak := 1150 + 620*unit(m.key^0x91, 0)
	x := m.age / (40.0 / 60)
	bump := math.Exp(-(x - 0.7) * (x - 0.7) / 0.03)
	set := (240 + 90*math.Min(1, x*8) + (peak-330)*bump) * mi
	return usage{set: set + jitter(m, 4), file: 60 * mi, idle: 300 * mi, receive: 1e6 * math.Max(0, 1-x), sockets: 9, cores: 0.9, reads: 6 * mi * math.Max(0, 1-x)}
}

// frames is a renderer that keeps finished frames under /dev/shm and never removes them. They outlive the container.
func frames(m moment) usage {
	shm := m.shm + (48*math.Min(1, m.age*360)+15*m.age)*mi
	set := 250*filled(m.age, 0.011)*mi + shm
	return usage{set: set + 0.2*jitter(m, 1), file: 6 * mi, shm: shm, idle: 20 * mi, receive: 2e5}
}

// spikes is a shop's checkout: memory goes with the requests in flight, and now and then a campaign brings several
// times the usual number within two minutes.
func spikes(m moment) usage {
	load := 0.35 + 0.65*season(m.clock)
	slot := math.Floor(m.clock / 6)
	if n := int64(slot); unit(m.group, n) < 0.24 {
		begin := slot*6 + 0.5 + 5*unit(m.group^1, n)
		length := 0.07 + 0.13*unit(m.group^2, n)
		if at := m.clock - begin; at >= 0 && at < length {
			load *= 1 + (1+5*unit(m.group^3, n))*math.Min(1, at/0.03)
		}
	}
	if at := m.clock - (m.origin - 9.4); at >= 0 && at < 0.15 { // one campaign lies within the last day, whatever the clock
		load = math.Max(load, 5.6*math.Min(1, at/0.03))
	}
	set := (165 + 72*load*filled(m.age, 0.04)*around(m.key, int64(slot), 0.08)) * mi
	return usage{set: set + jitter(m, 4), file: 8 * mi, idle: 20 * mi, receive: 2.4e5 * load, sockets: 70 * load, cores: 0.35 * load}
}

// bursts is a thumbnailer: most pictures are small, a few are huge, and each is held whole for less than a minute.
func bursts(m moment) usage {
	minute := math.Floor(m.clock * 60)
	size := 0.0
	if n := int64(minute); unit(m.key^0xb5, n) < 1.0/400 && m.age > 1.0/60 {
		size = math.Min(900, 38*math.Pow(1-unit(m.key^0xb6, n), -1/1.1))
	}
	if minute == math.Floor(60*(m.origin-3-8*unit(m.key, 7))) { // one huge picture came within the last half day
		size = 420
	}
	ramp := math.Min(1, math.Min((m.clock*60-minute)*4, m.age*900)) // a picture takes some seconds to read, after a start too
	set := (138 + 14*season(m.clock) + size*ramp) * mi
	return usage{set: set + jitter(m, 6), file: 12 * mi, idle: 80 * mi, receive: 5e4 + size*mi/60, sockets: 12 + 5*season(m.clock), cores: 0.1 + math.Min(0.8, size/400)}
}

// children is a pool of forked workers: a task runs in a child of its own for ten minutes and the child's memory goes
// up until the task is done, or until the child is killed at the limit and the parent takes the next task.
func children(m moment) usage {
	parent := (148 + 10*season(m.clock)) * mi
	slot := math.Floor(m.clock * 6)
	size := 40 + 150*math.Pow(unit(m.key^0xc4, int64(slot)), 5)
	if slot == math.Floor(6*(m.origin-5.2)) { // one child died within the last day, whatever the clock
		size = 190
	}
	child := size * mi * (m.clock*6 - slot)
	u := usage{set: parent + jitter(m, 2), file: 5 * mi, idle: 30 * mi, receive: 3e4}
	if u.set+child > m.limit {
		u.breach = true
		return u
	}
	u.set += child
	return u
}

// migration is an init container that reads a whole table into memory in ten seconds.
func migration(m moment) usage {
	set := (12 + 9*m.age*3600) * mi
	return usage{set: math.Min(set, 110*mi), file: mi, idle: mi}
}

// accumulation is a log shipper that forgets to close the buffers of rotated files: a MiB and a half an hour.
func accumulation(m moment) usage {
	slope := 1.45 * around(m.key^0xac, int64(m.life), 0.15)
	set := (78*(0.7+0.3*filled(m.age, 0.1)) + slope*m.age) * mi
	return usage{set: set + jitter(m, 1.5), file: 10 * mi, idle: 60 * mi, receive: 8e4 * (0.4 + season(m.clock)), leaked: slope * m.age * mi}
}

// compactions is a time series database: its head grows for two hours and is then written out.
func compactions(m moment) usage {
	x := math.Mod(m.clock, 2) / 2
	set := (1010 + 260*x) * (0.7 + 0.3*filled(m.age, 0.3)) * mi
	return usage{set: set + jitter(m, 8), file: 90 * mi, idle: 400 * mi, receive: 4e5}
}
