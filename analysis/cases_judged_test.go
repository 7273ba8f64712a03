package analysis

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// world is what a snapshot is taken of: containers that change at random.
type world struct {
	r         *rand.Rand
	now       time.Time
	held      map[data.Key]*data.Container
	overviews map[data.Key]data.Overview
}

// span is a random time, mostly about the edges of the windows that are counted.
func (w *world) span() time.Duration {
	edges := []time.Duration{0, time.Second, 30 * time.Second, time.Minute, 15 * time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour}
	return edges[w.r.IntN(len(edges))] + time.Duration(w.r.IntN(7)-3)*time.Second
}

// container is a container at a random state.
func (w *world) container() *data.Container {
	limit, code := int64(256+w.r.IntN(3)*256)*data.Mi, int32(137)
	i := w.r.IntN(40)
	c := &data.Container{
		Key:  data.Key{Namespace: "shop", Pod: data.Textf("api-%d", i), UID: data.Textf("u%d", i%3), Container: data.Textf("c%d", i%2)},
		Node: []data.Text{"", "n1", "n2"}[w.r.IntN(3)], Restarts: int32(w.r.IntN(4)), Resources: data.Resources{Limit: &limit},
		Workload: data.Workload{Kind: "Deployment", Namespace: "shop", Name: data.Textf("w%d", w.r.IntN(4))}, State: data.Running,
		PodCreated: w.now.Add(-w.span() - time.Hour),
	}
	for range w.r.IntN(3) {
		at := w.now.Add(-w.span())
		c.Kills = append(c.Kills, data.Kill{At: at, StartedAt: at.Add(-time.Hour), Reason: "OOMKilled", ExitCode: &code, From: "kubectl get pod"})
	}
	slices.SortFunc(c.Kills, func(a, b data.Kill) int { return a.At.Compare(b.At) })
	if w.r.IntN(3) > 0 {
		reason := []data.Text{"OOMKilled", "OOMKilled", "Error", "Completed"}[w.r.IntN(4)]
		end := w.now.Add(-w.span())
		if w.r.IntN(8) == 0 {
			end = time.Time{}
		}
		c.Last = &data.Termination{Reason: reason, ExitCode: 137, FinishedAt: end, Field: "lastState.terminated"}
	}
	if w.r.IntN(4) == 0 {
		c.KillsSince = w.now.Add(-w.span())
	}
	if w.r.IntN(9) == 0 {
		n := 2.0
		c.ChildKills, c.ChildKillsFrom = &n, "increase(container_oom_events_total[24h])"
	}
	return c
}

// step lets something happen.
func (w *world) step() (what string) {
	switch w.r.IntN(8) {
	case 0:
		w.now = w.now.Add(w.span())
		return "time"
	case 1:
		for k := range w.held {
			delete(w.held, k)
			return "delete"
		}
	case 2:
		next := maps.Clone(w.overviews)
		if next == nil {
			next = map[data.Key]data.Overview{}
		}
		for k := range w.held {
			if w.r.IntN(4) == 0 {
				peak := float64(int64(w.r.IntN(600)) * data.Mi)
				ov := data.Overview{Peak: &peak, Spark: []float64{1, peak}}
				if w.r.IntN(3) == 0 {
					ov.Kills = []data.Kill{{At: w.now.Add(-w.span()), Reason: "OOMKilled"}}
				}
				next[k] = ov
			}
		}
		w.overviews = next
		return "overviews"
	case 3:
		return "nothing"
	default:
		for range 1 + w.r.IntN(3) {
			c := w.container()
			w.held[c.Key] = c
		}
	}
	return "put"
}

// snapshot is the list in the store's order.
func (w *world) snapshot() []*data.Container {
	out := slices.Collect(maps.Values(w.held))
	slices.SortFunc(out, func(a, b *data.Container) int { return a.Key.Compare(b.Key) })
	return out
}

func values(cs []*Case) (out []Case) {
	for _, c := range cs {
		out = append(out, *c)
	}
	return out
}

// Whatever changes, in whatever order, and however the time goes on: what is judged step by step is what is judged at once,
// and what was handed out before stays as it was.
func TestJudgedStepByStepIsTheSame(t *testing.T) {
	t.Parallel()
	near, replaced := 0, 0
	for seed := range uint64(200) {
		w := &world{r: rand.New(rand.NewPCG(seed, 5)), now: noon, held: map[data.Key]*data.Container{}}
		since := []time.Duration{time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}[seed%3]
		var j *Judged
		var story []string
		for range 80 {
			story = append(story, w.step())
			if w.r.IntN(3) == 0 {
				continue
			}
			cs := w.snapshot()
			if w.r.IntN(4) == 0 && j != nil {
				cs = j.of // nothing was put: the time alone, or the overviews
			}
			if w.r.IntN(30) == 0 {
				w.now = w.now.Add(-w.span()) // somebody put the clock back
			}
			if w.r.IntN(30) == 0 {
				since += time.Hour
			}
			former := j
			var before [2][]Case
			if former != nil {
				before = [2][]Case{values(former.Killed), values(former.Ruled)}
			}
			j = j.Next(cs, w.overviews, since, w.now)
			killed, ruled := Cases(cs, w.overviews, since, w.now)
			for i, want := range [2][]Case{killed, ruled} {
				got := values([2][]*Case{j.Killed, j.Ruled}[i])
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("seed %d, list %d, after %v: %s", seed, i, story, differ(got, want))
				}
			}
			for i := range killed {
				near += len(killed[i].Neighbours)
				if killed[i].Confirmation.Scope == ScopeNode {
					replaced++
				}
			}
			if former != nil && !reflect.DeepEqual(before, [2][]Case{values(former.Killed), values(former.Ruled)}) {
				t.Fatalf("seed %d: a former answer was changed", seed)
			}
		}
	}
	if near < 1000 || replaced < 10 {
		t.Errorf("%d neighbours and %d kills by the node: the sequences don't reach what they are to test", near, replaced)
	}
}

// differ says where two lists part.
func differ(got, want []Case) string {
	for i := range min(len(got), len(want)) {
		if !reflect.DeepEqual(got[i], want[i]) {
			return fmt.Sprintf("case %d\n%+v\nwant\n%+v", i, got[i], want[i])
		}
	}
	return fmt.Sprintf("%d cases, want %d", len(got), len(want))
}

// What has not changed is not judged again: it is the same case, and the same list.
func TestOnlyWhatChangedIsJudged(t *testing.T) {
	t.Parallel()
	kill := func(i int, ago time.Duration) *data.Container {
		c := limited(ending("OOMKilled", 137), func(c *data.Container) {
			c.Key.Pod, c.Last.FinishedAt = data.Textf("api-%d", i), noon.Add(-ago)
		})
		return c
	}
	var cs []*data.Container
	for i := range 9 {
		cs = append(cs, kill(i, time.Duration(i+1)*time.Hour))
	}
	j := (*Judged)(nil).Next(cs, nil, 24*time.Hour, noon)
	for name, c := range map[string]struct {
		cs   []*data.Container
		ov   map[data.Key]data.Overview
		now  time.Time
		same int
	}{
		"nothing":                        {cs, nil, noon.Add(time.Minute), 9},
		"an equal list":                  {slices.Clone(cs), nil, noon.Add(time.Minute), 9},
		"one container":                  {replaced(cs, 4, kill(4, time.Minute)), nil, noon, 8},
		"a kill leaves the day":          {cs, nil, noon.Add(15*time.Hour + time.Second), 8},
		"just before it does":            {cs, nil, noon.Add(15*time.Hour - time.Second), 9},
		"overviews that say no more":     {cs, map[data.Key]data.Overview{}, noon, 9},
		"an overview":                    {cs, map[data.Key]data.Overview{cs[3].Key: {Peak: ptr(1.0)}}, noon, 8},
		"the clock was put back: all go": {cs, nil, noon.Add(-time.Hour), 0},
	} {
		next := j.Next(c.cs, c.ov, 24*time.Hour, c.now)
		same := 0
		for _, k := range next.Killed {
			if slices.Contains(j.Killed, k) {
				same++
			}
		}
		if same != c.same {
			t.Errorf("%s: %d cases are the same, want %d", name, same, c.same)
		}
		if c.same == 9 && &next.Killed[0] != &j.Killed[0] {
			t.Errorf("%s: another list of the same cases", name)
		}
	}
}

func replaced(cs []*data.Container, i int, c *data.Container) []*data.Container {
	out := slices.Clone(cs)
	out[i] = c
	return out
}

// BenchmarkCases judges 10,000 containers at once, BenchmarkJudged after 20 of them have changed.
func BenchmarkCases(b *testing.B) {
	cs := manyKilled()
	b.ReportAllocs()
	for b.Loop() {
		Cases(cs, nil, 24*time.Hour, noon)
	}
}

func BenchmarkJudged(b *testing.B) {
	cs := manyKilled()
	j := (*Judged)(nil).Next(cs, nil, 24*time.Hour, noon)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		next := slices.Clone(cs)
		for range 20 {
			n++
			c := *next[n*7919%len(next)]
			c.Restarts++
			next[n*7919%len(next)] = &c
		}
		cs = next
		j = j.Next(cs, nil, 24*time.Hour, noon)
	}
}

// manyKilled are 10,000 containers on 300 nodes, killed within the last day.
func manyKilled() []*data.Container {
	var out []*data.Container
	for i := range 10_000 {
		out = append(out, limited(ending("OOMKilled", 137), func(c *data.Container) {
			c.Key.Namespace, c.Key.Pod, c.Key.UID = data.Textf("team-%02d", i%40), data.Textf("service-%05d-x2x4q", i), data.Textf("uid-%d", i)
			c.Node, c.Last.FinishedAt = data.Textf("node-%d", i%300), noon.Add(-time.Duration(i)*8*time.Second)
		}))
	}
	slices.SortFunc(out, func(a, b *data.Container) int { return a.Key.Compare(b.Key) })
	return out
}
