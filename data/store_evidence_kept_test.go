package data_test

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A server keeps events for an hour; what they explained stays explained.
func TestEventsThatWereReadStayKnown(t *testing.T) {
	t.Parallel()
	end := scheduleNow
	killing := data.Event{Reason: "Killing", Message: "Container app failed liveness probe, will be restarted", First: end, Last: end, Count: 1}
	backOff := data.Event{Reason: "BackOff", First: end, Last: end.Add(time.Minute), Count: 3}
	later := backOff
	later.Count, later.Last = 90, end.Add(2*time.Hour)
	for name, c := range map[string]struct {
		first, second         []data.Event
		firstAfter, nextAfter time.Duration
		want                  []data.Text
		read                  time.Duration
	}{
		"one has expired":                    {[]data.Event{killing}, nil, time.Second, 2 * time.Hour, []data.Text{"Killing"}, time.Second},
		"one goes on":                        {[]data.Event{killing, backOff}, []data.Event{later}, time.Second, 2 * time.Hour, []data.Text{"Killing", "BackOff"}, time.Second},
		"none, and looked at again in time":  {nil, []data.Event{killing}, time.Second, 12 * time.Second, []data.Text{"Killing"}, 12 * time.Second},
		"none in time, and none since":       {nil, nil, time.Second, 2 * time.Hour, nil, time.Second},
		"first looked at when it was late":   {nil, nil, 2 * time.Hour, 3 * time.Hour, nil, 3 * time.Hour},
		"looked at before the end came only": {nil, nil, -time.Second, 2 * time.Hour, nil, 2 * time.Hour},
	} {
		s := data.NewStore(func() time.Time { return end })
		k := podOf(1)
		s.PutWatched(data.Pod{Key: k, Containers: []data.Container{{Key: data.Key{Namespace: k.Namespace, Pod: k.Name, UID: k.UID, Container: "app"},
			Last: &data.Termination{Reason: "Error", ExitCode: 137, FinishedAt: end}}}})
		s.SetEvents(k, c.first, end.Add(c.firstAfter))
		s.SetEvents(k, c.second, end.Add(c.nextAfter))
		got := s.Snapshot().Containers[0]
		same := len(got.Events) == len(c.want)
		for i := range c.want {
			same = same && got.Events[i].Reason == c.want[i]
		}
		if !same || !got.EventsRead.Equal(end.Add(c.read)) {
			t.Errorf("%s: %v read %s after the end", name, got.Events, got.EventsRead.Sub(end))
		}
		if n := len(got.Events); n == 2 && got.Events[1].Count != 90 {
			t.Errorf("%s: the older state of an event stayed: %+v", name, got.Events[1])
		}
	}
}

// A look at a node that fails takes away nothing of the one before it.
func TestWhatANodeToldStaysKnown(t *testing.T) {
	t.Parallel()
	yes, no, memory := true, false, int64(8)<<30
	oom := data.Event{Reason: "SystemOOM", Message: "System OOM encountered, victim process: java, pid: 7", First: scheduleNow, Last: scheduleNow}
	whole := data.NodeFacts{Name: "n1", Runtime: "containerd://2.2.1", Capacity: &memory, MemoryPressure: &yes, PressureSince: scheduleNow, Events: []data.Event{oom}, EventsRead: scheduleNow}
	later := scheduleNow.Add(2 * time.Hour)
	for name, c := range map[string]struct {
		next           data.NodeFacts
		runtime        data.Text
		events         int
		pressure, gone bool
		read           time.Time
	}{
		"neither was read":        {data.NodeFacts{Name: "n1"}, "containerd://2.2.1", 1, true, false, scheduleNow},
		"its events alone":        {data.NodeFacts{Name: "n1", EventsRead: later}, "containerd://2.2.1", 1, true, false, later},
		"its status alone":        {data.NodeFacts{Name: "n1", Runtime: "containerd://2.3.0", MemoryPressure: &no}, "containerd://2.3.0", 1, false, false, scheduleNow},
		"the same event again":    {whole, "containerd://2.2.1", 1, true, false, scheduleNow},
		"the node is gone by now": {data.NodeFacts{Name: "n1", Gone: true}, "", 1, false, true, scheduleNow},
	} {
		s := data.NewStore(func() time.Time { return scheduleNow })
		k := podOf(1)
		s.PutWatched(data.Pod{Key: k, Containers: []data.Container{{Key: data.Key{Namespace: k.Namespace, Pod: k.Name, UID: k.UID, Container: "app"}, Node: "n1"}}})
		s.SetNode(whole)
		s.SetNode(c.next)
		n := s.Snapshot().Containers[0].NodeFacts
		pressure := n.MemoryPressure != nil && *n.MemoryPressure
		if n.Runtime != c.runtime || len(n.Events) != c.events || pressure != c.pressure || n.Gone != c.gone || !n.EventsRead.Equal(c.read) {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

// Events that were read before an end say nothing of what led to it, until they are read again.
func TestANewEndHasNoEventsReadYet(t *testing.T) {
	t.Parallel()
	k := podOf(1)
	one := data.Container{Key: data.Key{Namespace: k.Namespace, Pod: k.Name, UID: k.UID, Container: "app"}, Last: &data.Termination{Reason: "Error", ExitCode: 137, FinishedAt: scheduleNow}}
	for name, c := range map[string]struct {
		end  time.Time
		read bool
	}{
		"the same end again": {scheduleNow, true},
		"another end":        {scheduleNow.Add(time.Minute), false},
	} {
		s := data.NewStore(func() time.Time { return scheduleNow })
		s.PutWatched(data.Pod{Key: k, Containers: []data.Container{one}})
		s.SetEvents(k, []data.Event{{Reason: "Killing", First: scheduleNow, Last: scheduleNow}}, scheduleNow.Add(time.Second))
		next := one
		next.Last = &data.Termination{Reason: "Error", ExitCode: 137, FinishedAt: c.end}
		s.PutWatched(data.Pod{Key: k, Containers: []data.Container{next}})
		if got := s.Snapshot().Containers[0]; got.EventsRead.IsZero() == c.read || len(got.Events) != 1 {
			t.Errorf("%s: events read %s, %v", name, got.EventsRead, got.Events)
		}
		s.SetEvents(k, nil, scheduleNow.Add(2*time.Minute))
		if got := s.Snapshot().Containers[0]; got.EventsRead.IsZero() || len(got.Events) != 1 {
			t.Errorf("%s, read again: %s, %v", name, got.EventsRead, got.Events)
		}
	}
}
