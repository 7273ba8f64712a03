package killlog

import (
	"context"
	"fmt"
	"time"

	"github.com/oomedic/oomedic/data"
)

// followEvery is how often the store is looked at. A look costs nothing when nothing changed.
const followEvery = 2 * time.Second

// gapWhat names the journal among what could not be read.
const gapWhat data.Text = "journal of kills"

// Follow writes the kills that st comes to hold until ctx is done, and once more then. Trouble becomes a Gap of st, and
// is tried again with the next kill.
func (l *Log) Follow(ctx context.Context, st *data.Store) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	var seen uint64
	var former []*data.Container
	for done := false; !done; {
		select {
		case <-ctx.Done():
			done = true
		case <-tick.C:
		}
		if s := st.Snapshot(); s.Version != seen {
			seen = s.Version
			if l.keep(st, changed(former, s.Containers)) {
				former = s.Containers
			} else {
				former = nil // what was not written is tried again
			}
		}
	}
}

// Keep writes the kills that st holds now.
func (l *Log) Keep(st *data.Store) { l.keep(st, st.Snapshot().Containers) }

// keep records and reports whether all was written; a panic costs this look alone.
func (l *Log) keep(st *data.Store, cs []*data.Container) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			st.SetGap(gapWhat, data.Textf("writing it failed: %v", r))
		}
	}()
	err := l.record(cs) // it is kept as the problem
	st.SetGap(gapWhat, l.Problem())
	return err == nil
}

// changed returns the containers of a snapshot that are not the same as in a former one; both are ordered by Key.Less.
func changed(former, now []*data.Container) []*data.Container {
	var out []*data.Container
	i := 0
	for _, c := range now {
		for i < len(former) && former[i] != c && former[i].Key.Less(c.Key) {
			i++
		}
		if i < len(former) && former[i] == c {
			i++
			continue
		}
		out = append(out, c)
	}
	return out
}

// Recall puts what earlier runs saw into st, for the namespaces that are watched: all when there is none. It must be
// called before the watch begins, whose first list says which of the pods still exist.
func (l *Log) Recall(st *data.Store, namespaces []data.Text, since time.Duration) {
	defer func() {
		if r := recover(); r != nil {
			st.SetGap(gapWhat, data.Clean(fmt.Sprintf("reading it failed: %v", r)))
		}
	}()
	cs, began := l.Load(l.now().Add(-since))
	kept := cs[:0]
	for _, c := range cs {
		if watched(namespaces, c.Key.Namespace) {
			kept = append(kept, c)
		}
	}
	st.Remember(kept)
	st.SetReach(began, data.KnownFromJournal)
	st.SetGap(gapWhat, l.Problem())
}

// watched reports whether a namespace is among those that are looked at.
func watched(all []data.Text, ns data.Text) bool {
	for _, n := range all {
		if n == ns {
			return true
		}
	}
	return len(all) == 0
}
