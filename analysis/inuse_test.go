package analysis

import (
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestBelowUse(t *testing.T) {
	t.Parallel()
	size := func(n int64) *int64 { n *= data.Mi; return &n }
	used := map[data.Window]Stats{"1h": {Samples: 10, Max: float64(300 * data.Mi)}, "30d": {Samples: 10, Max: float64(500 * data.Mi)}}
	for _, c := range []struct {
		name       string
		limit, old *int64
		usage      map[data.Window]Stats
		refused    bool
	}{
		{"lowered to what is in use", size(300), size(512), used, true},
		{"lowered to just above it", size(301), size(512), used, false},
		{"a first limit below the use", size(200), nil, used, true},
		{"raised, though below an old peak", size(513), size(512), used, false},
		{"left as it is", nil, size(512), used, false},
		{"nothing known", size(10), size(512), nil, false},
		{"a window without samples", size(10), size(512), map[data.Window]Stats{"1h": {}}, false},
	} {
		d := &Diagnosis{Case: Case{Container: data.Container{Resources: data.Resources{Limit: c.old}}}, Usage: c.usage}
		if got := BelowUse(c.limit, d); (got != "") != c.refused {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
