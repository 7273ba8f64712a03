package data

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// maxGone bounds how many deleted pods are remembered, with an eighth to spare; the oldest are forgotten first.
const maxGone = 2000

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
	last     *Snapshot            // the snapshot of version, nil when it is out of date
	list     listing              // the containers of the newest snapshot, and what has changed since
	gone     map[PodKey]time.Time // pods that are gone, and since when
	bell     chan struct{}
	newestAt time.Time
}

// NewStore returns an empty store that takes the time from now.
func NewStore(now func() time.Time) *Store {
	return &Store{
		now: now, pods: map[PodKey]map[Text]*Container{}, health: map[Text]Health{},
		gaps: map[Text]Gap{}, seen: map[Text]int{}, nodes: map[Text]*NodeFacts{}, reach: map[KnownFrom]time.Time{}, gone: map[PodKey]time.Time{}, bell: make(chan struct{}, 1),
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
	if s.put(p, false) {
		s.ring()
	}
}

// PutWatched is Put for what a watch tells, or a list before it: in the order in which it happened, so that it is never
// older than what the store holds. A pod that left a label selector and enters it again is there again at once.
func (s *Store) PutWatched(p Pod) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.put(p, true) {
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

// forgetOldest drops the pods that have been gone for longest, down to maxGone. With a few more than that nothing is
// dropped yet, so that a thousand deletions in a row sort the pods a few times and not each.
func (s *Store) forgetOldest() {
	if len(s.gone) <= maxGone+maxGone/8 {
		return
	}
	gone := slices.SortedFunc(maps.Keys(s.gone), func(a, b PodKey) int { return s.gone[a].Compare(s.gone[b]) })
	for _, k := range gone[:len(gone)-maxGone] {
		for _, c := range s.pods[k] {
			s.list.touch(c.Key, nil)
		}
		delete(s.pods, k)
		delete(s.gone, k)
	}
}

// Replace takes a whole new list of one scope (a namespace, or "" for all): what it holds is put, and what the store
// held there but the list no longer has is marked gone. exists says whether the list had a pod, suspect or not; seen
// is how many pods it had.
func (s *Store) Replace(scope Text, pods []Pod, seen int, exists func(PodKey) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range pods {
		s.put(p, true)
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
