package prom

import (
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// TestSparksStayWithTheirPod holds that a StatefulSet's new pod, which has the name of the one before it, does not lend
// it its memory.
func TestSparksStayWithTheirPod(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	const step = time.Hour
	grid := timeGrid{start: noon, step: step, points: 6} // steps end at 12:00 … 17:00
	change := noon.Add(2*time.Hour + 30*time.Minute)     // one pod follows the other at 14:30
	s := series{namespace: "data", pod: "database-0", container: "postgres"}
	for i, v := range []float64{500, 510, 511, 600, 580, 590} {
		s.T = append(s.T, noon.Add(time.Duration(i)*step).UnixMilli())
		s.V = append(s.V, v)
	}
	for _, tc := range []struct {
		name string
		kind data.Text
		gone time.Time
		born time.Time
		peak float64
		n    int
	}{
		{"the older of two pods of one name", "StatefulSet", change, noon.Add(-24 * time.Hour), 511, 3},
		{"the newer of two pods of one name", "StatefulSet", time.Time{}, change, 600, 3},
		{"a gone pod whose name is never used again", "Deployment", change, noon.Add(-24 * time.Hour), 600, 4},
		{"a pod that lives on", "StatefulSet", time.Time{}, noon.Add(-24 * time.Hour), 600, 6},
	} {
		c := &data.Container{
			Key:      data.Key{Namespace: "data", Pod: "database-0", Container: "postgres"},
			Workload: data.Workload{Kind: tc.kind}, GoneAt: tc.gone, PodCreated: tc.born,
		}
		v := &overviews{
			byName: map[containerName][]*data.Container{{"data", "database-0", "postgres"}: {c}},
			out:    map[data.Key]data.Overview{c.Key: {Spark: grid.empty()}}, grid: grid,
		}
		v.addSpark(s)
		o := v.out[c.Key]
		n := 0
		for _, x := range o.Spark {
			if !math.IsNaN(x) {
				n++
			}
		}
		if o.Peak == nil || *o.Peak != tc.peak || n != tc.n {
			t.Errorf("%s: peak %v with %d steps, want %v with %d", tc.name, *o.Peak, n, tc.peak, tc.n)
		}
	}
}
