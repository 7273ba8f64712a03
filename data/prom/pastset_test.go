package prom

import (
	"testing"

	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// TestPastLimitStaysWithItsPod holds that a new pod of a StatefulSet, which has the name of the one that was killed, does
// not lend it its limit.
func TestPastLimitStaysWithItsPod(t *testing.T) {
	t.Parallel()
	series := func(uid string) metricLabels {
		return metricLabels{"namespace": "data", "pod": "database-0", "container": "postgres", "uid": model.LabelValue(uid), "node": "n1"}
	}
	for _, tc := range []struct {
		name   string
		killed []string // uids that kills were seen of
		limits map[string]int64
		want   int64 // Mi, 0 for unknown
	}{
		{"the killed pod's own", []string{"old"}, map[string]int64{"old": 64, "new": 128}, 64},
		{"one pod alone", []string{"old"}, map[string]int64{"old": 64}, 64},
		{"a source without uids", []string{""}, map[string]int64{"": 64}, 64},
		{"two killed pods of one limit", []string{"old", "new"}, map[string]int64{"old": 64, "new": 64}, 64},
		{"two killed pods of two limits: the higher was met too", []string{"old", "new"}, map[string]int64{"old": 64, "new": 128}, 128},
		{"only the new pod's is known", []string{"old"}, map[string]int64{"new": 128}, 0},
	} {
		found := map[pastKey]bool{}
		for _, uid := range tc.killed {
			found[pastKey{namespace: "data", pod: "database-0", container: "postgres", uid: uid}] = true
		}
		p := newPast(found)
		for uid, mi := range tc.limits {
			p.limit(series(uid), float64(mi*data.Mi))
		}
		got := p.list()[0].Resources.Limit
		if (got == nil) != (tc.want == 0) || got != nil && *got != tc.want*data.Mi {
			t.Errorf("%s: limit %v, want %d Mi", tc.name, got, tc.want)
		}
	}
}
