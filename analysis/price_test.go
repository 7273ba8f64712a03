package analysis

import (
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestPresets(t *testing.T) {
	t.Parallel()
	perHour := map[string]float64{"opencost": 0.004237, "opencost-spot": 0.000892, "gke-autopilot": 0.0049225, "fargate": 0.004445, "fargate-arm": 0.00356}
	for _, p := range Presets() {
		near(t, p.Name, p.Price.PerGiBMonth, perHour[p.Name]*hoursPerMonth, 0.006)
		if got, ok := PriceByName(p.Name); !ok || got != p.Price || p.Price.From == "" {
			t.Errorf("%s is not found by its name", p.Name)
		}
	}
	if len(perHour) != len(Presets()) || Presets()[0].Price != DefaultPrice {
		t.Error("the default is not the first of the presets")
	}
	if _, ok := PriceByName("free"); ok {
		t.Error("a price out of nothing")
	}
}

func TestCostOfScalingAndOfNothing(t *testing.T) {
	t.Parallel()
	c, h := leakingAPI()
	c.Workload.MaxReplicas = ptr(int32(12))
	d := diagnose(c, h)
	if d.Cost.MaxReplicas == nil || *d.Cost.MaxReplicas != 12 {
		t.Fatalf("most replicas %v", d.Cost.MaxReplicas)
	}
	near(t, "at the most", *d.Cost.MaxMonthly, *d.Cost.PerPodMonthly*12, 1e-9)
	if d.Cost.RestartsPerWeek == nil || *d.Cost.RestartsPerWeek < 10 || d.Cost.MinutesLost == nil || *d.Cost.MinutesLost <= 0 {
		t.Errorf("doing nothing: %v restarts, %v minutes", d.Cost.RestartsPerWeek, d.Cost.MinutesLost)
	}
	if !strings.Contains(d.Cost.BandAid.String(), "41") {
		t.Errorf("band-aid %q", d.Cost.BandAid)
	}
	c, h = database()
	c.Workload.MaxReplicas = ptr(int32(2)) // below what runs: says nothing more
	if d := diagnose(c, h); d.Cost.MaxReplicas != nil || d.Cost.BandAid != "" {
		t.Errorf("%v %q", d.Cost.MaxReplicas, d.Cost.BandAid)
	}
}

// Fewer replicas are offered only when they would carry the load under the new limit.
func TestNetZeroIsCheckedAgainstTheLoad(t *testing.T) {
	t.Parallel()
	f := &facts{c: &data.Container{Resources: data.Resources{Request: ptr(512 * data.Mi)}}, use: data.Day, now: noon}
	try := func(p95 float64) Cost {
		f.usage = map[data.Window]Stats{data.Day: {Samples: 500, P95: p95 * mi}}
		d := Diagnosis{Cost: Cost{NetZero: "4 replicas instead of 5", Replicas: ptr(int32(5))}, Recommendation: Recommendation{Limit: ptr(data.Gi), Request: ptr(640 * data.Mi)}}
		f.checkNetZero(&d)
		return d.Cost
	}
	if c := try(600); c.NetZero == "" || !strings.Contains(c.Steps[0].String(), "1.25 times the load") {
		t.Errorf("750Mi fit under 1Gi: %+v", c)
	}
	if c := try(800); c.NetZero != "" {
		t.Errorf("1000Mi do not fit under 1Gi: %q", c.NetZero)
	}
}
