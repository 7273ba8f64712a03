package second

import (
	"fmt"
	"math"
	"time"

	"github.com/oomedic/oomedic/cmd/score/simulate"
	"github.com/oomedic/oomedic/data"
)

// record runs the workload again up to now, watched, and tells what is known of it. It returns nil when the API server
// no longer tells of the kill.
func (c *Case) record(d draw, cond simulate.Condition) *simulate.Recording {
	epoch := time.Date(2026, 3, 2+7*d.IntN(8), 0, 0, 0, 0, time.UTC)
	s := newScrapes(d, c.p, cond == simulate.Degraded, c.now)
	r := &simulate.Recording{
		Truth: simulate.Truth{Label: c.p.label, Shape: c.p.shape, Limit: int64(c.p.limit)},
		Epoch: epoch, Now: c.now, Retention: s.retention, Replica: c.replica, Pairs: s.pairs, Missing: s.missing,
		Limits: append(append([]simulate.LimitUntil{}, c.p.limits...), simulate.LimitUntil{Until: math.Inf(1), Bytes: c.p.limit}),
	}
	from := math.Max(0, c.now-s.retention)
	name := c.p.name
	hashes := map[int]string{}
	gathered, lived := 0.0, 0.0
	var stories []*story
	for i := range c.p.skew {
		o := newObserver(&s, newDraw(c.seed, 500+uint64(i)), epoch.UnixMilli(), from)
		w := newMachine(c.p, i, c.seed, 0, c.p.limitAt, o)
		w.to(c.now, nil)
		one := simulate.Recorded{States: s.times(newDraw(c.seed, 700+uint64(i)), from, c.now)}
		for k, p := range w.out.pods {
			pod := simulate.RecordedPod{Name: data.Clean(c.podName(d, name, i, k, p.start, hashes)), UID: data.Clean(uid(d)), Start: p.start, End: p.end}
			if k < len(o.pods) {
				pod.Samples = o.pods[k]
			}
			one.Pods = append(one.Pods, pod)
		}
		for k, l := range w.out.lives {
			life := simulate.RecordedLife{Pod: l.pod, Start: l.start, End: l.end, Alive: l.why == running, OOM: l.why == byLimit || l.why == byNode || l.children > 0 && l.why == byOther}
			if k < len(o.lives) {
				life.Samples = o.lives[k]
			}
			one.Lives = append(one.Lives, life)
			if g, ok := grown(&l, c.p, from); ok {
				gathered, lived = gathered+g, lived+l.end-l.start
			}
		}
		for _, k := range w.out.kills {
			one.Kills = append(one.Kills, simulate.RecordedKill{At: k.at, Life: k.life, Child: k.child})
		}
		r.Truth.Kills += len(w.out.kills)
		r.Replicas = append(r.Replicas, one)
		stories = append(stories, &w.out)
	}
	if c.p.label.Growing() && lived > 0 {
		r.Truth.Growth = gathered / lived * hour
	}
	if !c.describe(d, r, stories[c.replica]) {
		return nil
	}
	return r
}

// grown is what a life has gathered by a leak.
func grown(l *lifeOf, p *plan, from float64) (float64, bool) {
	if !p.label.Growing() || l.end-l.start < 3*minute || l.end < from || l.start < p.since || l.leaked <= 0 {
		return 0, false
	}
	return l.leaked, true
}

// podName names a pod as its controller does.
func (c *Case) podName(d draw, name string, replica, pod int, start float64, hashes map[int]string) string {
	switch c.p.kind {
	case "StatefulSet":
		return fmt.Sprintf("%s-%d", name, replica)
	case "DaemonSet", "Job":
		return name + "-" + d.tail(5)
	}
	version := 0
	for _, t := range c.p.rollouts {
		if start >= t-1 {
			version++
		}
	}
	if hashes[version] == "" {
		hashes[version] = d.tail(10)
	}
	return name + "-" + hashes[version] + "-" + d.tail(5)
}

func uid(d draw) string {
	return fmt.Sprintf("%08x-%04x-4%03x-b%03x-%012x", d.Uint32(), d.IntN(1<<16), d.IntN(1<<12), d.IntN(1<<12), d.Int64N(1<<48))
}
