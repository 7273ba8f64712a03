package prom

import (
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// The pressure before an end is read from the container's own cgroup and of the minutes before that end alone.
func TestPressureBeforeTheEnd(t *testing.T) {
	t.Parallel()
	end := testNow.Add(-20 * time.Minute).Truncate(time.Second)
	// counted is a counter that grows by share a second from a time on.
	counted := func(from time.Time, share float64) func(time.Time) float64 {
		return func(t time.Time) float64 { return max(0, t.Sub(from).Seconds()) * share }
	}
	c := apiCase()
	pairs := func(more ...string) []string {
		return append([]string{"namespace", "shop", "pod", c.Key.Pod.String(), "container", "api"}, more...)
	}
	first, second := pairs("id", "/kubepods/pod1/first"), pairs("id", "/kubepods/pod1/second")
	hour := end.Add(-time.Hour)
	for name, k := range map[string]struct {
		lines                    []line
		waiting, stalled, events *float64
	}{
		"a cgroup v1 has none of it": {lines: []line{newLine(data.MetricWorkingSet, first...).with(hour, end, scrape, always(1))}},
		"full of pressure, and killed": {
			lines: []line{
				newLine(data.MetricPressureWaiting, first...).with(hour, end, scrape, counted(end.Add(-10*time.Minute), 0.8)),
				newLine(data.MetricPressureStalled, first...).with(hour, end, scrape, counted(end.Add(-10*time.Minute), 0.5)),
				newLine(data.MetricOOMEvents, first...).with(hour, end.Add(time.Minute), scrape, func(t time.Time) float64 {
					if t.Before(end.Add(-time.Minute)) {
						return 3
					}
					return 4
				}),
			}, waiting: ptrTo(0.8), stalled: ptrTo(0.5), events: ptrTo(1.0),
		},
		"an hour earlier is another matter": {
			lines: []line{
				newLine(data.MetricPressureWaiting, first...).with(hour, end, scrape, func(t time.Time) float64 { return min(100, t.Sub(hour).Seconds()) }),
				newLine(data.MetricOOMEvents, first...).with(hour, end, scrape, always(7)),
			}, waiting: ptrTo(0.0), events: ptrTo(0.0),
		},
		"a counter that the kill itself made": {
			lines: []line{newLine(data.MetricOOMEvents, second...).with(end.Add(-30*time.Second), end.Add(time.Minute), 15*time.Second, always(1))}, events: ptrTo(1.0),
		},
		"what comes after the end does not count": {
			lines: []line{
				newLine(data.MetricPressureWaiting, first...).with(hour, end, scrape, always(5)),
				newLine(data.MetricPressureWaiting, second...).with(end.Add(scrape), testNow, scrape, counted(end, 1)),
				newLine(data.MetricOOMEvents, second...).with(end.Add(5*time.Minute), testNow, scrape, always(2)),
			}, waiting: ptrTo(0.0),
		},
		"another container of the pod": {
			lines: []line{newLine(data.MetricPressureWaiting, "namespace", "shop", "pod", c.Key.Pod.String(), "container", "proxy", "id", "/x").with(hour, end, scrape, counted(hour, 1))},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, 50_000_000)
			e.load(t, k.lines...)
			c := *c
			c.Last = &data.Termination{Reason: "OOMKilled", ExitCode: 137, FinishedAt: end, Field: "lastState.terminated"}
			h, err := e.reader(t, Options{}).History(t.Context(), &c, nil)
			if err != nil {
				t.Fatal(err)
			}
			p := h.Pressure
			if p == nil || !p.End.Equal(end) {
				t.Fatalf("pressure %+v", p)
			}
			for _, f := range []struct {
				what      string
				got, want *float64
				from      data.Text
			}{{"waiting", p.Waiting, k.waiting, p.WaitingFrom}, {"stalled", p.Stalled, k.stalled, p.StalledFrom}, {"OOM events", p.OOMEvents, k.events, p.OOMEventsFrom}} {
				switch {
				case (f.got == nil) != (f.want == nil):
					t.Errorf("%s: %v, want %v", f.what, f.got, f.want)
				case f.got != nil && math.Abs(*f.got-*f.want) > 0.02:
					t.Errorf("%s: %.3f, want %.3f", f.what, *f.got, *f.want)
				case f.from == "":
					t.Errorf("%s has no query", f.what)
				}
				if f.got != nil && math.Abs(e.single(t, f.from.String())-*f.got) > 0.02 {
					t.Errorf("%s: the query of the evidence gives %v", f.what, e.single(t, f.from.String()))
				}
			}
		})
	}
}

// Nothing is asked for a container that was not killed.
func TestPressureOfNoEnd(t *testing.T) {
	t.Parallel()
	for name, last := range map[string]*data.Termination{
		"never ended": nil, "completed": {Reason: "Completed", FinishedAt: ago(time.Hour)}, "at an unknown time": {Reason: "OOMKilled", ExitCode: 137},
	} {
		c := *apiCase()
		c.Last = last
		if at := newestKill(&c); !at.IsZero() {
			t.Errorf("%s: %v", name, at)
		}
	}
}

func ptrTo(x float64) *float64 { return &x }
