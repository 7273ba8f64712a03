package analysis

import (
	"math"

	"github.com/oomedic/oomedic/data"
)

// SizeOption is what one choice of the percentile would give: the trade-off between memory that is set aside and kills
// that go on. Sizes are bytes.
type SizeOption struct {
	Stat    string    `json:"stat"` // "p95", "p99", "max" or "policy"
	Base    float64   `json:"base"` // the statistic itself
	Limit   int64     `json:"limitBytes"`
	Request int64     `json:"requestBytes"`
	Above   float64   `json:"above"` // share of samples seen above the limit, 0 to 1
	Says    data.Text `json:"says"`
}

// optionRoom is the room above the statistic in every option but the policy's own.
const optionRoom = 0.20

// sizeOptions returns the options beside what is recommended, smallest first, and the recommendation last. It is empty
// without samples or recommendation. No option is below what was hit.
func sizeOptions(f *facts, r *Recommendation) []SizeOption {
	s := f.stats()
	if r.Limit == nil || r.Request == nil || s.Samples == 0 {
		return nil
	}
	var out []SizeOption
	for _, o := range []struct {
		stat string
		base float64
	}{{"p95", s.P95}, {"p99", s.P99}, {"max", s.Max}} {
		limit := RoundUp(o.base * (1 + optionRoom))
		said := data.Textf("%s %s + %.0f%%, rounded up", o.stat, human(o.base), 100*optionRoom)
		if f.hit != nil && limit <= *f.hit {
			limit = RoundUp(float64(*f.hit) + 1)
			said = data.Textf("%s %s + %.0f%% is no more than the %s that was hit: the next size above it", o.stat, human(o.base), 100*optionRoom, humanInt(f.hit))
		}
		limit = max(limit, *r.Request)
		out = append(out, SizeOption{Stat: o.stat, Base: math.Round(o.base), Limit: limit, Request: *r.Request, Above: f.shareAbove(float64(limit)), Says: said})
	}
	return append(out, SizeOption{Stat: "policy", Base: math.Round(f.sizingOf().of(s)), Limit: *r.Limit, Request: *r.Request, Above: f.shareAbove(float64(*r.Limit)), Says: r.Policy})
}

// shareAbove returns the share of the window's samples above a size.
func (f *facts) shareAbove(size float64) float64 {
	from, above, all := f.now.Add(-f.use.Duration()).UnixMilli(), 0, 0
	for i := range f.lives {
		l := &f.lives[i]
		if l.t[len(l.t)-1] <= from {
			continue
		}
		if l.peak <= size && l.t[0] > from {
			all += len(l.v)
			continue
		}
		for j, v := range l.v {
			if l.t[j] > from {
				all++
				if v > size {
					above++
				}
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(above) / float64(all)
}
