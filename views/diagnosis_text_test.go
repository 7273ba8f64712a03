package views

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

func TestConfidenceText(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]string{1: "very likely, 100%", 0.9: "very likely, 90%", 0.89: "likely, 89%", 0.7: "likely, 70%", 0.4: "possible, 40%", 0.39: "a guess, 39%", 0: "a guess, 0%"} {
		if got := confidenceText(x); got != want {
			t.Errorf("%v: %q, want %q", x, got, want)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x        float64
		currency string
		want     string
	}{{0.77, "USD", "+$0.77"}, {-1.2, "USD", "-$1.20"}, {0, "USD", "$0.00"}, {0.004, "USD", "$0.00"}, {-0.004, "", "$0.00"}, {12.345, "EUR", "+EUR 12.35"}} {
		if got := money(c.x, c.currency); got != c.want {
			t.Errorf("%v %s: %q, want %q", c.x, c.currency, got, c.want)
		}
	}
}

func TestCostText(t *testing.T) {
	t.Parallel()
	full := analysis.Cost{PerPodMonthly: ptr(0.77), Replicas: ptr(int32(5)), TotalMonthly: ptr(3.87), Currency: "USD", PerGiBMonth: 3.09, PriceFrom: "opencost default"}
	noTotal, noPrice := full, full
	noTotal.TotalMonthly, noPrice.PerGiBMonth = nil, 0
	for _, c := range []struct {
		cost analysis.Cost
		want string
	}{
		{full, "+$0.77 per pod and month, +$3.87 for 5 replicas ($3.09 per GiB-month, opencost default)"},
		{noTotal, "+$0.77 per pod and month ($3.09 per GiB-month, opencost default)"},
		{noPrice, "+$0.77 per pod and month, +$3.87 for 5 replicas"},
		{analysis.Cost{Currency: "USD", PerGiBMonth: 3.09}, "unknown: the request's change is not known"},
	} {
		if got := costText(c.cost); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestBridgeText(t *testing.T) {
	t.Parallel()
	limit, left := ptr(data.Gi), ptr(26*time.Hour)
	for _, c := range []struct {
		name  string
		r     analysis.Recommendation
		class analysis.Class
		want  string
	}{
		{"cures", analysis.Recommendation{Limit: limit, Cures: true, ToKill: left}, analysis.MemoryLeak, ""},
		{"no number", analysis.Recommendation{ToKill: left}, analysis.MemoryLeak, ""},
		{"leak", analysis.Recommendation{Limit: limit, ToKill: left}, analysis.MemoryLeak, "This buys about 26h: the leak goes on"},
		{"cache", analysis.Recommendation{Limit: limit, ToKill: left}, analysis.UnboundedCache, "This buys about 26h: the cause goes on"},
		{"leak, no forecast", analysis.Recommendation{Limit: limit}, analysis.MemoryLeak, "This cures nothing: the leak goes on"},
	} {
		if got := bridgeText(c.r, c.class); !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestTableKeepsUnknownApart holds that a window without samples shows no zero, and a column of shares only with a limit.
func TestTableKeepsUnknownApart(t *testing.T) {
	t.Parallel()
	d := fixtureLeak(t)
	s := diagnosisScreen(t, finished(d))
	press(s, "3")
	for _, w := range []int{40, 60, 80, 200} {
		text := stripped(s.View(frameOf(t, "dark", w, 40)))
		for _, line := range strings.Split(text, "\n") {
			if name, rest, _ := strings.Cut(strings.TrimSpace(line), " "); name == "p99" && strings.Count(rest, "?") != 2 {
				t.Errorf("width %d: two of three windows have no samples: %q", w, line)
			}
		}
		if shares := strings.Contains(text, "48Mi"); !shares {
			t.Errorf("width %d: the maximum is missing:\n%s", w, text)
		}
	}
	d.LimitAtKill, d.Container.Resources.Limit = nil, nil
	if text := drawnAs(t, s, 80, 40); !strings.Contains(text, "24h 7d 30d mean 30Mi ? ? p50") {
		t.Errorf("there is no limit, so there are no shares of it: %s", text)
	}
}

func TestBannerOfHistory(t *testing.T) {
	t.Parallel()
	l := Loaded[analysis.Diagnosis]{Value: withoutMetrics(t), Loading: true, Done: 31, Total: 30}
	for step, want := range map[string]string{"1": "Reading history (30 of 30 parts)", "2": "Reading history", "3": "History is still being read (30 of 30 parts): this step may change.", "5": "this step may change"} {
		s := diagnosisScreen(t, &l)
		press(s, step)
		if text := drawnAs(t, s, 80, 21); !strings.Contains(text, want) {
			t.Errorf("step %s does not say %q:\n%s", step, want, text)
		}
	}
	done := l
	done.Loading = false
	s := diagnosisScreen(t, &done)
	press(s, "3")
	if text := drawnAs(t, s, 80, 21); strings.Contains(text, "still being read") || strings.Contains(text, "comes with the history") {
		t.Errorf("the history has been read: %s", text)
	}
}
