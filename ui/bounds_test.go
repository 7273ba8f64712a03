package ui

import (
	"context"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// boundedCluster allows no container of one namespace more memory than most.
type boundedCluster struct {
	*fakeCluster
	most int64
}

func (b *boundedCluster) BoundsOf(_ context.Context, ns data.Text, _ data.Workload) (data.Bounds, *int32) {
	replicas := int32(7)
	return data.Bounds{MostLimit: &b.most, LimitFrom: data.Textf("kubectl describe limitranges -n %s", ns)}, &replicas
}

// The diagnosis of a screen keeps to what the namespace allows, with and without metrics, and knows the autoscaler.
func TestDiagnosisWithinBounds(t *testing.T) {
	for name, c := range map[string]struct {
		most    int64
		metrics bool
		told    bool
	}{
		"a tight LimitRange":                {*mib(600), false, true},
		"a tight LimitRange, with history":  {*mib(600), true, true},
		"near miss: one that leaves enough": {*mib(1 << 20), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := drive(t, func(o *Options) {
				o.Cluster = &boundedCluster{o.Cluster.(*fakeCluster), c.most}
				if !c.metrics {
					o.Metrics = nil
				}
			}, oomKilled("api-1", 60e9))
			d.press("d")
			if len(d.app.state.Diagnoses) != 1 {
				t.Fatalf("%d diagnoses", len(d.app.state.Diagnoses))
			}
			for _, l := range d.app.state.Diagnoses {
				if l.Loading || l.Value == nil {
					t.Fatal("the diagnosis is not finished")
				}
				var all []string
				for _, s := range append(append([]data.Text(nil), l.Value.Recommendation.Steps...), l.Value.Recommendation.Warnings...) {
					all = append(all, s.String())
				}
				if told := strings.Contains(strings.Join(all, "\n"), "LimitRange"); told != c.told {
					t.Errorf("the LimitRange is told of: %v, want %v: %q", told, c.told, all)
				}
				if n := l.Value.Container.Workload.MaxReplicas; n == nil || *n != 7 {
					t.Errorf("most replicas: %v", n)
				}
			}
		})
	}
}
