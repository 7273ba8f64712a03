package data

import (
	"slices"
	"time"
)

// SetEvents records the events of a pod as they were read at the given time. They go to the containers that the store
// holds; of more than MaxEvents the newest stay. Events that were read before stay known when the server has let them
// expire: what explained an end then explains it still.
func (s *Store) SetEvents(k PodKey, events []Event, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := false
	for _, old := range s.pods[k] {
		c := *old
		c.Events = mergeEvents(old.Events, events)
		if !readInTime(old) || at.Sub(newestEnd(old)) <= EventsKept {
			c.EventsRead = at
		}
		s.hold(s.pods[k], &c)
		changed = changed || old.EventsRead.IsZero() || !slices.Equal(old.Events, c.Events)
	}
	if changed {
		s.ring()
	}
}

// readInTime reports whether events were read after the container's newest end while the server still had those of it.
func readInTime(c *Container) bool {
	end := newestEnd(c)
	return !c.EventsRead.IsZero() && !end.IsZero() && !c.EventsRead.Before(end) && c.EventsRead.Sub(end) <= EventsKept
}

// mergeEvents returns the events of both lists in the order of time, of more than MaxEvents the newest. One that is in
// both is as the second has it, which was read later.
func mergeEvents(old, events []Event) []Event {
	out := slices.Clone(events)
	for _, e := range old {
		same := func(o Event) bool {
			return o.Reason == e.Reason && o.Container == e.Container && o.Message == e.Message && o.First.Equal(e.First)
		}
		if !slices.ContainsFunc(events, same) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Event) int { return a.Last.Compare(b.Last) })
	if len(out) > MaxEvents {
		out = slices.Clone(out[len(out)-MaxEvents:])
	}
	return out
}

// SetNode records what is known of a node. The same facts again are no change. What could not be read this time is as it
// was: without its status the node has no Runtime and no memory, and without its events no time at which they were read.
func (s *Store) SetNode(n NodeFacts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.nodes[n.Name]
	if old != nil {
		keepNode(&n, old)
	}
	n.Events = mergeEvents(nil, n.Events)
	s.nodes[n.Name] = &n
	s.list.touchNode(n.Name)
	if old == nil || !sameNode(old, &n) {
		s.ring()
	}
}

// keepNode adds to the facts of a node what was known before.
func keepNode(n, old *NodeFacts) {
	n.Events = mergeEvents(old.Events, n.Events)
	if n.EventsRead.IsZero() {
		n.EventsRead = old.EventsRead
	}
	if n.Gone || n.Runtime != "" || n.Allocatable != nil || n.Capacity != nil || n.MemoryPressure != nil {
		return
	}
	n.Runtime, n.Kubelet, n.Kernel, n.Gone = old.Runtime, old.Kubelet, old.Kernel, old.Gone
	n.Allocatable, n.Capacity, n.MemoryPressure, n.PressureSince = old.Allocatable, old.Capacity, old.MemoryPressure, old.PressureSince
}

// sameNode reports whether two facts of a node are the same to whoever reads them: when they were read does not count.
func sameNode(a, b *NodeFacts) bool {
	same := func(x, y *int64) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) }
	pressure := (a.MemoryPressure == nil) == (b.MemoryPressure == nil) && (a.MemoryPressure == nil || *a.MemoryPressure == *b.MemoryPressure)
	return pressure && a.Runtime == b.Runtime && a.Kubelet == b.Kubelet && a.Kernel == b.Kernel && a.Gone == b.Gone &&
		same(a.Allocatable, b.Allocatable) && same(a.Capacity, b.Capacity) && a.PressureSince.Equal(b.PressureSince) &&
		a.EventsRead.IsZero() == b.EventsRead.IsZero() && slices.Equal(a.Events, b.Events)
}

// Remember puts containers of earlier runs or of metrics into the store as they are: gone, or with State Unknown when a
// list is still to say whether they exist. A container that the store holds only gets the kills that are not known yet.
// A pod of the same name under another UID is another pod. One that metrics know by name alone (its UID is empty) is the
// API's pod of that name when the kill lies within that pod's life.
func (s *Store) Remember(cs []Container) {
	s.mu.Lock()
	defer s.mu.Unlock()
	byName := map[PodKey][]PodKey{}
	for k := range s.pods {
		name := PodKey{Namespace: k.Namespace, Name: k.Name}
		byName[name] = append(byName[name], k)
	}
	changed := false
	for i := range cs {
		changed = s.remember(&cs[i], byName) || changed
	}
	if changed {
		s.forgetOldest()
		s.ring()
	}
}

// remember takes one container that was known earlier. The caller holds the lock.
func (s *Store) remember(c *Container, byName map[PodKey][]PodKey) bool {
	k := c.PodKey()
	name := PodKey{Namespace: k.Namespace, Name: k.Name}
	if k.UID == "" {
		for _, other := range byName[name] {
			if s.holdsLifeOf(other, c) {
				k = other
				break
			}
		}
	}
	held := s.pods[k]
	if old := held[c.Key.Container]; old != nil {
		merged := MergeKills(old.Kills, c.Kills)
		if len(merged) == len(old.Kills) && !earlier(c.KillsSince, old.KillsSince) {
			return false
		}
		one := *old
		one.Kills = merged
		if earlier(c.KillsSince, old.KillsSince) {
			one.KillsSince = c.KillsSince
		}
		s.hold(held, &one)
		return true
	}
	if k.UID != c.Key.UID {
		return false // the API's pod tells of itself; what it does not hold is not suspect to it
	}
	if held == nil {
		held = map[Text]*Container{}
		s.pods[k] = held
		byName[name] = append(byName[name], k)
	}
	one := *c
	s.hold(held, &one)
	return true
}

// earlier reports whether a is a time before b; a zero time is never.
func earlier(a, b time.Time) bool { return !a.IsZero() && (b.IsZero() || a.Before(b)) }

// holdsLifeOf reports whether the pod k, which the store holds, lived when c was killed.
func (s *Store) holdsLifeOf(k PodKey, c *Container) bool {
	at := lastKill(c)
	for _, old := range s.pods[k] {
		born := old.PodCreated
		return (born.IsZero() || !at.Before(born.Add(-sameKill))) && (old.GoneAt.IsZero() || !at.After(old.GoneAt.Add(time.Minute)))
	}
	return false
}

// lastKill is when c was last killed; zero when no kill is known.
func lastKill(c *Container) time.Time {
	if n := len(c.Kills); n > 0 {
		return c.Kills[n-1].At
	}
	return time.Time{}
}

// SetReach records from when on kills of deleted pods are known, and by what way; the earliest that was told stays.
// Metrics know every kill since then, the journal those that the program saw.
func (s *Store) SetReach(at time.Time, from KnownFrom) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !earlier(at, s.reach[from]) {
		return
	}
	s.reach[from] = at
	s.ring()
}
