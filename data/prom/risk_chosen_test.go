package prom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// What a label selector leaves gets the closer look, however many others are nearer to their limit.
func TestUsageOfTheChosen(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	var lines []line
	for i := range mostNear + 20 {
		pod := fmt.Sprintf("other-%d", i)
		lines = append(append(lines, workingSet(pod, "c", "/"+pod).with(ago(5*time.Minute), testNow, scrape, always(99*mi))), specLines(pod, "c", 100*mi, 0)...)
	}
	mine := workingSet("mine-0", "c", "/mine").with(ago(5*time.Minute), testNow, scrape, always(90*mi))
	e.load(t, append(append(lines, mine), specLines("mine-0", "c", 100*mi, 0)...)...)
	r := e.reader(t, Options{})
	chosen := func(_ context.Context, u *data.ClusterUsage) error {
		u.Usages = slices.DeleteFunc(u.Usages, func(u data.Usage) bool { return !strings.HasPrefix(u.Key.Pod.String(), "mine") })
		return nil
	}
	got, err := r.UsageOf(t.Context(), nil, chosen)
	if err != nil || len(got.Usages) != 1 {
		t.Fatalf("%d usages, %v", len(got.Usages), err)
	}
	if u := got.Usages[0]; u.Recent == nil || u.Peak == nil {
		t.Errorf("the chosen one was not looked at closely: %+v", u)
	}
	all, err := r.Usage(t.Context(), nil, nil)
	if err != nil || usageOf(t, all, "mine-0", "c").Recent != nil {
		t.Errorf("among all it is looked at, so that the test shows nothing: %v", err)
	}
	none, err := r.UsageOf(t.Context(), nil, func(_ context.Context, u *data.ClusterUsage) error { u.Usages = nil; return nil })
	if why, ok := gapOf(none.Gaps, "memory of the chosen containers"); err != nil || !ok || !strings.Contains(why, "label selector") || len(none.Gaps) != 1 {
		t.Errorf("nothing chosen: %v, %v", none.Gaps, err)
	}
	want := errors.New("no right to list pods")
	if _, err := r.UsageOf(t.Context(), nil, func(context.Context, *data.ClusterUsage) error { return want }); !errors.Is(err, want) {
		t.Errorf("who can't choose gets an answer: %v", err)
	}
}
