package replay

import (
	"math"
	"slices"
	"testing"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/cmd/score/second"
	"github.com/oomedic/oomedic/cmd/score/simulate"
	"github.com/oomedic/oomedic/data"
)

// The facts that a case gives directly are those that the program reads from a real engine over the same samples.
func TestBothPathsAgree(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		cond  simulate.Condition
		label simulate.Label
	}{
		{simulate.Clean, simulate.TooLow}, {simulate.Degraded, simulate.Leak}, {simulate.Clean, simulate.SharedMem}, {simulate.Degraded, simulate.Concurrency}, {simulate.Clean, simulate.Healthy},
	} {
		t.Run(string(one.label), func(t *testing.T) {
			t.Parallel()
			c, err := simulate.New(simulate.Dev, one.cond, one.label, 3)
			if err != nil {
				t.Fatal(err)
			}
			h, ov, err := Read(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			sameHistory(t, c.History(), h, 0.6)
			direct := diagnose(c, c.History(), c.Overview())
			read := diagnose(c, h, ov)
			if direct.Cause.Class != read.Cause.Class || direct.Confirmation.OOMKilled != read.Confirmation.OOMKilled || !sameSize(direct.Recommendation.Limit, read.Recommendation.Limit) {
				t.Errorf("directly %s %.2f, read %s %.2f", direct.Cause.Class, direct.Cause.Confidence, read.Cause.Class, read.Cause.Confidence)
			}
		})
	}
}

// The same holds for cases that another generator recorded.
func TestRecordedCasesAgree(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		cond  simulate.Condition
		label simulate.Label
		n     int
	}{
		{simulate.Clean, simulate.Startup, 0}, {simulate.Clean, simulate.SharedMem, 4}, {simulate.Degraded, simulate.LargeFile, 0}, {simulate.Clean, simulate.TooLow, 0},
	} {
		t.Run(string(one.label), func(t *testing.T) {
			t.Parallel()
			c, err := second.New(second.Dev, one.cond, one.label, one.n)
			if err != nil {
				t.Fatal(err)
			}
			h, _, err := Read(t.Context(), c.Case)
			if err != nil {
				t.Fatal(err)
			}
			sameHistory(t, c.History(), h, 1)
		})
	}
}

func diagnose(c *simulate.Case, h *data.History, ov data.Overview) analysis.Diagnosis {
	return analysis.Diagnose(analysis.Input{Case: analysis.NewCase(c.Container, ov, c.Now), History: h, Now: c.Now})
}

func sameSize(a, b *int64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(float64(*a-*b)) <= 0.02*float64(*a)
}

// sameHistory allows the page cache an error of so much of its highest.
func sameHistory(t *testing.T, want, got *data.History, pageCache float64) {
	t.Helper()
	if len(want.Lives) != len(got.Lives) {
		t.Fatalf("%d lives directly, %d read", len(want.Lives), len(got.Lives))
	}
	for i := range want.Lives {
		w, g := want.Lives[i], got.Lives[i]
		if w.Pod != g.Pod || w.ID != g.ID || !slices.Equal(w.T, g.T) || !slices.Equal(w.V, g.V) {
			t.Errorf("life %d: %s %s %d samples directly, %s %s %d read", i, w.Pod, w.ID, w.Len(), g.Pod, g.ID, g.Len())
		}
	}
	if want.ScrapeInterval != got.ScrapeInterval || !want.First.Equal(got.First) || want.Selector != got.Selector {
		t.Errorf("every %s since %s directly, every %s since %s read", want.ScrapeInterval, want.First, got.ScrapeInterval, got.First)
	}
	for name, pair := range map[string][2]data.Samples{"RSS": {want.RSS, got.RSS}, "shared": {want.Shared, got.Shared}} {
		sameSamples(t, name, pair[0], pair[1], 1e-9)
	}
	// Of the page cache one sample a step is read, where the simulator gives the highest of the step.
	for name, pair := range map[string][2]data.Samples{"cache": {want.Cache, got.Cache}, "active": {want.ActiveFile, got.ActiveFile}, "inactive": {want.InactiveFile, got.InactiveFile}} {
		sameSamples(t, name, pair[0], pair[1], pageCache)
	}
	// Limits are read in steps, which may miss the first or last sample of a pod; the sizes must be the same.
	if !slices.Equal(slices.Compact(slices.Clone(want.Limit.V)), slices.Compact(slices.Clone(got.Limit.V))) || want.Limit.Len()-got.Limit.Len() > 4 {
		t.Errorf("limit: %d samples directly, %d read", want.Limit.Len(), got.Limit.Len())
	}
	for name, pair := range map[string][2][]data.Signal{"received": {want.Load.Received, got.Load.Received}, "CPU": {want.Load.CPU, got.Load.CPU}, "reads": {want.Load.Reads, got.Load.Reads},
		"sockets": {want.Load.Sockets, got.Load.Sockets}, "threads": {want.Load.Threads, got.Load.Threads}} {
		sameSignals(t, name, pair[0], pair[1])
	}
	if len(want.Kills) != len(got.Kills) {
		t.Fatalf("%d kills directly, %d read", len(want.Kills), len(got.Kills))
	}
	for i := range want.Kills {
		if want.Kills[i].Pod != got.Kills[i].Pod || !want.Kills[i].At.Equal(got.Kills[i].At) {
			t.Errorf("kill %d: %s %s directly, %s %s read", i, want.Kills[i].Pod, want.Kills[i].At, got.Kills[i].Pod, got.Kills[i].At)
		}
	}
}

func sameSignals(t *testing.T, name string, want, got []data.Signal) {
	t.Helper()
	byPod := func(a, b data.Signal) int { return slices.Compare([]byte(a.Pod), []byte(b.Pod)) }
	slices.SortFunc(want, byPod)
	slices.SortFunc(got, byPod)
	if len(want) != len(got) {
		t.Errorf("%s: %d pods directly, %d read", name, len(want), len(got))
		return
	}
	for i := range want {
		sameSamples(t, name+" of "+want[i].Pod.String(), want[i].Samples, got[i].Samples, 0.02)
	}
}

// sameSamples allows an error of so much of the highest value.
func sameSamples(t *testing.T, name string, want, got data.Samples, off float64) {
	t.Helper()
	if !slices.Equal(want.T, got.T) {
		t.Errorf("%s: %d samples directly, %d read", name, want.Len(), got.Len())
		return
	}
	top := 0.0
	for _, v := range want.V {
		top = math.Max(top, math.Abs(v))
	}
	worst := 0.0
	for i := range want.V {
		worst = math.Max(worst, math.Abs(want.V[i]-got.V[i]))
	}
	if worst > off*top+1e-9 {
		t.Errorf("%s: off by %g, the highest is %g", name, worst, top)
	}
}
