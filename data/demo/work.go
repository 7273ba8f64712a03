package demo

import (
	"errors"
	"math"
	"time"

	"github.com/prometheus/prometheus/storage"
)

// fineFor is how far back the parts of memory and what programs did are written as often as memory itself. Before, they
// are written as seldom as state, which saves most of what they cost.
const fineFor = 8 * day

// work is what a pod did since it was made, as counters have it.
type work struct {
	life     int     // instance that cpu and reads are of
	received float64 // bytes over the network, of the pod
	cpu      float64 // seconds, of the instance
	reads    float64 // bytes from disks, of the instance
}

// add counts d of a program that wants u.
func (w *work) add(u usage, d time.Duration) {
	w.received += u.receive * d.Seconds()
	w.cpu += u.busy() * d.Seconds()
	w.reads += math.Max(u.reads, 2e3) * d.Seconds()
}

// restart begins the counters of the next instance.
func (w *work) restart() { w.life, w.cpu, w.reads = w.life+1, 0, 0 }

// busy returns the cores that a program uses.
func (u usage) busy() float64 {
	if u.cores > 0 {
		return u.cores
	}
	return 0.04 + u.receive/4e5
}

// open returns its connections.
func (u usage) open() float64 {
	if u.sockets > 0 {
		return math.Round(u.sockets)
	}
	return math.Round(4 + u.receive/2500)
}

// lastWant returns what an instance of the history wanted when it was killed: the network brought the pod what killed
// it, whether or not a scrape came in between.
func (p *pod) lastWant(l *life, origin time.Time, limit float64) usage {
	if l.reason != reasonOOM {
		return usage{}
	}
	return p.w.demand(p.moment(l, l.end, origin, limit))
}

// writeWork appends the parts of memory and what the program did.
func (t *tracks) writeWork(app storage.Appender, r reading) error {
	set, file, idle := r.held()
	threads := r.use.threads
	if threads == 0 {
		threads = 12
	}
	return errors.Join(
		t.life[activeMetric].add(app, r.at, math.Floor(file/4096)*4096),
		t.life[inactiveMetric].add(app, r.at, math.Floor(idle/4096)*4096),
		t.life[kernelMetric].add(app, r.at, math.Floor(kernelShare*set/4096)*4096),
		t.life[cpuMetric].add(app, r.at, r.done.cpu),
		t.life[readsMetric].add(app, r.at, math.Floor(r.done.reads)),
		t.life[socketsMetric].add(app, r.at, r.use.open()),
		t.life[threadsMetric].add(app, r.at, threads),
	)
}
