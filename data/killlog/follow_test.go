package killlog

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

func TestFollowWritesWhatTheStoreHoldsAtTheEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st := data.NewStore(clock)
	c := killed("api-1", noon)
	st.Put(data.Pod{Key: c.PodKey(), Containers: []data.Container{c}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	New(dir, "c", clock).Follow(ctx, st)

	next := data.NewStore(clock)
	next.SetHealth("", data.Connecting, "")
	New(dir, "c", clock).Recall(next, []data.Text{"shop"}, time.Hour)
	s := next.Snapshot()
	if len(s.Containers) != 1 || s.Containers[0].State != data.Unknown || !s.Reach[data.KnownFromJournal].Equal(noon) {
		t.Fatalf("%+v", s)
	}
	// The first list does not have the pod: it is gone, since some time after its last kill.
	next.Replace("", nil, 7, func(data.PodKey) bool { return false })
	got := next.Snapshot().Containers[0]
	if got.State != data.Gone || !got.GoneAt.Equal(noon) || len(got.Kills) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestRecallLeavesOtherNamespacesOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := New(dir, "c", clock).Record([]data.Container{killed("api-1", noon)}); err != nil {
		t.Fatal(err)
	}
	st := data.NewStore(clock)
	New(dir, "c", clock).Recall(st, []data.Text{"data", "batch"}, time.Hour)
	if n := len(st.Snapshot().Containers); n != 0 {
		t.Errorf("%d containers", n)
	}
}

func TestAPodThatStillExistsIsNotGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := killed("api-1", noon.Add(-time.Minute))
	if err := New(dir, "c", clock).Record([]data.Container{c}); err != nil {
		t.Fatal(err)
	}
	st := data.NewStore(clock)
	New(dir, "c", clock).Recall(st, nil, time.Hour)
	if !st.HoldsContainer(c.Key) {
		t.Fatal("the watch would not tell of it")
	}
	now := c
	now.Kills, now.State = nil, data.Running // the API has forgotten the kill
	st.Replace("", []data.Pod{{Key: c.PodKey(), Containers: []data.Container{now}}}, 1, func(data.PodKey) bool { return true })
	got := st.Snapshot().Containers[0]
	if got.State != data.Running || len(got.Kills) != 1 || got.Known != data.KnownFromAPI {
		t.Errorf("%+v", got)
	}
}

func TestOnlyWhatChangedIsLookedAt(t *testing.T) {
	t.Parallel()
	a, b, c, b2 := killed("a", noon), killed("b", noon), killed("c", noon), killed("b", noon.Add(time.Minute))
	for name, tc := range map[string]struct{ former, now, want []*data.Container }{
		"the first look":  {nil, []*data.Container{&a, &b}, []*data.Container{&a, &b}},
		"nothing changed": {[]*data.Container{&a, &b}, []*data.Container{&a, &b}, nil},
		"one changed":     {[]*data.Container{&a, &b, &c}, []*data.Container{&a, &b2, &c}, []*data.Container{&b2}},
		"one is new":      {[]*data.Container{&a, &c}, []*data.Container{&a, &b, &c}, []*data.Container{&b}},
		"one was dropped": {[]*data.Container{&a, &b, &c}, []*data.Container{&a, &c}, nil},
		"one for another": {[]*data.Container{&a, &c}, []*data.Container{&b, &c}, []*data.Container{&b}},
	} {
		if got := changed(tc.former, tc.now); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %d containers, want %d", name, len(got), len(tc.want))
		}
	}
}
