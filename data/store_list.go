package data

import "slices"

// mostTouched bounds how many changes are remembered for the next snapshot. With more of them the list is made anew, so
// that nothing grows where nobody takes snapshots.
const mostTouched = 20_000

// listing is the sorted list of the newest snapshot and what has changed since, so that the next list is made of that
// one and a few changes. Lists are never written to once they were handed out.
type listing struct {
	made    bool // last and what was touched since are kept
	last    []*Container
	touched map[Key]*Container // by the container's key; nil for one that was forgotten
	nodes   map[Text]bool      // whose facts were set
}

// touch takes note of what the container with key k is now; nil when it is no longer held.
func (l *listing) touch(k Key, c *Container) {
	if !l.made {
		return
	}
	if len(l.touched) >= mostTouched {
		*l = listing{}
		return
	}
	l.touched[k] = c
}

// touchNode takes note that the facts of a node were set.
func (l *listing) touchNode(name Text) {
	if l.made {
		l.nodes[name] = true
	}
}

// hold puts a container into the pod that holds it. The caller holds the lock.
func (s *Store) hold(held map[Text]*Container, c *Container) {
	held[c.Key.Container] = c
	if k := c.PodKey(); c.GoneAt.IsZero() {
		delete(s.gone, k)
	} else {
		s.gone[k] = c.GoneAt
	}
	s.list.touch(c.Key, c)
}

// containers returns all containers with the facts of their nodes, ordered by Key.Less. Those that have not changed since
// the former list are the same. The caller holds the lock.
func (s *Store) containers() []*Container {
	if !s.list.made {
		s.list.last = s.sorted()
	} else {
		s.touchOn(s.list.nodes)
		s.list.last = s.withChanges(s.list.last, s.list.touched)
	}
	s.list.made, s.list.touched, s.list.nodes = true, map[Key]*Container{}, map[Text]bool{}
	return s.list.last
}

// touchOn marks the containers on nodes whose facts were set.
func (s *Store) touchOn(nodes map[Text]bool) {
	if len(nodes) == 0 {
		return
	}
	for _, cs := range s.pods {
		for _, c := range cs {
			if nodes[c.Node] {
				s.list.touched[c.Key] = c
			}
		}
	}
}

// sorted makes the list of everything that is held.
func (s *Store) sorted() []*Container {
	var out []*Container
	for _, cs := range s.pods {
		for _, c := range cs {
			out = append(out, s.onNode(c))
		}
	}
	slices.SortFunc(out, func(a, b *Container) int { return a.Key.Compare(b.Key) })
	return out
}

// withChanges returns last with the touched containers in their new state, in the same order.
func (s *Store) withChanges(last []*Container, touched map[Key]*Container) []*Container {
	if len(touched) == 0 {
		return last
	}
	keys := make([]Key, 0, len(touched))
	for k := range touched {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, Key.Compare)
	out := make([]*Container, 0, len(last)+len(keys))
	for _, k := range keys {
		i, was := slices.BinarySearchFunc(last, k, func(c *Container, k Key) int { return c.Key.Compare(k) })
		out = append(out, last[:i]...)
		if was {
			i++
		}
		last = last[i:]
		if c := touched[k]; c != nil {
			out = append(out, s.onNode(c))
		}
	}
	return append(out, last...)
}

// onNode returns the container with the facts of its node, which is the same one where it has them.
func (s *Store) onNode(c *Container) *Container {
	n := s.nodes[c.Node]
	if n == nil || c.Node == "" || c.NodeFacts == n {
		return c
	}
	one := *c
	one.NodeFacts = n
	return &one
}
