package data

import (
	"slices"
	"time"
)

// SetEvents records the events of a pod as they were read at the given time. They go to the containers that the store
// holds; of more than MaxEvents the newest stay.
func (s *Store) SetEvents(k PodKey, events []Event, at time.Time) {
	events = newestEvents(events)
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := false
	for _, old := range s.pods[k] {
		c := *old
		c.Events, c.EventsRead = events, at
		s.hold(s.pods[k], &c)
		changed = changed || old.EventsRead.IsZero() || !slices.Equal(old.Events, events)
	}
	if changed {
		s.ring()
	}
}

// newestEvents returns a copy of events in the order of time, of more than MaxEvents the newest.
func newestEvents(events []Event) []Event {
	out := slices.Clone(events)
	slices.SortStableFunc(out, func(a, b Event) int { return a.Last.Compare(b.Last) })
	if len(out) > MaxEvents {
		out = slices.Clone(out[len(out)-MaxEvents:])
	}
	return out
}

// SetNode records what is known of a node. The same facts again are no change.
func (s *Store) SetNode(n NodeFacts) {
	n.Events = newestEvents(n.Events)
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.nodes[n.Name]
	s.nodes[n.Name] = &n
	s.list.touchNode(n.Name)
	if old == nil || !sameNode(old, &n) {
		s.ring()
	}
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
