package prom

import (
	"strconv"
	"strings"
	"sync"

	"github.com/oomedic/oomedic/data"
)

// usageTable takes in the answers about all containers, from several goroutines and in any order. Of several values for
// one container (replicas of Prometheus, jobs, container ids) the highest stays.
type usageTable struct {
	mu    sync.Mutex
	at    map[usageName]int32 // index in all
	all   []data.Usage
	names map[data.Text]data.Text // namespaces and containers, each kept once
}

// usageName is what metrics know a container by.
type usageName struct{ namespace, pod, container data.Text }

func newUsageTable() *usageTable {
	return &usageTable{at: map[usageName]int32{}, names: map[data.Text]data.Text{}}
}

// of returns the place of a row's container, new when it was not seen before; nil for a row that names none. The
// caller holds the lock.
func (t *usageTable) of(w *row) *data.Usage {
	name := usageName{data.Clean(w.namespace), data.Clean(w.pod), data.Clean(w.container)}
	if name.pod == "" || name.container == "" {
		return nil
	}
	if i, ok := t.at[name]; ok {
		return &t.all[i]
	}
	name.namespace, name.container = t.once(name.namespace), t.once(name.container)
	t.at[name] = int32(len(t.all)) //nolint:gosec // far fewer containers than that
	t.all = append(t.all, data.Usage{Key: data.Key{Namespace: name.namespace, Pod: name.pod, Container: name.container}})
	return &t.all[len(t.all)-1]
}

// once returns a text that is kept already, if there is an equal one.
func (t *usageTable) once(s data.Text) data.Text {
	if kept, ok := t.names[s]; ok {
		return kept
	}
	s = data.Clean(strings.Clone(s.String()))
	t.names[s] = s
	return s
}

// take runs f on the container of a row that has a usable value.
func (t *usageTable) take(w *row, f func(*data.Usage, float64)) {
	v, ok := w.last()
	if !ok || v < 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if u := t.of(w); u != nil {
		f(u, v)
	}
}

func (t *usageTable) workingSet(w *row) {
	t.take(w, func(u *data.Usage, v float64) { raise(&u.WorkingSet, v) })
}

// growth takes bytes a second, and what was started again.
func (t *usageTable) growth(w *row) {
	t.take(w, func(u *data.Usage, v float64) {
		if w.part == "again" {
			u.Restarted = true
			return
		}
		raise(&u.Growth, v*3600)
	})
}

// mostBytes is the highest size that an int64 and a float64 hold both; a "limit" above it is a way to write none.
const mostBytes = 1 << 62

// resources takes one limit, request or count of restarts.
func (t *usageTable) resources(w *row) {
	t.take(w, func(u *data.Usage, v float64) {
		into := &u.Request
		switch w.name {
		case data.MetricRestarts:
			u.Specified = true
			if n := int32(min(v, 1<<30)); u.Restarts == nil || n > *u.Restarts {
				u.Restarts = &n
			}
			return
		case data.MetricSpecLimit:
			into = &u.Limit
		case data.MetricLimits, data.MetricInitLimits:
			into, u.Specified = &u.Limit, true
		case data.MetricRequests, data.MetricInitRequests:
			u.Specified = true
		default:
			return
		}
		if n := int64(v); v > 0 && v < mostBytes && (*into == nil || n > **into) {
			*into = &n
		}
	})
}

// running returns the containers that have a working set. The table is done with.
func (t *usageTable) running() []data.Usage {
	out := t.all[:0]
	for i := range t.all {
		if t.all[i].WorkingSet != nil {
			out = append(out, t.all[i])
		}
	}
	clear(t.all[len(out):])
	t.at, t.all, t.names = nil, nil, nil
	return out
}

// raise keeps the higher of two values.
func raise(into **float64, v float64) {
	if *into == nil || v > **into {
		*into = &v
	}
}

// perSecond writes bytes an hour as bytes a second.
func perSecond(perHour float64) string { return strconv.FormatFloat(perHour/3600, 'g', 4, 64) }
