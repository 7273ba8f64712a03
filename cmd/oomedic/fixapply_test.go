package main

import (
	"testing"

	"github.com/oomedic/oomedic/data"
)

// TestLoweredBlindly lowers limits of which nobody knows what is in use.
func TestLoweredBlindly(t *testing.T) {
	t.Parallel()
	mi := func(n int64) data.Resources { n *= data.Mi; return data.Resources{Limit: &n} }
	pod := func(before, after int64, skip data.Text) []data.PodPlan {
		return []data.PodPlan{{Before: mi(before), After: mi(after), Skip: skip}}
	}
	undo := data.Change{Expect: []data.Target{{UID: "u"}}}
	for _, tc := range []struct {
		name string
		plan data.Plan
		want bool
	}{
		{"raised", data.Plan{Before: mi(512), After: mi(768)}, false},
		{"the same", data.Plan{Before: mi(512), After: mi(512)}, false},
		{"lowered", data.Plan{Before: mi(512), After: mi(511)}, true},
		{"none before", data.Plan{After: mi(512)}, false},
		{"none afterwards", data.Plan{Before: mi(512)}, false},
		{"raised in the template, lowered in a pod", data.Plan{Before: mi(512), After: mi(768), Pods: pod(1024, 768, "")}, true},
		{"a pod that is left alone", data.Plan{Before: mi(512), After: mi(768), Pods: pod(1024, 768, "gone")}, false},
		{"an undo", data.Plan{Before: mi(512), After: mi(256), Change: undo}, false},
	} {
		p := tc.plan
		(&options{}).checkSizes(&shown{plan: &p})
		if got := len(p.NeedsTyping()) > 0; got != tc.want {
			t.Errorf("%s: the name must be typed: %v", tc.name, got)
		}
	}
}
