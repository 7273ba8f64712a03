package views

import (
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// sawtooth is a day of a container of 48Mi that leaks from 14Mi to its limit every hour and is killed for it.
func sawtooth(k data.Key, w data.Window) *data.Chart {
	from, step := fixedNow.Add(-w.Duration()), w.Duration()/288
	c := &data.Chart{Key: k, Window: w, From: from, To: fixedNow, Step: step,
		Queries: []data.Query{{PromQL: `max_over_time(container_memory_working_set_bytes{namespace="shop",container="api"}[5m])`}}}
	limit := float64(48 * data.Mi)
	for i := range 9 {
		life := data.Life{Pod: k.Pod, ID: data.Textf("life-%d", i)}
		start := from.Add(time.Duration(i) * w.Duration() / 9)
		for n := range 31 {
			life.T = append(life.T, start.Add(time.Duration(n)*step).UnixMilli())
			life.V = append(life.V, limit*(0.3+0.7*float64(n)/30))
		}
		c.Lives = append(c.Lives, life)
		c.Kills = append(c.Kills, data.Kill{At: start.Add(31 * step), Reason: "OOMKilled"})
	}
	c.Limit = data.Samples{T: []int64{from.UnixMilli()}, V: []float64{limit}}
	c.Request = data.Samples{T: []int64{from.UnixMilli()}, V: []float64{limit * 2 / 3}}
	return c
}

// plateau is a database that stands just under its limit and has a replica beside it.
func plateau(k data.Key, w data.Window) *data.Chart {
	from, step := fixedNow.Add(-w.Duration()), w.Duration()/288
	c := &data.Chart{Key: k, Window: w, From: from, To: fixedNow, Step: step}
	limit := float64(512 * data.Mi)
	life, other := data.Life{Pod: k.Pod}, data.Life{Pod: "database-1"}
	for n := range 288 {
		at := from.Add(time.Duration(n) * step).UnixMilli()
		life.T, other.T = append(life.T, at), append(other.T, at)
		life.V = append(life.V, limit*math.Min(0.5+float64(n)/80, 0.99+0.008*math.Sin(float64(n))))
		other.V = append(other.V, limit*(0.55+0.1*math.Sin(float64(n)/20)))
	}
	c.Lives, c.Others = []data.Life{life}, []data.Life{other}
	c.Limit = data.Samples{T: []int64{from.UnixMilli()}, V: []float64{limit}}
	c.Request = data.Samples{T: []int64{from.UnixMilli()}, V: []float64{limit / 2}}
	c.Kills = []data.Kill{{At: from.Add(100 * step)}, {At: from.Add(200 * step)}}
	return c
}

// holed is a sawtooth whose samples between the fourth and the seventh ninth of the window are missing.
func holed(k data.Key, w data.Window) *data.Chart {
	c := sawtooth(k, w)
	c.Lives = append(c.Lives[:3:3], c.Lives[6:]...)
	c.Gaps = []data.Gap{{What: "memory from 11:00 to 19:00", Why: "Prometheus has no samples"}}
	return c
}

func chartOpt(t testing.TB, theme string) chartOptions {
	return chartOptions{Theme: testTheme(t, theme), Zone: time.UTC}
}

// legendText is the legend of c in one line of at most w cells.
func legendText(c *data.Chart, w int, opt chartOptions) string {
	return fitChips(chartLegend(c, opt), "  ", w)
}
