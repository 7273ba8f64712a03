package data

import "time"

// lateAnswer is for how long after a pod's deletion an answer may still come that was given before. A UID never comes
// back, but a pod may leave a label selector and enter it again.
const lateAnswer = 10 * time.Second

// put takes facts of a pod. ordered says that they are no older than what is held. The caller holds the lock.
func (s *Store) put(p Pod, ordered bool) bool {
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
			if !ordered && (s.late(old) || older(&c, old)) {
				one := *old
				one.Kills = c.Kills
				if c.ChildKills != nil {
					one.ChildKills, one.ChildKillsFrom = c.ChildKills, c.ChildKillsFrom
				}
				s.hold(held, &one)
				continue
			}
			keepKnown(&c, old)
		}
		s.hold(held, &c)
	}
	s.newestAt = s.now()
	return true
}

// keepKnown adds to c what was known of it and what a pod's own state does not tell.
func keepKnown(c, old *Container) {
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
		c.Events = old.Events
		if !newestEnd(c).After(newestEnd(old)) { // that nothing explains a new end, events of before it do not say
			c.EventsRead = old.EventsRead
		}
	}
}

// late reports whether facts of a container come from before its pod's deletion, which was seen just now.
func (s *Store) late(old *Container) bool {
	return old.Known == KnownFromAPI && old.Key.UID != "" && !old.GoneAt.IsZero() && s.now().Sub(old.GoneAt) < lateAnswer
}

// older reports whether an answer was under way while something newer came: it lacks a restart or an end.
func older(c, old *Container) bool {
	return old.Known == KnownFromAPI && old.Key.UID != "" && (c.Restarts < old.Restarts || newestEnd(c).Before(newestEnd(old)))
}

// newestEnd is when a container ended last; zero when unknown.
func newestEnd(c *Container) time.Time {
	var at time.Time
	for _, t := range [...]*Termination{c.Last, c.Current} {
		if t != nil && t.FinishedAt.After(at) {
			at = t.FinishedAt
		}
	}
	return at
}
