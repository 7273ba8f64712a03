package data

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// maxGone bounds how many containers of deleted pods are remembered; the oldest are forgotten first.
const maxGone = 2000

// sameKill is how near two reports of one kill may lie: the API has whole seconds, metrics may round.
const sameKill = 2 * time.Second

// lateAnswer is for how long after a pod's deletion an answer may still come that was given before. A UID never comes
// back, but a pod may leave a label selector and enter it again.
const lateAnswer = 10 * time.Second

// Pod is what one event of the watch says of a pod: its suspect containers alone.
type Pod struct {
	Key        PodKey
	Containers []Container
}

// Store holds the containers that have something to tell and nothing of the pods that merely run, so that its size
// follows what was killed. It is safe for concurrent use. Each change rings a bell of capacity one: a reader that is
// late takes one newest snapshot and no queue can grow.
type Store struct {
	mu       sync.Mutex
	now      func() time.Time
	pods     map[PodKey]map[Text]*Container // by container name
	health   map[Text]Health                // by scope: a namespace, or "" for all of them
	gaps     map[Text]Gap
	seen     map[Text]int // pods looked at, by scope
	nodes    map[Text]*NodeFacts
	reach    map[KnownFrom]time.Time // how far back history reaches beside the API
	version  uint64
	last     *Snapshot // the snapshot of version, nil when it is out of date
	list     listing   // the containers of the newest snapshot, and what has changed since
	bell     chan struct{}
	newestAt time.Time
}

// NewStore returns an empty store that takes the time from now.
func NewStore(now func() time.Time) *Store {
	return &Store{
		now: now, pods: map[PodKey]map[Text]*Container{}, health: map[Text]Health{},
		gaps: map[Text]Gap{}, seen: map[Text]int{}, nodes: map[Text]*NodeFacts{}, reach: map[KnownFrom]time.Time{}, bell: make(chan struct{}, 1),
	}
}

// Bell returns the channel that receives after a change. Several changes may ring once.
func (s *Store) Bell() <-chan struct{} { return s.bell }

// ring marks the state as changed. The caller holds the lock.
func (s *Store) ring() {
	s.version++
	s.last = nil
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// Put takes the newest facts of a pod. Containers that the store holds already are brought up to date and keep the
// kills seen before; others are added. A pod without containers that is not held is forgotten at once.
func (s *Store) Put(p Pod) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.put(p) {
		s.ring()
	}
}

// Holds reports whether the store keeps containers of the pod, so that a watch must go on telling about it even when
// its newest state has nothing suspect in it.
func (s *Store) Holds(k PodKey) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.pods[k]
	return ok
}

func (s *Store) put(p Pod) bool {
	if len(p.Containers) == 0 {
		return false
	}
	held := s.pods[p.Key]
	if held == nil {
		held = make(map[Text]*Container, len(p.Containers))
		s.pods[p.Key] = held
	}
	for i := range p.Containers {
		c := p.Containers[i]
		if old := held[c.Key.Container]; old != nil {
			c.Kills = MergeKills(old.Kills, c.Kills)
			if s.late(old) {
				one := *old
				one.Kills = c.Kills
				s.hold(held, &one)
				continue
			}
			if c.Workload.Kind == "" {
				c.Workload = old.Workload
			}
			if c.ChildKills == nil {
				c.ChildKills, c.ChildKillsFrom = old.ChildKills, old.ChildKillsFrom
			}
			if c.KillsSince.IsZero() {
				c.KillsSince = old.KillsSince
			}
			if c.EventsRead.IsZero() {
				c.Events, c.EventsRead = old.Events, old.EventsRead
			}
		}
		s.hold(held, &c)
	}
	s.newestAt = s.now()
	return true
}

// late reports whether facts of a container come from before its pod's deletion, which was seen just now.
func (s *Store) late(old *Container) bool {
	return old.Known == KnownFromAPI && old.Key.UID != "" && !old.GoneAt.IsZero() && s.now().Sub(old.GoneAt) < lateAnswer
}

// Delete marks the containers of a pod as gone at the given time. What was killed in them stays known.
func (s *Store) Delete(k PodKey, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.markGone(k, at) {
		s.forgetOldest()
		s.ring()
	}
}

func (s *Store) markGone(k PodKey, at time.Time) bool {
	changed := false
	for _, old := range s.pods[k] {
		if !old.GoneAt.IsZero() {
			continue
		}
		c := *old
		c.GoneAt, c.State, c.WaitingReason, c.StartedAt = at, Gone, "", time.Time{}
		if last := lastKill(old); old.Known != KnownFromAPI && !last.IsZero() {
			c.GoneAt = last // it was deleted while nobody looked: at some time after this
		}
		s.hold(s.pods[k], &c)
		changed = true
	}
	return changed
}

// forgetOldest drops the containers that have been gone for longest, down to maxGone.
func (s *Store) forgetOldest() {
	var gone []PodKey
	for k, cs := range s.pods {
		for _, c := range cs {
			if !c.GoneAt.IsZero() {
				gone = append(gone, k)
				break
			}
		}
	}
	if len(gone) <= maxGone {
		return
	}
	when := func(k PodKey) time.Time {
		for _, c := range s.pods[k] {
			return c.GoneAt
		}
		return time.Time{}
	}
	slices.SortFunc(gone, func(a, b PodKey) int { return when(a).Compare(when(b)) })
	for _, k := range gone[:len(gone)-maxGone] {
		for _, c := range s.pods[k] {
			s.list.touch(c.Key, nil)
		}
		delete(s.pods, k)
	}
}

// Replace takes a whole new list of one scope (a namespace, or "" for all): what it holds is put, and what the store
// held there but the list no longer has is marked gone. exists says whether the list had a pod, suspect or not; seen
// is how many pods it had.
func (s *Store) Replace(scope Text, pods []Pod, seen int, exists func(PodKey) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range pods {
		s.put(p)
	}
	now := s.now()
	for k := range s.pods {
		if (scope == "" || scope == k.Namespace) && !exists(k) {
			s.markGone(k, now)
		}
	}
	s.seen[scope] = seen
	s.forgetOldest()
	s.newestAt = now
	s.ring()
}

// SetSeen records how many pods a scope has.
func (s *Store) SetSeen(scope Text, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[scope] != n {
		s.seen[scope] = n
		s.ring()
	}
}

// SetWorkload records the owner that was found for a pod.
func (s *Store) SetWorkload(k PodKey, w Workload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := false
	for _, old := range s.pods[k] {
		c := *old
		c.Workload = w
		s.hold(s.pods[k], &c)
		changed = true
	}
	if changed {
		s.ring()
	}
}

// SetHealth records the state of the watch of one scope. The same state again is no change.
func (s *Store) SetHealth(scope Text, state Connection, problem Text) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.health[scope]
	if ok && old.State == state && old.Problem == problem {
		return
	}
	h := Health{State: state, Since: s.now(), Problem: problem}
	if ok && old.State == state {
		h.Since = old.Since
	}
	s.health[scope] = h
	s.ring()
}

// SetGap records that something could not be known; an empty why takes the gap away.
func (s *Store) SetGap(what, why Text) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gaps[what].Why == why {
		return
	}
	if why == "" {
		delete(s.gaps, what)
	} else {
		s.gaps[what] = Gap{What: what, Why: why}
	}
	s.ring()
}

// Snapshot returns the newest state. Calls without a change between them return the same snapshot.
func (s *Store) Snapshot() *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last != nil {
		return s.last
	}
	out := &Snapshot{Version: s.version, At: s.newestAt, Health: s.overall()}
	out.Containers = s.containers()
	out.Reach = maps.Clone(s.reach)
	for _, g := range s.gaps {
		out.Gaps = append(out.Gaps, g)
	}
	slices.SortFunc(out.Gaps, func(a, b Gap) int {
		if a.What < b.What {
			return -1
		}
		return 1
	})
	for _, n := range s.seen {
		out.PodsSeen += n
	}
	s.last = out
	return out
}

// overall is the worst state of all scopes. The caller holds the lock.
func (s *Store) overall() Health {
	rank := map[Connection]int{Live: 0, Connecting: 1, Stale: 2}
	worst := Health{State: Connecting}
	first := true
	for _, h := range s.health {
		if first || rank[h.State] > rank[worst.State] {
			worst, first = h, false
		}
	}
	return worst
}

// MergeKills returns the kills of both lists, oldest first, each once: two that lie within two seconds are one, unless the
// later ended a life that began after the earlier, as where a container is killed as soon as it starts.
func MergeKills(a, b []Kill) []Kill {
	all := append(append(make([]Kill, 0, len(a)+len(b)), a...), b...)
	slices.SortStableFunc(all, func(x, y Kill) int { return x.At.Compare(y.At) })
	out := all[:0]
	for _, k := range all {
		if n := len(out); n > 0 && k.At.Sub(out[n-1].At) <= sameKill && !nextLife(&out[n-1], &k) {
			continue
		}
		out = append(out, k)
	}
	return out
}

// nextLife reports whether b is known to have ended a life that began after a.
func nextLife(a, b *Kill) bool {
	return b.At.After(a.At) && !b.StartedAt.IsZero() && !b.StartedAt.Before(a.At)
}
