package analysis

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

var riskNow = time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)

// ramp are samples every step over a time that ends at riskNow, of a function of the hours since its start.
func ramp(span, step time.Duration, f func(h float64) float64) *data.Samples {
	var s data.Samples
	for at := -span; at <= 0; at += step {
		s.T, s.V = append(s.T, riskNow.Add(at).UnixMilli()), append(s.V, f((span+at).Hours()))
	}
	return &s
}

// usage is a container with a limit of 1000 MiB and a request of 800 MiB that uses the last of the samples.
func usage(s *data.Samples) data.Usage {
	last := s.V[len(s.V)-1]
	return data.Usage{Key: data.Key{Namespace: "shop", Pod: "a-0", Container: "app"}, WorkingSet: &last, Specified: true, Recent: s,
		Restarts: ptr(int32(2)), Resources: data.Resources{Limit: ptr(1000 * data.Mi), Request: ptr(800 * data.Mi)}}
}

func judged(t *testing.T, us ...data.Usage) ([]Risk, RiskSummary) {
	t.Helper()
	return Risks(&data.ClusterUsage{At: riskNow, Usages: us, GrowthWindow: time.Hour, Selector: `container!=""`}, DefaultPrice, riskNow)
}

const mib = float64(data.Mi)

func TestDanger(t *testing.T) {
	t.Parallel()
	level := func(v float64) *data.Samples {
		return ramp(6*time.Hour, 30*time.Second, func(float64) float64 { return v * mib })
	}
	noisy := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name  string
		u     data.Usage
		level RiskLevel
		kind  RiskKind
		why   string
	}{
		{"below", usage(level(840)), "", "", ""},
		{"near", usage(level(850)), RiskWarning, RiskNearLimit, "at 85% of its limit, not growing over the last 6.0 h"},
		{"almost full", usage(level(949)), RiskWarning, RiskNearLimit, "at 94% of its limit"},
		{"full", usage(level(950)), RiskCritical, RiskNearLimit, "the next peak kills"},
		{"approaching", usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (750 + 20*h) * mib })), RiskWarning, RiskNearLimit,
			"approaching its limit (87%), OOM in 6.0–7.1 h at the current rate"},
		{"leaking", usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (300 + 50*h) * mib })), RiskWarning, RiskGrowing,
			"growing 50Mi an hour, probable leak, OOM in 7.4–8.7 h"},
		{"leaking with noise", usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (300 + 50*h + 40*noisy.Float64()) * mib })), RiskWarning, RiskGrowing, "probable leak"},
		{"hardly growing", usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (500 + 2*h) * mib })), "", "", ""},
		{"filled and settled", usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return 800 * mib * (1 - math.Exp(-3*h)) })), "", "", ""},
		{"daily wave", usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (500 + 200*math.Sin(h*4)) * mib })), "", "", ""},
		{"has begun to climb", usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (500 + 2*noisy.Float64() + max(0, h-5.9)*2400) * mib })), RiskCritical, RiskGrowing, "OOM in 6–8 min"},
		{"up and down", usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (600 + 300*math.Mod(h*5+0.5, 1)) * mib })), "", "", ""},
		{"days left", usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (100 + 8*h) * mib })), "", "", ""},
		{"a minute left", usage(ramp(time.Minute, 5*time.Second, func(h float64) float64 { return (700 + 7200*h) * mib })), RiskCritical, RiskGrowing, "OOM in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, _ := judged(t, c.u)
			if c.level == "" {
				if len(got) != 0 {
					t.Fatalf("a risk: %s %s", got[0].Level, got[0].Why)
				}
				return
			}
			if len(got) != 1 || got[0].Level != c.level || got[0].Kind != c.kind || !strings.Contains(got[0].Why.String(), c.why) {
				t.Fatalf("%+v", got)
			}
			if len(got[0].Evidence) < 2 {
				t.Errorf("evidence %v", got[0].Evidence)
			}
		})
	}
}

// What is near the limit by page cache alone is told, and nobody is woken for it.
func TestReclaimable(t *testing.T) {
	t.Parallel()
	u := usage(ramp(time.Hour, 30*time.Second, func(h float64) float64 { return (900 + 60*h) * mib }))
	u.Parts = &data.UsageParts{RSS: ptr(400 * mib), Shared: ptr(20 * mib), Kernel: ptr(10 * mib)}
	got, s := judged(t, u)
	if len(got) != 1 || got[0].Kind != RiskReclaimable || got[0].Level != RiskNotice || got[0].Left != nil || s.Notice != 1 {
		t.Fatalf("%+v", got)
	}
	for name, parts := range map[string]*data.UsageParts{
		"mostly heap": {RSS: ptr(690 * mib), Shared: ptr(20 * mib)}, "files in memory": {RSS: ptr(100 * mib), Shared: ptr(800 * mib)},
		"shared not known": {RSS: ptr(400 * mib)}, "not known": nil,
	} {
		u.Parts = parts
		if got, _ := judged(t, u); len(got) != 1 || got[0].Kind != RiskNearLimit || got[0].Level != RiskCritical {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// The first minutes of a first life are no reason to wake somebody, those of a container that was killed before are.
func TestStarting(t *testing.T) {
	t.Parallel()
	u := usage(ramp(4*time.Minute, 15*time.Second, func(h float64) float64 { return (50 + 6000*h) * mib }))
	u.Restarts = ptr(int32(0))
	if got, _ := judged(t, u); len(got) != 1 || got[0].Level != RiskNotice || !strings.Contains(got[0].Why.String(), "its start") {
		t.Errorf("a first life: %+v", got)
	}
	u.Restarts = ptr(int32(1))
	if got, _ := judged(t, u); len(got) != 1 || got[0].Level != RiskCritical {
		t.Errorf("a second one: %+v", got)
	}
}

// Facts that are missing or absurd make no risk and no panic.
func TestRisksOfOddFacts(t *testing.T) {
	t.Parallel()
	odd := []data.Usage{
		{}, {WorkingSet: ptr(math.NaN()), Resources: data.Resources{Limit: ptr(int64(1))}},
		{WorkingSet: ptr(5.0), Resources: data.Resources{Limit: ptr(int64(0))}},
		{WorkingSet: ptr(5.0), Resources: data.Resources{Limit: ptr(int64(-4))}, Specified: true},
		{WorkingSet: ptr(math.Inf(1)), Resources: data.Resources{Limit: ptr(int64(1 << 60))}},
		{WorkingSet: ptr(900 * mib), Resources: data.Resources{Limit: ptr(1000 * data.Mi)}, Recent: &data.Samples{}},
		{WorkingSet: ptr(100 * mib)},
	}
	got, s := judged(t, odd...)
	if s.Containers != len(odd) || s.Unknown != 1+1 || s.NoLimit != 1 {
		t.Errorf("summary %+v", s)
	}
	if len(got) != 2 || got[0].Kind != RiskNearLimit || got[1].Kind != RiskNoLimit {
		t.Errorf("%+v", got)
	}
}

func TestRisksAreSortedByTimeLeft(t *testing.T) {
	t.Parallel()
	named := func(pod data.Text, u data.Usage) data.Usage {
		u.Key.Pod = pod
		return u
	}
	got, s := judged(t,
		named("steady", usage(ramp(time.Hour, time.Minute, func(float64) float64 { return 860 * mib }))),
		named("later", usage(ramp(6*time.Hour, time.Minute, func(h float64) float64 { return (300 + 50*h) * mib }))),
		named("soon", usage(ramp(6*time.Hour, time.Minute, func(h float64) float64 { return (300 + 80*h) * mib }))),
		named("now", usage(ramp(time.Hour, time.Minute, func(float64) float64 { return 990 * mib }))))
	var order []string
	for _, r := range got {
		order = append(order, r.Usage.Key.Pod.String())
	}
	if strings.Join(order, " ") != "now soon later steady" || s.Critical != 1 || s.Warning != 3 {
		t.Errorf("order %v, %+v", order, s)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	one := func(use, peak float64, limit, request int64) data.Usage {
		u := data.Usage{Key: data.Key{Namespace: "shop", Pod: "a-0", Container: "app"}, WorkingSet: ptr(use * mib), Specified: true}
		if peak > 0 {
			u.Peak = ptr(peak * mib)
		}
		if limit > 0 {
			u.Limit = ptr(limit * data.Mi)
		}
		if request > 0 {
			u.Request = ptr(request * data.Mi)
		}
		return u
	}
	for _, c := range []struct {
		name string
		u    data.Usage
		kind RiskKind
		back int64 // MiB
	}{
		{"fits", one(100, 150, 256, 200), "", 0},
		{"no limit", one(100, 0, 0, 200), RiskNoLimit, 0},
		{"nothing set", one(100, 0, 0, 0), RiskNoLimit, 0},
		{"wide", one(100, 300, 1024, 200), RiskWideLimit, 0},
		{"just twice", one(100, 150, 400, 200), "", 0},
		{"oversized", one(100, 200, 4096, 4096), RiskOversized, 4096 - 384},
		{"oversized, but busy once", one(100, 3000, 4096, 4096), "", 0},
		{"oversized by little", one(10, 20, 140, 140), "", 0},
	} {
		got, s := judged(t, c.u)
		switch {
		case c.kind == "" && len(got) != 0:
			t.Errorf("%s: %s", c.name, got[0].Why)
		case c.kind != "" && (len(got) != 1 || got[0].Kind != c.kind || got[0].Level != RiskSizing):
			t.Errorf("%s: %+v", c.name, got)
		case c.back > 0 && (got[0].GiveBack == nil || *got[0].GiveBack != c.back*data.Mi || got[0].Monthly == nil || s.GiveBack != c.back*data.Mi):
			t.Errorf("%s: gives back %v, %+v", c.name, got[0].GiveBack, s)
		}
	}
}

func TestDurationRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		low, high time.Duration
		want      data.Text
	}{
		{40 * time.Second, 55 * time.Second, "40–55 s"}, {10 * time.Minute, 12 * time.Minute, "10–12 min"}, {2 * time.Hour, 4 * time.Hour, "2–4 h"},
		{6 * time.Hour, 7 * time.Hour, "6.0–7.0 h"}, {80 * time.Hour, 120 * time.Hour, "3–5 days"}, {8 * time.Hour, 8 * time.Hour, "8.0 h"}, {0, 0, "0 s"},
		{40 * time.Minute, 3 * time.Hour, "40 min–3.0 h"}, {20 * time.Second, 5 * time.Minute, "20 s–5 min"}, {12 * time.Hour, 100 * time.Hour, "12 h–4 days"}, {50 * time.Minute, 130 * time.Minute, "50 min–2.2 h"},
	} {
		if got := durationRange(c.low, c.high); got != c.want {
			t.Errorf("%s to %s: %q, want %q", c.low, c.high, got, c.want)
		}
	}
}

// BenchmarkRisks judges 100,000 containers, 200 of them with samples.
func BenchmarkRisks(b *testing.B) {
	near := usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (300 + 50*h) * mib }))
	us := make([]data.Usage, 100_000)
	for i := range us {
		us[i] = near
		if i%500 != 0 {
			us[i].Recent, us[i].WorkingSet = nil, ptr(300*mib)
		}
	}
	u := &data.ClusterUsage{At: riskNow, Usages: us, GrowthWindow: time.Hour}
	b.ReportAllocs()
	for b.Loop() {
		if got, _ := Risks(u, DefaultPrice, riskNow); len(got) != 200 {
			b.Fatal(len(got))
		}
	}
}

// A container that dies before it was sampled three times is judged by how long it lived before; what metrics still tell
// of the life before is not taken for its own.
func TestShortLives(t *testing.T) {
	t.Parallel()
	u := usage(ramp(15*time.Second, 15*time.Second, func(float64) float64 { return 300 * mib }))
	u.At = riskNow.Add(-2 * time.Second)
	u.Container = &data.Container{Key: u.Key, State: data.Running, StartedAt: riskNow.Add(-15 * time.Second), Resources: u.Resources, Last: &data.Termination{
		Reason: "OOMKilled", ExitCode: 137, StartedAt: riskNow.Add(-5*time.Minute - 25*time.Second), FinishedAt: riskNow.Add(-5 * time.Minute), Field: "lastState.terminated"}}
	got, _ := judged(t, u)
	if len(got) != 1 || got[0].Level != RiskCritical || got[0].Left == nil || *got[0].Left != 10*time.Second || !strings.Contains(got[0].Why.String(), "killed 25 s after its start before, OOM in 7–13 s") {
		t.Fatalf("%+v", got)
	}
	edit := func(f func(u *data.Usage, c *data.Container)) []Risk {
		v, c := u, *u.Container
		v.Container = &c
		f(&v, &c)
		got, _ := judged(t, v)
		return got
	}
	for name, f := range map[string]func(*data.Usage, *data.Container){
		"ended otherwise": func(_ *data.Usage, c *data.Container) {
			c.Last = &data.Termination{Reason: "Error", ExitCode: 1, StartedAt: c.Last.StartedAt, FinishedAt: c.Last.FinishedAt}
		},
		"lives longer than before": func(_ *data.Usage, c *data.Container) { c.StartedAt = riskNow.Add(-40 * time.Second) },
		"one long life":            func(_ *data.Usage, c *data.Container) { c.Last.StartedAt = riskNow.Add(-5 * time.Hour) },
		"it waits for its start": func(u *data.Usage, c *data.Container) {
			c.State, c.StartedAt, u.WorkingSet = data.CrashLooping, time.Time{}, ptr(990*mib)
		},
	} {
		last := *u.Container.Last
		if got := edit(func(u *data.Usage, c *data.Container) { c.Last = ptr(last); f(u, c) }); len(got) != 0 {
			t.Errorf("%s: %+v", name, got[0])
		}
	}
	ghost := edit(func(u *data.Usage, c *data.Container) {
		u.At, u.WorkingSet = riskNow.Add(-20*time.Second), ptr(990*mib) // of the life before
	})
	if len(ghost) != 1 || ghost[0].Share != nil || ghost[0].Left == nil || len(ghost[0].Evidence) == 0 {
		t.Errorf("%+v", ghost)
	}
}
