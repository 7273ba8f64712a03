package data_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A pod that leaves a label selector is deleted to the watch, and there again when it enters it.
func TestAPodThatEntersTheSelectorAgainIsThereAtOnce(t *testing.T) {
	t.Parallel()
	k := podOf(1)
	one := data.Container{Key: data.Key{Namespace: k.Namespace, Pod: k.Name, UID: k.UID, Container: "app"}, State: data.Running, Kills: []data.Kill{{At: scheduleNow.Add(-time.Hour)}}}
	p := data.Pod{Key: k, Containers: []data.Container{one}}
	for name, c := range map[string]struct {
		tell func(*data.Store)
		gone bool
	}{
		"told by the watch":         {func(s *data.Store) { s.PutWatched(p) }, false},
		"in a list after the watch": {func(s *data.Store) { s.Replace("", []data.Pod{p}, 1, func(data.PodKey) bool { return true }) }, false},
		"an answer of before":       {func(s *data.Store) { s.Put(p) }, true},
	} {
		s := data.NewStore(func() time.Time { return scheduleNow })
		s.PutWatched(p)
		s.Delete(k, scheduleNow)
		c.tell(s)
		got := s.Snapshot().Containers[0]
		if (got.State == data.Gone) != c.gone || got.GoneAt.IsZero() == c.gone || len(got.Kills) != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What somebody asked for beside the watch may come after what the watch told since.
func TestAnOlderAnswerTakesNothingBack(t *testing.T) {
	t.Parallel()
	k := podOf(1)
	end := func(at time.Time) *data.Termination {
		return &data.Termination{Reason: "OOMKilled", ExitCode: 137, FinishedAt: at, Field: "lastState.terminated"}
	}
	was := data.Container{Key: data.Key{Namespace: k.Namespace, Pod: k.Name, UID: k.UID, Container: "app"}, State: data.Running, Restarts: 1,
		Last: end(scheduleNow.Add(-time.Hour)), Kills: []data.Kill{{At: scheduleNow.Add(-time.Hour)}}}
	is := was
	is.Restarts, is.State, is.Last, is.Kills = 2, data.CrashLooping, end(scheduleNow.Add(-time.Minute)), []data.Kill{{At: scheduleNow.Add(-time.Minute)}}
	put := func(s *data.Store, c data.Container) { s.Put(data.Pod{Key: k, Containers: []data.Container{c}}) }
	for name, c := range map[string]struct {
		first, second data.Container
		known         data.KnownFrom
		want          int32
	}{
		"newer":                         {first: was, second: is, want: 2},
		"older":                         {first: is, second: was, want: 2},
		"older than what a journal has": {first: is, second: was, known: data.KnownFromJournal, want: 1},
	} {
		s := data.NewStore(func() time.Time { return scheduleNow })
		c.first.Known = c.known
		put(s, c.first)
		count := 3.0
		c.second.ChildKills = &count
		put(s, c.second)
		got := s.Snapshot().Containers[0]
		if got.Restarts != c.want || len(got.Kills) != 2 || got.ChildKills == nil {
			t.Errorf("%s: %d restarts, %d kills, %v", name, got.Restarts, len(got.Kills), got.ChildKills)
		}
	}
}

// Of a kill that metrics told first the status knows the exit code.
func TestOneKillIsAsCompleteAsBothReports(t *testing.T) {
	t.Parallel()
	code := int32(1)
	at := scheduleNow
	metrics := data.Kill{At: at, Reason: "OOMKilled", From: "promql"}
	status := data.Kill{At: at, StartedAt: at.Add(-time.Hour), Reason: "OOMKilled", ExitCode: &code, From: "kubectl"}
	for _, got := range [][]data.Kill{data.MergeKills([]data.Kill{metrics}, []data.Kill{status}), data.MergeKills([]data.Kill{status}, []data.Kill{metrics})} {
		if len(got) != 1 || got[0].ExitCode == nil || *got[0].ExitCode != 1 || !got[0].StartedAt.Equal(status.StartedAt) || got[0].From != "kubectl" {
			t.Errorf("%+v", got)
		}
	}
	if metrics.ExitCode != nil {
		t.Error("a report was written to")
	}
}

// Deleted pods are bounded, the newest stay, and pods that are there are none of them.
func TestDeletedPodsAreBounded(t *testing.T) {
	t.Parallel()
	now := scheduleNow
	s := data.NewStore(func() time.Time { return now })
	put := func(name string) data.PodKey {
		k := data.PodKey{Namespace: "shop", Name: data.Clean(name), UID: data.Clean("uid-" + name)}
		s.PutWatched(data.Pod{Key: k, Containers: []data.Container{{Key: data.Key{Namespace: "shop", Pod: k.Name, UID: k.UID, Container: "app"}, Kills: []data.Kill{{At: now}}}}})
		return k
	}
	stays, again := put("stays"), put("again")
	s.Delete(again, now)
	put("again") // it entered the selector anew
	for i := range 10_000 {
		now = now.Add(time.Second)
		s.Delete(put(fmt.Sprintf("job-%d", i)), now)
	}
	cs := s.Snapshot().Containers
	if n := len(cs); n < 2002 || n > 2300 {
		t.Errorf("%d containers", n)
	}
	if !s.Holds(stays) || !s.Holds(again) || !s.Holds(data.PodKey{Namespace: "shop", Name: "job-9999", UID: "uid-job-9999"}) {
		t.Error("a pod that is there, or the newest that went, was forgotten")
	}
	if s.Holds(data.PodKey{Namespace: "shop", Name: "job-0", UID: "uid-job-0"}) {
		t.Error("the oldest is still there")
	}
}
