package main

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// What is remembered of a container that is killed for weeks does not grow, and none of its kills is told twice.
func TestKillNewsForgetsWhatTheStoreDropped(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)
	n := newKillNews(began)
	c := data.Container{Key: data.Key{Namespace: "shop", Pod: "a", Container: "api"}, State: data.Running}
	for i := range 1000 {
		at := began.Add(time.Duration(i) * time.Minute)
		c.Last = &data.Termination{Reason: "OOMKilled", ExitCode: 137, FinishedAt: at, Field: "lastState.terminated"}
		if c.Kills = append(c.Kills, data.Kill{At: at}); len(c.Kills) > 64 {
			c.Kills = c.Kills[1:]
		}
		s := &data.Snapshot{Containers: []*data.Container{&c}, Health: data.Health{State: data.Live}}
		if told := len(n.take(s, at)) + len(n.take(s, at)); told != 1 {
			t.Fatalf("kill %d is told %d times", i, told)
		}
	}
	if left := len(n.told[c.Key]); left > 70 {
		t.Errorf("%d kills are remembered", left)
	}
}
