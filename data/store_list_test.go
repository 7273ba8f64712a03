package data_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// randomChange does one thing to a store, the same for the same numbers.
func randomChange(s *data.Store, r *rand.Rand, now time.Time) {
	i := r.IntN(30)
	k := podOf(i)
	node := data.Textf("node-%d", i%3)
	switch r.IntN(12) {
	case 0:
		s.Delete(k, now)
	case 1:
		s.SetWorkload(k, data.Workload{Kind: "Deployment", Namespace: "shop", Name: data.Textf("w%d", r.IntN(3))})
	case 2:
		s.SetEvents(k, []data.Event{{Reason: "Killing", Last: now}}, now)
	case 3:
		n := int64(r.IntN(3)) << 30
		s.SetNode(data.NodeFacts{Name: node, Capacity: &n, EventsRead: now})
	case 4:
		s.Remember([]data.Container{{Key: data.Key{Namespace: "shop", Pod: k.Name, UID: k.UID, Container: "app"}, Known: data.KnownFromJournal,
			State: data.Unknown, Kills: []data.Kill{{At: now.Add(-time.Duration(r.IntN(900)) * time.Minute)}}}})
	case 5:
		n := r.IntN(30)
		s.Replace("", nil, n, func(k data.PodKey) bool { return len(k.Name)%2 == n%2 || n > 3 })
	default:
		p := data.Pod{Key: k}
		for j := range 1 + r.IntN(3) {
			c := data.Container{Key: data.Key{Namespace: k.Namespace, Pod: k.Name, UID: k.UID, Container: data.Textf("c%d", j)}, Node: node,
				State: data.Running, Restarts: int32(r.IntN(9)), Kills: []data.Kill{{At: now.Add(-time.Minute)}}}
			p.Containers = append(p.Containers, c)
		}
		s.Put(p)
	}
}

// Whenever snapshots are taken in between, the list is that of a store of which none was taken, and what did not change
// is the same container.
func TestListsFollowChanges(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		now := scheduleNow
		clock := func() time.Time { return now }
		often, once := data.NewStore(clock), data.NewStore(clock)
		a, b, pick := rand.New(rand.NewPCG(seed, 3)), rand.New(rand.NewPCG(seed, 3)), rand.New(rand.NewPCG(seed, 4))
		var former *data.Snapshot
		for range 120 {
			now = now.Add(time.Duration(pick.IntN(20)) * time.Second)
			randomChange(often, a, now)
			randomChange(once, b, now)
			if pick.IntN(3) > 0 {
				continue
			}
			held := deepCopies(former)
			s := often.Snapshot()
			if former != nil && !reflect.DeepEqual(deepCopies(former), held) {
				t.Fatalf("seed %d: a former snapshot was changed", seed)
			}
			former = s
		}
		got, want := often.Snapshot(), once.Snapshot()
		if len(want.Containers) == 0 || !reflect.DeepEqual(got.Containers, want.Containers) {
			t.Fatalf("seed %d: after snapshots in between the list is\n%+v\nwant\n%+v", seed, deepCopies(got), deepCopies(want))
		}
	}
}

func deepCopies(s *data.Snapshot) (out []data.Container) {
	if s == nil {
		return nil
	}
	for _, c := range s.Containers {
		out = append(out, *c)
	}
	return out
}

// What did not change is the same container in the next snapshot, so that whoever judged it need not do so again.
func TestUnchangedContainersAreTheSame(t *testing.T) {
	t.Parallel()
	s := data.NewStore(func() time.Time { return scheduleNow })
	put := func(i int) {
		k := podOf(i)
		s.Put(data.Pod{Key: k, Containers: []data.Container{{Key: data.Key{Namespace: k.Namespace, Pod: k.Name, UID: k.UID, Container: "app"}, Node: data.Textf("n%d", i)}}})
	}
	for i := range 5 {
		put(i)
	}
	n := int64(1)
	s.SetNode(data.NodeFacts{Name: "n3", Capacity: &n})
	a := s.Snapshot().Containers
	for name, c := range map[string]struct {
		change  func()
		changed int // the one that is another; -1 for none
	}{
		"a pod":            {func() { put(2) }, 2},
		"on a known node":  {func() { put(3) }, 3},
		"its node":         {func() { m := n + 1; s.SetNode(data.NodeFacts{Name: "n3", Capacity: &m}) }, 3},
		"the health alone": {func() { s.SetHealth("", data.Live, "") }, -1},
	} {
		a = s.Snapshot().Containers
		c.change()
		b := s.Snapshot().Containers
		for i := range a {
			if same := a[i] == b[i]; same != (i != c.changed) {
				t.Errorf("%s: container %d is the same: %v", name, i, same)
			}
		}
	}
	if got := a[3].NodeFacts; got == nil {
		t.Error("the node's facts are lost")
	}
}

// BenchmarkSnapshot is a snapshot of 10,000 containers of which 20 have changed.
func BenchmarkSnapshot(b *testing.B) {
	s := data.NewStore(func() time.Time { return scheduleNow })
	limit := int64(1 << 30)
	put := func(i int) {
		k := data.PodKey{Namespace: data.Textf("team-%02d", i%40), Name: data.Textf("service-%05d-7d9f8b6c54-x2x4q", i), UID: data.Textf("uid-%d", i)}
		s.Put(data.Pod{Key: k, Containers: []data.Container{{Key: data.Key{Namespace: k.Namespace, Pod: k.Name, UID: k.UID, Container: "app"}, Resources: data.Resources{Limit: &limit}}}})
	}
	for i := range 10_000 {
		put(i)
	}
	s.Snapshot()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for range 20 {
			n++
			put(n * 7919 % 10_000)
		}
		s.Snapshot()
	}
}
