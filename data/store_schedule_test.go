package data_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

var scheduleNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// happening is one event of the watch: a pod as it was, or its end.
type happening struct {
	pod  data.Pod
	gone bool
}

func podOf(i int) data.PodKey {
	return data.PodKey{Namespace: "shop", Name: data.Textf("api-%d", i), UID: data.Textf("uid-%d", i)}
}

// storyOf is what happens to pod i: kills, some right after each other, each told by the state that follows, and often its end.
func storyOf(r *rand.Rand, i int) (story []happening, kills []time.Time) {
	k := podOf(i)
	c := data.Container{Key: data.Key{Namespace: k.Namespace, Pod: k.Name, UID: k.UID, Container: "app"}, State: data.Running}
	started := scheduleNow.Add(-time.Duration(1+r.IntN(48)) * time.Hour)
	for range 1 + r.IntN(5) {
		end := started.Add(time.Duration(1+r.IntN(3)) * time.Second)
		if r.IntN(2) == 0 {
			end = started.Add(time.Duration(1+r.IntN(90)) * time.Minute)
		}
		kills = append(kills, end)
		c.Restarts++
		c.Kills = []data.Kill{{At: end, StartedAt: started, Reason: "OOMKilled"}}
		c.Last = &data.Termination{Reason: "OOMKilled", ExitCode: 137, StartedAt: started, FinishedAt: end}
		story = append(story, happening{pod: data.Pod{Key: k, Containers: []data.Container{c}}})
		started = end.Add(time.Second)
		c.StartedAt = started
	}
	if r.IntN(2) == 0 {
		story = append(story, happening{pod: data.Pod{Key: k}, gone: true})
	}
	return story, kills
}

func apply(s *data.Store, h happening) {
	if h.gone {
		s.Delete(h.pod.Key, scheduleNow)
		return
	}
	s.Put(h.pod)
}

// relist is a list of all pods as they are when each story has come to its place.
func relist(s *data.Store, stories [][]happening, at []int) {
	there := map[data.PodKey]bool{}
	var pods []data.Pod
	for i, story := range stories {
		if at[i] > 0 && !story[at[i]-1].gone {
			pods = append(pods, story[at[i]-1].pod)
			there[podOf(i)] = true
		}
	}
	s.Replace("", pods, len(there), func(k data.PodKey) bool { return there[k] })
}

// Whatever the order in which events of different pods come, however often each is told again, wherever the stream breaks
// and a list bridges it: the end is the same, with each kill that anybody told of, once.
func TestSchedulesEndInTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		now := func() time.Time { return scheduleNow }
		plain, wild := data.NewStore(now), data.NewStore(now)
		var stories [][]happening
		want := map[data.PodKey][]time.Time{}
		for i := range 8 {
			story, kills := storyOf(r, i)
			stories, want[podOf(i)] = append(stories, story), kills
			for _, h := range story {
				apply(plain, h)
			}
		}
		at := make([]int, len(stories))
		var said []string
		for {
			var open []int
			for i := range stories {
				if at[i] < len(stories[i]) {
					open = append(open, i)
				}
			}
			if len(open) == 0 {
				break
			}
			i := open[r.IntN(len(open))]
			apply(wild, stories[i][at[i]])
			said = append(said, fmt.Sprintf("%d.%d", i, at[i]))
			at[i]++
			switch r.IntN(6) {
			case 0: // the same event again
				apply(wild, stories[i][at[i]-1])
				said = append(said, "again")
			case 1: // a list, as after a watch that broke
				relist(wild, stories, at)
				said = append(said, "list")
			}
		}
		relist(wild, stories, at)
		relist(plain, stories, at)
		a, b := plain.Snapshot(), wild.Snapshot()
		if !reflect.DeepEqual(a.Containers, b.Containers) {
			t.Fatalf("seed %d: %v end in\n%+v\nwant\n%+v", seed, said, b.Containers, a.Containers)
		}
		for i := range b.Containers {
			c := b.Containers[i]
			var got []time.Time
			for _, k := range c.Kills {
				got = append(got, k.At)
			}
			if !slices.Equal(got, want[c.PodKey()]) {
				t.Fatalf("seed %d: %s has kills %v, want %v", seed, c.Key, got, want[c.PodKey()])
			}
		}
		if len(b.Containers) != len(stories) {
			t.Fatalf("seed %d: %d containers of %d", seed, len(b.Containers), len(stories))
		}
	}
}

// The kills are the same in whatever order they are told, also where metrics and the journal tell of them a second time.
func TestKillsInAnyOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		story, want := storyOf(r, 0)
		var all []happening
		for _, h := range story {
			if !h.gone {
				all = append(all, h, h)
			}
		}
		r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		s := data.NewStore(func() time.Time { return scheduleNow })
		for i, h := range all {
			s.Put(h.pod)
			if i%3 == 0 {
				s.Remember(h.pod.Containers)
			}
		}
		cs := s.Snapshot().Containers
		if len(cs) != 1 {
			t.Fatalf("seed %d: %d containers", seed, len(cs))
		}
		var got []time.Time
		for _, k := range cs[0].Kills {
			got = append(got, k.At)
		}
		if !slices.Equal(got, want) {
			t.Errorf("seed %d: kills %v, want %v", seed, got, want)
		}
	}
}

func TestKillsThatAreOne(t *testing.T) {
	t.Parallel()
	at := func(s float64) time.Time { return scheduleNow.Add(time.Duration(s * float64(time.Second))) }
	for name, c := range map[string]struct {
		kills []data.Kill
		want  int
	}{
		"told twice":                                 {[]data.Kill{{At: at(0), StartedAt: at(-9)}, {At: at(0), StartedAt: at(-9)}}, 1},
		"rounded by metrics":                         {[]data.Kill{{At: at(0), StartedAt: at(-9)}, {At: at(0.6)}}, 1},
		"a life of no second told twice":             {[]data.Kill{{At: at(0), StartedAt: at(0)}, {At: at(0), StartedAt: at(0)}}, 1},
		"killed at once after its restart":           {[]data.Kill{{At: at(0), StartedAt: at(-9)}, {At: at(1), StartedAt: at(0)}}, 2},
		"the same start, two ends a second apart":    {[]data.Kill{{At: at(0), StartedAt: at(-9)}, {At: at(1), StartedAt: at(-9)}}, 1},
		"three seconds apart, no start known":        {[]data.Kill{{At: at(0)}, {At: at(3)}}, 2},
		"three lives of a second, and metrics too":   {[]data.Kill{{At: at(0), StartedAt: at(-1)}, {At: at(2), StartedAt: at(1)}, {At: at(4), StartedAt: at(3)}, {At: at(2)}, {At: at(4)}}, 3},
		"the start lies between, as clocks go":       {[]data.Kill{{At: at(0), StartedAt: at(-9)}, {At: at(2), StartedAt: at(1)}}, 2},
		"told by a clock that is a second ahead too": {[]data.Kill{{At: at(1)}, {At: at(0), StartedAt: at(-9)}}, 1},
	} {
		if got := data.MergeKills(c.kills[:1], c.kills[1:]); len(got) != c.want {
			t.Errorf("%s: %d kills, want %d: %v", name, len(got), c.want, got)
		}
		if got := data.MergeKills(c.kills[1:], c.kills[:1]); len(got) != c.want {
			t.Errorf("%s, the other way round: %d kills, want %d: %v", name, len(got), c.want, got)
		}
	}
}

// An answer that was under way while its pod was deleted tells of a kill, and does not bring the pod back.
func TestAnswersThatComeLate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after time.Duration
		known data.KnownFrom
		uid   data.Text
		gone  bool
	}{
		"a second after": {after: time.Second, uid: "u", gone: true},
		"long after: it entered the selector again": {after: time.Minute, uid: "u"},
		"known from the journal alone":              {after: time.Second, uid: "u", known: data.KnownFromJournal},
		"without a UID it is another pod":           {after: time.Second},
	} {
		now := scheduleNow
		s := data.NewStore(func() time.Time { return now })
		k := data.PodKey{Namespace: "shop", Name: "api", UID: c.uid}
		one := data.Container{Key: data.Key{Namespace: "shop", Pod: "api", UID: c.uid, Container: "app"}, State: data.Running, Known: c.known,
			Kills: []data.Kill{{At: now.Add(-time.Hour)}}}
		s.Put(data.Pod{Key: k, Containers: []data.Container{one}})
		s.Delete(k, now)
		now = now.Add(c.after)
		one.Known, one.Kills = data.KnownFromAPI, []data.Kill{{At: scheduleNow.Add(-time.Minute)}}
		s.Put(data.Pod{Key: k, Containers: []data.Container{one}})
		got := s.Snapshot().Containers[0]
		if (got.State == data.Gone) != c.gone || got.GoneAt.IsZero() == c.gone || len(got.Kills) != 2 {
			t.Errorf("%s: state %s, gone at %v, %d kills; want gone %v and 2 kills", name, got.State, got.GoneAt, len(got.Kills), c.gone)
		}
	}
}
