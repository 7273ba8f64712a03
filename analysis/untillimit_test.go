package analysis

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

func TestUntilLimit(t *testing.T) {
	t.Parallel()
	const mi = int64(1 << 20)
	grows := func(perHour float64, base *int64, cures bool) *Diagnosis {
		d := &Diagnosis{Cause: Cause{Baseline: base, GrowthPerHour: &perHour}}
		d.Recommendation.Cures = cures
		return d
	}
	for _, c := range []struct {
		name  string
		d     *Diagnosis
		limit int64
		want  time.Duration // 0 is nil
	}{
		{"a leak of 10Mi an hour", grows(float64(10*mi), ptr(100*mi), false), 300 * mi, 20 * time.Hour},
		{"a larger limit lasts longer", grows(float64(10*mi), ptr(100*mi), false), 500 * mi, 40 * time.Hour},
		{"a size that cures is never met", grows(float64(10*mi), ptr(100*mi), true), 300 * mi, 0},
		{"no growth", grows(0, ptr(100*mi), false), 300 * mi, 0},
		{"shrinking", grows(-5, ptr(100*mi), false), 300 * mi, 0},
		{"no level after a start", grows(float64(mi), nil, false), 300 * mi, 0},
		{"years away", grows(1, ptr(100*mi), false), 300 * mi, 0},
	} {
		got := c.d.UntilLimit(c.limit)
		if (got == nil) != (c.want == 0) || (got != nil && *got != c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if (&Diagnosis{}).UntilLimit(1) != nil {
		t.Error("nothing known gives a time")
	}
}

func TestWithSize(t *testing.T) {
	t.Parallel()
	const mi = int64(1 << 20)
	d := &Diagnosis{Cause: Cause{Baseline: ptr(100 * mi), GrowthPerHour: ptr(float64(10 * mi))}}
	d.Container.Workload = data.Workload{Kind: "StatefulSet", Name: "db", Namespace: "data"}
	d.Container.Key.Container = "postgres"
	d.Commands.Fix = "kubectl set resources statefulset/db --limits=memory=768Mi"
	d.Recommendation = Recommendation{Limit: ptr(768 * mi), Request: ptr(512 * mi), Policy: "stateful: p99 + 30%", ToKill: ptr(time.Hour)}
	got := d.WithSize(SizeOption{Stat: "p95", Limit: 640 * mi, Request: 512 * mi, Says: "p95 504Mi + 20%, rounded up"})
	if *got.Recommendation.Limit != 640*mi || *got.Recommendation.ToKill != 54*time.Hour || got.Recommendation.Steps[0] != "p95 504Mi + 20%, rounded up" {
		t.Errorf("%+v", got.Recommendation)
	}
	if !strings.Contains(got.Commands.Fix.String(), "--limits=memory=640Mi") {
		t.Errorf("command %q", got.Commands.Fix)
	}
	if *d.Recommendation.Limit != 768*mi || *d.Recommendation.ToKill != time.Hour {
		t.Error("the diagnosis itself was changed")
	}
	d.Commands.Fix = ""
	if got := d.WithSize(SizeOption{Limit: mi, Request: mi}); got.Commands.Fix != "" {
		t.Errorf("where nothing can be set there is a command: %q", got.Commands.Fix)
	}
}
