package analysis

import (
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// A pod's own limit holds its containers together: the largest has the row, and none of them is called without a limit.
func TestPodLimit(t *testing.T) {
	t.Parallel()
	in := func(container data.Text, use float64, limit int64) data.Usage {
		u := data.Usage{Key: data.Key{Namespace: "shop", Pod: "a-0", Container: container}, WorkingSet: ptr(use * mib), Specified: true, PodLimit: ptr(1000 * data.Mi)}
		if limit > 0 {
			u.Limit = ptr(limit * data.Mi)
		}
		return u
	}
	for _, c := range []struct {
		name  string
		us    []data.Usage
		level RiskLevel
		of    data.Text
		why   string
	}{
		{"together near", []data.Usage{in("small", 300, 0), in("large", 560, 0)}, RiskWarning, "large", "its pod is at 86% of the pod's own limit of 1000Mi"},
		{"together below", []data.Usage{in("small", 300, 0), in("large", 540, 0)}, "", "", ""},
		{"together full", []data.Usage{in("small", 390, 0), in("large", 560, 0)}, RiskCritical, "large", "at 95%"},
		{"its own limit is nearer", []data.Usage{in("small", 90, 100), in("large", 300, 0)}, RiskWarning, "small", "at 90% of its limit"},
		{"of another pod", []data.Usage{in("small", 500, 0), {Key: data.Key{Namespace: "shop", Pod: "b-0", Container: "x"}, WorkingSet: ptr(500 * mib), Specified: true, PodLimit: ptr(1000 * data.Mi)}}, "", "", ""},
	} {
		got, s := judged(t, c.us...)
		if s.NoLimit != 0 {
			t.Errorf("%s: %d are called without a limit", c.name, s.NoLimit)
		}
		if c.level == "" {
			if len(got) != 0 {
				t.Errorf("%s: %+v", c.name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Level != c.level || got[0].Usage.Key.Container != c.of || !strings.Contains(got[0].Why.String(), c.why) {
			t.Fatalf("%s: %+v", c.name, got)
		}
		if e := got[0].Evidence; len(e) < 2 || strings.Contains(c.why, "pod") && !strings.HasPrefix(e[0].From.String(), "sum by (namespace,pod)") {
			t.Errorf("%s: evidence %v", c.name, e)
		}
	}
	free := in("a", 500, 0)
	free.PodLimit = nil
	if got, s := judged(t, free); len(got) != 1 || got[0].Kind != RiskNoLimit || s.NoLimit != 1 {
		t.Errorf("without either: %+v", got)
	}
}

// A pod that got well is taken back like a container.
func TestPodLimitIsCleared(t *testing.T) {
	t.Parallel()
	var c Crossings
	look := func(use float64) (out []CrossingKind) {
		u := &data.ClusterUsage{Usages: []data.Usage{{Key: data.Key{Namespace: "shop", Pod: "a-0", Container: "app"}, WorkingSet: ptr(use * mib), Specified: true, PodLimit: ptr(1000 * data.Mi)}}}
		risks, _ := Risks(u, DefaultPrice, riskNow)
		for _, x := range c.Look(risks, u, riskNow) {
			out = append(out, x.Kind)
		}
		return out
	}
	for i, step := range []struct {
		use  float64
		want CrossingKind
	}{{900, CrossedWarning}, {900, ""}, {500, ""}, {500, ""}, {500, CrossingCleared}, {500, ""}, {960, CrossedCritical}} {
		if got := look(step.use); len(got) > 1 || step.want == "" && len(got) > 0 || step.want != "" && (len(got) == 0 || got[0] != step.want) {
			t.Fatalf("look %d: %v, want %q", i, got, step.want)
		}
	}
}
