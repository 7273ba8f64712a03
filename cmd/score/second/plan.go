package second

import (
	"github.com/oomedic/oomedic/cmd/score/simulate"
)

// usage is what a container uses at one moment: memory in bytes, the rest per second or as a count.
type usage struct {
	anon, shm, kernel, active, inactive float64
	cpu, rx, reads                      float64
	sockets, threads                    float64
}

// pinned is what no reclaim frees.
func (u *usage) pinned() float64 { return u.anon + u.shm + u.kernel }

// moment is what the parts of a process know of the present.
type moment struct {
	t, dt, age float64 // seconds: since the start of all, of the step, of the container's life
	rate       float64 // ordinary traffic of this replica
	surge      float64 // level of the episodes
	limit      float64 // bytes, 0 for none
	leaked     float64 // what leaks add up to in this life, told by their parts
	d          draw
}

// part is one thing that uses memory. It may remember what it needs within one life.
type part func(m *moment, u *usage)

// birth is what a process knows when it starts.
type birth struct {
	t       float64
	replica int
	version int // rollouts before
	again   bool
	d       draw
	pod     *podState
	run     *replicaState
}

// podState outlives a container's restart, but not its pod.
type podState struct{ tmpfs float64 }

// replicaState outlives the pods.
type replicaState struct {
	jobs  []job // still to come
	doing *job  // taken up
	from  float64
	tries int
	disk  float64 // on a persistent volume
}

// plan is a workload before anything happened to it.
type plan struct {
	label   simulate.Label
	shape   string
	limit   float64 // bytes, 0 for none
	request float64
	limits  []simulate.LimitUntil
	skew    []float64 // share of the traffic of each replica, 1 on average
	traffic traffic
	events  *calendar
	jobs    [][]job // of each replica
	process func(b birth) []part
	// step is the resolution in seconds, and long how long it runs at most until somebody looks.
	step, long float64
	rollouts   []float64
	// short are times at which the node ran out of memory.
	short []float64
	// stops are ends that have nothing to do with memory, by replica.
	stops [][]float64
	// child is whether a worker process is killed while PID 1 lives on.
	child bool
	// drops is how long a pod loops until somebody deletes it, 0 for never.
	drops float64
	// minKills is how many kills there have to be before somebody looks, and soon whether that is within the hour for
	// which events are kept.
	minKills int
	soon     bool
	// since is when a leak came to its present rate.
	since       float64
	kind, image string
	command     []string
	env         [][2]string
	volumes     []string
	name        string
	// keep forbids that metrics are missing without which nobody could tell.
	keep keeps
}

// keeps are metrics that stay.
type keeps struct {
	load, parts, process, reads, network bool
	// often is that of something short samples are taken twice a minute, or each minute at least.
	often bool
}

// limitAt returns the limit in force at t.
func (p *plan) limitAt(t float64) float64 {
	for _, l := range p.limits {
		if t < l.Until {
			return l.Bytes
		}
	}
	return p.limit
}

// author draws one plan.
type author struct {
	draw
	held, rough bool
	p           *plan
	L           float64 // the limit in bytes
	habits      habits
	events      []episode
	n           int // replicas
	// quiet bounds what the ordinary traffic shows, 0 for no bound.
	quiet signals
}

var sizes = []float64{64, 96, 128, 200, 256, 300, 400, 512, 750, 1000, 1024, 1280, 1800, 2048, 2500, 4096, 5120, 8192, 12288, 16384}

// newPlan draws a workload of a label.
func newPlan(d draw, label simulate.Label, n int, held, rough bool) *plan {
	a := &author{draw: d, held: held, rough: rough, p: &plan{label: label, step: 15, long: span, minKills: 1}}
	a.L = pick(d, sizes...) * mib
	if held {
		a.L = float64(int(d.mag(64, 16384))) * mib
	}
	a.p.limit = a.L
	a.p.request = a.L * pick(d, 1, 1, 0.9, 0.66, 0.5, 0.33, 0.2)
	a.habits = newHabits(d, held)
	a.n = pick(d, 1, 1, 1, 2, 2, 3, 3, 4, 6, 12)
	a.p.kind = pick(d, "Deployment", "Deployment", "Deployment", "Deployment", "StatefulSet", "DaemonSet")
	a.plainSpec()
	all := shapes[label]
	one := all[n%len(all)]
	a.p.shape = one.name
	one.write(a)
	a.finish()
	return a.p
}

// finish draws what every workload has.
func (a *author) finish() {
	p := a.p
	for range a.n {
		p.skew = append(p.skew, a.around(1, 0.05))
	}
	for len(p.stops) < a.n {
		p.stops = append(p.stops, nil)
	}
	p.traffic = a.habits.make(newDraw(a.Uint64(), 3))
	p.events = newCalendar(a.events)
	for len(p.jobs) < a.n {
		p.jobs = append(p.jobs, nil)
	}
}

// shape is one way in which a cause shows.
type shape struct {
	name  string
	write func(a *author)
}

// shapes are all shapes by label. Case number n of a label has shape n modulo their number, so that each comes up.
var shapes = map[simulate.Label][]shape{
	simulate.TooLow: tooLowShapes, simulate.Leak: leakShapes, simulate.Gradual: gradualShapes, simulate.Spike: spikeShapes,
	simulate.Concurrency: concurrencyShapes, simulate.LargeFile: fileShapes, simulate.Cache: cacheShapes, simulate.JVM: runtimeShapes,
	simulate.SharedMem: sharedShapes, simulate.Node: nodeShapes, simulate.Startup: startupShapes, simulate.Healthy: healthyShapes,
}
