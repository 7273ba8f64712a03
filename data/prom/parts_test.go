package prom

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// cgroupLines are the metrics of one container of 200Mi anonymous memory, 30Mi tmpfs, 50Mi active and 80Mi inactive files
// and 12Mi kernel memory; with are the ones that the source has.
func cgroupLines(with ...string) []line {
	bytes := map[string]float64{
		data.MetricWorkingSet: 292 * mi, data.MetricRSS: 200 * mi, data.MetricCache: 160 * mi,
		data.MetricActiveFile: 50 * mi, data.MetricInactiveFile: 80 * mi,
	}
	var out []line
	for _, m := range with {
		out = append(out, newLine(m, "namespace", "shop", "container", "api", "pod", apiCase().Key.Pod.String(), "id", "/a").
			with(ago(50*time.Minute), testNow, scrape, always(bytes[m])))
	}
	return out
}

func TestPartsAddUpToTheWorkingSet(t *testing.T) {
	t.Parallel()
	all := []string{data.MetricWorkingSet, data.MetricRSS, data.MetricCache, data.MetricActiveFile, data.MetricInactiveFile}
	for _, c := range []struct {
		name                           string
		with                           []string
		rss, shared, cache, rest, idle float64 // Mi; negative is no samples
		gaps                           int
	}{
		{"everything", all, 200, 30, 50, 12, 80, 0},
		{"no files", all[:3], 200, -1, -1, 92, -1, 1},
		{"no cache", []string{all[0], all[1], all[3], all[4]}, 200, -1, -1, 92, -1, 1},
		{"no heap", all[:1], -1, -1, -1, -1, -1, 1},
		{"nothing", nil, -1, -1, -1, -1, -1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, 50_000_000)
			e.load(t, cgroupLines(c.with...)...)
			p, err := e.reader(t, Options{}).Parts(t.Context(), apiCase(), data.Hour)
			if err != nil {
				t.Fatal(err)
			}
			for name, got := range map[string]struct {
				s    data.Samples
				want float64
			}{"rss": {p.RSS, c.rss}, "shared": {p.Shared, c.shared}, "cache": {p.Cache, c.cache}, "rest": {p.Rest, c.rest}, "idle": {p.Idle, c.idle}} {
				if got.want < 0 {
					if got.s.Len() != 0 {
						t.Errorf("%s has %d samples, want none", name, got.s.Len())
					}
					continue
				}
				if got.s.Len() < 90 || got.s.V[got.s.Len()/2] != got.want*mi {
					t.Errorf("%s: %d samples of %v, want %v Mi", name, got.s.Len(), got.s.V, got.want)
				}
				if first := got.s.T[0]; first < ago(51*time.Minute).UnixMilli() {
					t.Errorf("%s begins at %v, before there were samples", name, time.UnixMilli(first))
				}
			}
			if len(p.Gaps) != c.gaps {
				t.Errorf("gaps %+v, want %d", p.Gaps, c.gaps)
			}
		})
	}
}

func TestChartDoesNotAskForParts(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	e.load(t, cgroupLines(data.MetricWorkingSet, data.MetricRSS, data.MetricCache)...)
	if _, err := e.reader(t, Options{}).Chart(t.Context(), apiCase(), data.Hour); err != nil {
		t.Fatal(err)
	}
	for _, q := range e.asked {
		if strings.Contains(q, data.MetricRSS) || strings.Contains(q, data.MetricCache) || strings.Contains(q, "file_bytes") {
			t.Errorf("the chart asks %s", q)
		}
	}
}
