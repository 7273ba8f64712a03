package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// pastMetrics are metrics that know former kills.
type pastMetrics struct {
	fakeMetrics
	past  data.Past
	gaps  []data.Gap
	asked int
}

func (f *pastMetrics) Past(context.Context, []data.Text) (data.Past, []data.Gap) {
	f.asked++
	return f.past, f.gaps
}

// former is a container that only metrics know.
func former(pod data.Text, ago time.Duration) data.Container {
	c := oomKilled(pod, ago)
	c.Key.UID, c.Last, c.State, c.Known, c.GoneAt = "", nil, data.Gone, data.KnownFromMetrics, start.Add(-ago)
	return c
}

func TestKillsOfDeletedPodsAreListed(t *testing.T) {
	m := &pastMetrics{past: data.Past{Containers: []data.Container{former("database-7", 2*time.Hour)}, Since: start.Add(-9 * 24 * time.Hour)}}
	d := drive(t, func(o *Options) { o.Metrics = m }, oomKilled("database-0", time.Minute))
	d.cluster.podErr = data.ErrNotFound
	d.app.due.past = time.Time{}
	d.run(d.app.readPast())
	d.changed()
	d.sees("OOMKilled 2", "kills known for 9d")
	d.press("enter", "j", "j")
	d.sees("database-7", "pod is gone", "known from Prometheus alone")
	was := m.asked
	d.pass(time.Minute)
	if m.asked != was {
		t.Error("the past was read again within a minute")
	}
	d.pass(pastEvery)
	if m.asked != was+1 {
		t.Errorf("the past was read %d times in ten minutes", m.asked-was)
	}
}

func TestFormerKillsOfAPodThatExistsBelongToIt(t *testing.T) {
	now := oomKilled("database-7", time.Hour)
	now.Last, now.Kills, now.PodCreated = nil, nil, start.Add(-30*time.Hour)
	past := former("database-7", 2*time.Hour)
	past.KillsSince = start.Add(-9 * 24 * time.Hour)
	d := drive(t, nil)
	d.cluster.pod = data.Pod{Key: now.PodKey(), Containers: []data.Container{now}}
	if gaps := KeepPast(t.Context(), d.cluster, d.store, data.Past{Containers: []data.Container{past}}); len(gaps) != 0 {
		t.Error(gaps)
	}
	cs := d.store.Snapshot().Containers
	if len(cs) != 1 || cs[0].State != data.Running || len(cs[0].Kills) != 1 || cs[0].Key.UID != now.Key.UID || !cs[0].KillsSince.Equal(past.KillsSince) {
		t.Errorf("%+v", cs)
	}
	// A pod of the same name that was made after the kill is another one.
	d = drive(t, nil)
	now.PodCreated = start.Add(-time.Hour)
	d.cluster.pod = data.Pod{Key: now.PodKey(), Containers: []data.Container{now}}
	KeepPast(t.Context(), d.cluster, d.store, data.Past{Containers: []data.Container{former("database-7", 2*time.Hour)}})
	if cs := d.store.Snapshot().Containers; len(cs) != 1 || cs[0].State != data.Gone {
		t.Errorf("%+v", cs)
	}
}

func TestWhatCannotBeLookedUpIsUnknown(t *testing.T) {
	d := drive(t, nil)
	d.cluster.podErr = errors.New("no answer")
	gaps := KeepPast(t.Context(), d.cluster, d.store, data.Past{Containers: []data.Container{former("database-7", 2*time.Hour)}})
	cs := d.store.Snapshot().Containers
	if len(gaps) != 1 || len(cs) != 1 || cs[0].State != data.Unknown {
		t.Errorf("%v %+v", gaps, cs)
	}
}
