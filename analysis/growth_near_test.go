package analysis

import (
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// loadOver gives the pod received bytes that follow f over the age of each of its lives.
func loadOver(f func(age float64) float64) func(*data.Container, *data.History) {
	return func(_ *data.Container, h *data.History) {
		h.Load.Step = 5 * time.Minute
		s := data.Signal{Pod: "app-0"}
		for _, l := range h.Lives {
			for at := l.T[0]; at <= l.T[l.Len()-1]; at += h.Load.Step.Milliseconds() {
				s.T, s.V = append(s.T, at), append(s.V, f(hours(at-l.T[0])))
			}
		}
		h.Load.Received = []data.Signal{s}
	}
}

// What looks like growth that slows down, that a heap explains or that load explains, beside what really is.
func TestGrowthAndWhatLooksLikeIt(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	pinned := func(rate float64) course {
		return func(age float64, n *noise) float64 { return min((200+rate*age)*mi, 508*mi) + n.next()*mi }
	}
	heapAndMore := func(age float64, n *noise) float64 {
		return (120 + 130*(1-math.Exp(-age/1.5)) + 24*age + 3*n.next()) * mi
	}
	slow := func(age float64, n *noise) float64 { return (150 + 2.6*age + 3*n.next()) * mi }
	steady := func(age float64, n *noise) float64 { return (200 + 24*age + 3*n.next()) * mi }
	for name, x := range map[string]struct {
		want  Class
		build func() (data.Container, *data.History)
	}{
		"steady growth that the limit holds for hours":      {MemoryLeak, simple(week, time.Minute, 15*time.Hour, pinned(30))},
		"near miss: at the limit within minutes, for hours": {LimitTooLow, simple(week, time.Minute, 15*time.Hour, pinned(1200))},
		"a small heap fills first, then it leaks beside":    {MemoryLeak, simple(week, time.Minute, 0, heapAndMore, env("JAVA_TOOL_OPTIONS", "-Xmx160m"))},
		"near miss: the same without a heap that bounds it": {UnboundedCache, simple(week, time.Minute, 0, heapAndMore)},
		"days of growth by more than the heap holds":        {GradualAccumulation, simple(4*week, 5*time.Minute, 0, slow, env("JAVA_TOOL_OPTIONS", "-Xmx300m"))},
		"near miss: a heap that may hold all of it":         {JVMHeap, simple(4*week, 5*time.Minute, 0, slow, env("JAVA_TOOL_OPTIONS", "-Xmx480m"))},
		"memory doubles while load grows by a third":        {MemoryLeak, simple(week, time.Minute, 0, steady, loadOver(func(age float64) float64 { return 1e5 * (1 + age/30) }))},
		"near miss: load grows as memory does":              {LimitTooLow, simple(week, time.Minute, 0, steady, loadOver(func(age float64) float64 { return 1e5 * (1 + age/4) }))},
		"load swings by the day and does not grow":          {MemoryLeak, simple(week, 5*time.Minute, 0, func(age float64, n *noise) float64 { return (200 + 7.6*age + 3*n.next()) * mi }, loadOver(func(age float64) float64 { return 1e5 * (1.6 - math.Cos(age/24*2*math.Pi)) }))},
		"near miss: load that grows by the day":             {LimitTooLow, simple(week, 5*time.Minute, 0, func(age float64, n *noise) float64 { return (200 + 7.6*age + 3*n.next()) * mi }, loadOver(func(age float64) float64 { return 1e5 * (1 + age/12) }))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := diagnose(x.build())
			sound(t, &d)
			if d.Cause.Class != x.want {
				t.Errorf("%s (%.2f), want %s; %v", d.Cause.Class, d.Cause.Confidence, x.want, d.Cause.Alternatives)
			}
		})
	}
}

// Rollouts end lives that had hardly begun to grow: they do not outvote the lives that were killed.
func TestEndsFarFromTheLimitShowNoCourse(t *testing.T) {
	t.Parallel()
	lives := []life{
		{t: []int64{0, 1}, v: []float64{100, 900}, limit: 1000, gone: noon},
		{t: []int64{0, 1}, v: []float64{100, 500}, limit: 1000, gone: noon},
		{t: []int64{0, 1}, v: []float64{100, 500}, limit: 1000, killed: noon},
		{t: []int64{0, 1}, v: []float64{100, 500}, gone: noon},
		{t: []int64{0, 1}, v: []float64{100, 990}, limit: 1000},
	}
	for i, want := range []bool{true, false, true, true, false} {
		if got := lives[i].endedNear(); got != want {
			t.Errorf("life %d: %t, want %t", i, got, want)
		}
	}
}
