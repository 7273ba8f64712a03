package simulate

import (
	"cmp"
	"math"
	"slices"
)

// Label is the true cause of a case.
type Label string

// The causes that are simulated, and the healthy workloads that look like them.
const (
	TooLow      Label = "limit-too-low"
	Leak        Label = "memory-leak"
	Gradual     Label = "gradual-accumulation"
	Spike       Label = "load-spike"
	Concurrency Label = "concurrent-requests"
	LargeFile   Label = "large-file"
	Cache       Label = "unbounded-cache"
	JVM         Label = "jvm-heap"
	SharedMem   Label = "shared-memory"
	Node        Label = "node-pressure"
	Startup     Label = "startup-peak"
	Healthy     Label = "healthy"
)

// Causes are the labels of cases in which something was killed.
var Causes = []Label{TooLow, Leak, Gradual, Spike, Concurrency, LargeFile, Cache, JVM, SharedMem, Node, Startup}

// Labels are all labels.
var Labels = append(append([]Label(nil), Causes...), Healthy)

// Curable reports whether a higher limit alone ends the kills of a cause for good.
func (l Label) Curable() bool {
	switch l {
	case TooLow, Spike, Concurrency, LargeFile, JVM, Startup:
		return true
	}
	return false
}

// Growing reports whether l is a leak, fast or slow.
func (l Label) Growing() bool { return l == Leak || l == Gradual }

// Part is a set of cases.
type Part string

// Dev is what the analysis may be tuned on. Held has other seeds, other functional forms and other ranges.
const (
	Dev  Part = "dev"
	Held Part = "held"
)

// plan is a workload before anything happened to it.
type plan struct {
	label    Label
	shape    string
	limit    float64 // bytes; 0 for none
	request  float64
	replicas []*replica
	facts    facts
	// loops is true when the container dies again and again from its first start, so that it is looked at early.
	loops bool
	// limits are earlier limits: until a time, so many bytes.
	limits []oldLimit
	// nodeShort are times at which the node ran out of memory.
	nodeShort []float64
}

// oldLimit was in force before until.
type oldLimit struct{ until, bytes float64 }

// limitAt returns the limit in force at t.
func (p *plan) limitAt(t float64) float64 {
	for _, o := range p.limits {
		if t < o.until {
			return o.bytes
		}
	}
	return p.limit
}

// facts are what the pod's spec says.
type facts struct {
	kind    string // of the workload
	image   string
	command []string
	env     [][2]string
	volumes []string // of medium Memory
}

// builder draws the plan of one case.
type builder struct {
	dice
	held  bool
	rough bool // noisier
	p     *plan
	d     *demand // of every replica, before it becomes their own
	load  loadShape
	// mine is whether a burst hits one replica alone.
	mine bool
	// children is whether processes are killed while PID 1 lives on.
	children bool
	// newAt is when a version came that brought the trouble; 0 when it was there from the start.
	newAt float64
}

var limitSizes = []float64{128, 192, 256, 384, 512, 640, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192}

const mib = 1 << 20

// newPlan draws a case of a label.
func newPlan(d dice, label Label, held, rough bool) *plan {
	b := &builder{dice: d, held: held, rough: rough, p: &plan{label: label}}
	b.p.limit = limitSizes[d.IntN(len(limitSizes))] * mib
	b.p.request = b.p.limit * one(d, 1, 0.75, 0.5, 0.5, 0.25)
	if held { // sizes that nobody rounded, in the same proportions
		b.p.limit = math.Floor(d.scale(120, 9000)) * mib
		b.p.request = b.p.limit * one(d, 1, 0.8, 0.6, 0.5, 0.3)
	}
	b.load = loadShape{season: d.between(0.15, 0.6), peakAt: d.between(9, 20), rest: d.between(0.5, 1), noise: d.between(0.03, 0.12)}
	L := b.p.limit
	b.d = &demand{
		base: d.between(0.3, 0.6) * L, warmFrom: d.between(0.3, 0.8), warmTau: d.scale(20, 300), perLoad: d.between(0.01, 0.08) * L,
		noise:  noiseShape{sigma: d.scale(0.002, 0.015), tau: d.scale(2*minute, 2*hour), heavy: held},
		kernel: d.between(0.004, 0.02) * L, fileMax: d.scale(0.02, 0.6) * L, fileTau: d.scale(hour, 3*day), fileAlive: d.between(0, 0.3),
		cpu: d.scale(0.02, 1), receive: d.scale(2e3, 3e6), read: d.scale(1, 3e4), sockets: d.scale(3, 150),
	}
	if held && d.chance(0.5) {
		b.d.warmSteps = float64(2 + d.IntN(4))
	}
	if rough {
		b.d.noise.sigma = math.Min(0.03, b.d.noise.sigma*2)
	}
	b.p.facts = b.plainFacts()
	shapes[label](b)
	b.finish()
	return b.p
}

// finish gives every replica its own demand.
func (b *builder) finish() {
	load := newLoad(b.dice, b.held, b.load)
	n := one(b.dice, 1, 1, 2, 2, 3)
	if b.p.facts.kind == "StatefulSet" {
		n = one(b.dice, 1, 1, 2)
	}
	if b.held {
		b.shift()
	}
	slices.SortFunc(b.d.bursts, func(x, y burst) int { return cmp.Compare(x.at, y.at) })
	rollouts := b.rollouts()
	whose := make([]int, len(b.d.bursts))
	for i := range whose {
		whose[i] = b.IntN(n)
	}
	if b.newAt > 0 && b.d.versions == nil {
		b.d.versions = append([]version{{base: 1, growth: 0}}, version{at: b.newAt, base: 1, growth: 1})
	}
	if b.chance(0.12) && !b.p.loops && b.p.limit > 0 && b.p.label != Healthy {
		at := b.between(2*day, horizon-8*day)
		b.p.limits = []oldLimit{{until: at, bytes: b.p.limit * one(b.dice, b.between(0.8, 0.95), b.between(1.1, 1.5))}}
		rollouts = append(rollouts, at)
		slices.Sort(rollouts)
	}
	for i := range n {
		own := *b.d
		own.load, own.share = load, b.logNormal(1, 0.04)
		own.base *= b.logNormal(1, 0.01)
		if b.mine {
			own.bursts = nil
			for k, w := range whose {
				if w == i {
					own.bursts = append(own.bursts, b.d.bursts[k])
				}
			}
		}
		r := &replica{seed: b.Uint64(), d: &own, rollouts: make([]float64, len(rollouts))}
		for k, at := range rollouts {
			r.rollouts[k] = at + float64(i)*b.between(40, 120)
		}
		own.versions = shifted(own.versions, r.rollouts, rollouts)
		r.childOnly = b.children
		for _, t := range b.p.nodeShort {
			if i == 0 || b.chance(0.4) {
				r.nodeKills = append(r.nodeKills, t+b.between(0, 20))
			}
		}
		if b.p.label == Healthy && b.chance(0.6) {
			for t := b.wait(8 * day); t < horizon; t += b.wait(8 * day) {
				r.stops = append(r.stops, t)
			}
		}
		if b.p.label == SharedMem {
			r.giveUp = b.scale(10*minute, 4*hour)
		}
		b.p.replicas = append(b.p.replicas, r)
	}
}

// shift gives held-out cases other forms: bursts that do not rise in lines, and small ones that mean nothing.
func (b *builder) shift() {
	form := one(b.dice, smooth, smooth, doubling)
	for i := range b.d.bursts {
		b.d.bursts[i].form = form
	}
	size := math.Max(b.p.limit, 2*b.d.base)
	if b.p.label != Healthy && b.chance(0.5) {
		b.scatter(b.scale(hour, 8*hour), func(at float64) burst {
			return burst{at: at, rise: b.scale(5, 60), hold: b.scale(5, 120), fall: b.scale(5, 60), height: b.between(0.01, 0.05) * size, form: smooth}
		})
	}
}

// shifted moves versions to the times at which this replica is rolled out.
func shifted(vs []version, own, common []float64) []version {
	out := append([]version(nil), vs...)
	for i := range out {
		for k, at := range common {
			if out[i].at == at && at > 0 {
				out[i].at = own[k] - step
			}
		}
	}
	return out
}

// rollouts draws when the pods are replaced.
func (b *builder) rollouts() []float64 {
	var out []float64
	if b.newAt > 0 {
		out = append(out, b.newAt)
	}
	if b.p.loops {
		return out
	}
	if b.p.label == Startup {
		for t := b.between(day, 5*day); t < horizon+future; t += b.between(day, 6*day) {
			out = append(out, t)
		}
		return out
	}
	if b.chance(0.5) {
		for t := b.wait(8 * day); t < horizon+future; t += math.Max(day, b.wait(8*day)) {
			if t > b.newAt+day || t < b.newAt-day {
				out = append(out, t)
			}
		}
	}
	slices.Sort(out)
	return out
}
