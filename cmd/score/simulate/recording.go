package simulate

import (
	"math"
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Recording is what another model of workloads, of the kernel and of the measurement saw of one workload. Times are
// seconds since Epoch, memory is in bytes.
type Recording struct {
	ID        string
	Part      Part
	Condition Condition
	Truth     Truth
	Container data.Container
	Epoch     time.Time
	// Now is the present, and Retention how far the samples reach back.
	Now, Retention float64
	// Replica is the one that Container is of.
	Replica int
	// Limits are the limits in force, oldest first, each until a time; the last holds for good.
	Limits []LimitUntil
	// Pairs is how many Prometheus take samples: 1 or 2.
	Pairs int
	// Missing are metrics that nobody scrapes.
	Missing  Missing
	Replicas []Recorded
}

// LimitUntil is a limit in bytes that was in force until a time, 0 bytes for none.
type LimitUntil struct{ Until, Bytes float64 }

// Missing says which metrics nobody scrapes.
type Missing struct {
	Parts bool // RSS and page cache
	Load  bool // all of CPU, network, reads, sockets, threads, and the files of the page cache
	Limit bool
	// Network, Reads and Process (sockets and threads) can be missing alone.
	Network, Reads, Process bool
}

// Recorded is one replica of a recording.
type Recorded struct {
	Pods  []RecordedPod
	Lives []RecordedLife
	// Kills are all deaths by the kernel, in order.
	Kills []RecordedKill
	// States are the times at which kube-state-metrics was scraped.
	States []float64
}

// RecordedPod is one pod of a replica. End is +Inf while it exists.
type RecordedPod struct {
	Name, UID  data.Text
	Start, End float64
	Samples    []Sample // of the pod's own cgroup and network
}

// RecordedLife is one life of the container in pod number Pod. End is the present for the one that runs.
type RecordedLife struct {
	Pod        int
	Start, End float64
	// Alive is whether it runs, and OOM whether the runtime gave the kernel as the reason for its end.
	Alive, OOM bool
	Samples    []Sample
}

// RecordedKill is one death by the kernel; with Child the container lived on.
type RecordedKill struct {
	At    float64
	Life  int
	Child bool
}

// Sample is what was stored of one look of cAdvisor. By has a bit for each Prometheus that has it. CPU, Read and
// Receive are counters.
type Sample struct {
	At                                int64 // Unix milliseconds
	Set, RSS, Cache, Active, Inactive float64
	CPU, Read, Receive                float64
	Sockets, Threads                  float64
	By                                uint8
}

// FromRecording makes the case of a recording: History, Overview, Pods and Export tell what was recorded. What comes
// after now only the model that made the recording knows, so Forecast and After are not to be asked of it.
func FromRecording(r *Recording) *Case {
	c := &Case{recorded: true,
		ID: r.ID, Part: r.Part, Condition: r.Condition, Truth: r.Truth, Container: r.Container, plan: &plan{label: r.Truth.Label},
		now: r.Now, epoch: r.Epoch, replica: r.Replica,
		scraping: scraping{pairs: r.Pairs, retention: r.Retention, noParts: r.Missing.Parts, noLoad: r.Missing.Load, noLimit: r.Missing.Limit,
			noNetwork: r.Missing.Network, noReads: r.Missing.Reads, noProcess: r.Missing.Process},
	}
	c.Now = c.at(r.Now)
	for i, l := range r.Limits {
		if i == len(r.Limits)-1 {
			c.plan.limit = l.Bytes
			break
		}
		c.plan.limits = append(c.plan.limits, oldLimit{until: l.Until, bytes: l.Bytes})
	}
	for i := range r.Replicas {
		c.record(&r.Replicas[i])
	}
	return c
}

// record adds one replica.
func (c *Case) record(r *Recorded) {
	tr, m := &trace{}, &meter{}
	var names, uids []data.Text
	for i := range r.Pods {
		p := &r.Pods[i]
		tr.pods = append(tr.pods, pod{start: p.Start, end: p.End})
		m.pods = append(m.pods, columns(p.Samples))
		names, uids = append(names, p.Name), append(uids, p.UID)
	}
	for i := range r.Lives {
		l := &r.Lives[i]
		one := life{pod: l.Pod, start: l.Start, end: l.End, why: unrelated}
		switch {
		case l.Alive:
			one.why = alive
		case l.OOM:
			one.why = killed
		}
		tr.lives, m.lives = append(tr.lives, one), append(m.lives, columns(l.Samples))
	}
	for _, k := range r.Kills {
		tr.kills = append(tr.kills, kill{at: k.At, life: k.Life, child: k.Child})
	}
	times := slices.Clone(r.States)
	c.traces, c.meters = append(c.traces, tr), append(c.meters, m)
	c.states, c.seen = append(c.states, times), append(c.seen, c.seenOOM(times, tr))
	c.names, c.uids = append(c.names, names), append(c.uids, uids)
}

// seenOOM are the kills that kube-state-metrics showed with the kernel as their reason.
func (c *Case) seenOOM(times []float64, tr *trace) []int {
	return slices.DeleteFunc(seenKills(times, tr, c.now), func(k int) bool { return tr.lives[tr.kills[k].life].why != killed })
}

// columns turns samples into series.
func columns(in []Sample) series {
	var s series
	for _, r := range in {
		s.T, s.by = append(s.T, r.At), append(s.by, r.By)
		s.set, s.rss, s.cache = append(s.set, math.Max(0, r.Set)), append(s.rss, r.RSS), append(s.cache, r.Cache)
		s.active, s.inactive = append(s.active, r.Active), append(s.inactive, r.Inactive)
		s.cpu, s.read, s.receive = append(s.cpu, r.CPU), append(s.read, r.Read), append(s.receive, r.Receive)
		s.sockets, s.threads = append(s.sockets, r.Sockets), append(s.threads, r.Threads)
	}
	return s
}
