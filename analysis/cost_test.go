package analysis

import (
	"math"
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestCostOf(t *testing.T) {
	t.Parallel()
	mib := func(n int64) *int64 { return ptr(n * data.Mi) }
	c := CostOf(mib(256), mib(512), mib(512), mib(768), ptr(int32(5)), DefaultPrice)
	near(t, "per pod", *c.PerPodMonthly, 0.7725, 1e-9)
	near(t, "total", *c.TotalMonthly, 3.8625, 1e-9)
	if c.NetZero != "" {
		t.Errorf("2 of 5 replicas carry too much: %q", c.NetZero)
	}
	if c := CostOf(mib(512), mib(640), nil, nil, ptr(int32(5)), DefaultPrice); c.NetZero != "4 replicas instead of 5" {
		t.Errorf("net zero %q", c.NetZero)
	}
	if c := CostOf(mib(512), mib(512), mib(512), data64(2), ptr(int32(5)), DefaultPrice); *c.PerPodMonthly != 0 || *c.TotalMonthly != 0 {
		t.Errorf("a limit alone costs %v", *c.PerPodMonthly)
	}
	if c := CostOf(mib(512), mib(256), nil, nil, nil, DefaultPrice); *c.PerPodMonthly >= 0 || c.TotalMonthly != nil {
		t.Errorf("a lower request costs %v, total %v", *c.PerPodMonthly, c.TotalMonthly)
	}
	if c := CostOf(nil, mib(1024), nil, nil, ptr(int32(1)), Price{PerGiBMonth: 2, From: "own"}); *c.PerPodMonthly != 2 || c.PriceFrom != "own" {
		t.Errorf("no request before: %v", *c.PerPodMonthly)
	}
	if c := CostOf(mib(256), nil, mib(512), nil, nil, DefaultPrice); c.PerPodMonthly != nil {
		t.Error("nothing changes, and still there is a cost")
	}
	if c := CostOf(mib(256), mib(512), nil, nil, nil, Price{PerGiBMonth: math.NaN()}); !finite(*c.PerPodMonthly) {
		t.Error("a price that is no number")
	}
	if want := data.Text("$0.77 × 5 replicas = $3.86 a month"); !hasText(CostOf(mib(256), mib(512), nil, nil, ptr(int32(5)), DefaultPrice).Steps, want) {
		t.Error("the arithmetic is not written out")
	}
}

func data64(gib int64) *int64 { return ptr(gib * data.Gi) }
