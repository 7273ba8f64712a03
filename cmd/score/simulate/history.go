package simulate

import (
	"math"
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/prom"
)

const (
	historyDays = 30
	partsDays   = 7
	partsStep   = 5 * time.Minute
	limitStep   = time.Hour
	// overviewSpan and overviewPoints are the list's look-back window and its sparkline.
	overviewSpan   = 24 * time.Hour
	overviewPoints = 24
)

// History returns what a Prometheus would answer about the case, without one: the same facts that the query path
// gives, made directly. The test of both paths holds them together.
func (c *Case) History() *data.History {
	h := &data.History{Key: c.Container.Key, From: c.Now.Add(-historyDays * 24 * time.Hour), To: c.Now, Selector: prom.Selector(&c.Container), Source: "simulated"}
	spread := map[int64]int{}
	for i, m := range c.meters {
		for l := range m.lives {
			s := &m.lives[l]
			if len(s.T) == 0 {
				continue
			}
			h.Lives = append(h.Lives, data.Life{Pod: c.names[i][c.traces[i].lives[l].pod], ID: c.lifeID(i, l), Samples: data.Samples{T: s.T, V: s.set}})
			for n := range c.scraping.pairs {
				t := s.of(n, s.set).T
				for k := 1; k < len(t); k++ {
					spread[(t[k]-t[k-1]+50)/100]++
				}
			}
		}
	}
	slices.SortStableFunc(h.Lives, func(a, b data.Life) int {
		if a.Pod != b.Pod {
			if a.Pod < b.Pod {
				return -1
			}
			return 1
		}
		return int(a.T[0]/1000 - b.T[0]/1000)
	})
	for _, l := range h.Lives {
		if first := time.UnixMilli(l.T[0]).UTC(); h.First.IsZero() || first.Before(h.First) {
			h.First = first
		}
	}
	h.ScrapeInterval = medianSpacing(spread)
	if !c.scraping.noParts {
		h.RSS = c.steps(h, func(s *series) []float64 { return s.rss })
		h.Cache = c.steps(h, func(s *series) []float64 { return s.cache })
	}
	if !c.scraping.noLoad {
		h.ActiveFile = c.steps(h, func(s *series) []float64 { return s.active })
		h.InactiveFile = c.steps(h, func(s *series) []float64 { return s.inactive })
		if !c.scraping.noParts {
			h.Shared = c.shared(h)
		}
	}
	h.Load = c.load(h)
	h.Limit = c.limits(h)
	h.Kills = c.knownKills()
	c.addGaps(h)
	return h
}

func medianSpacing(spread map[int64]int) time.Duration {
	keys, total := make([]int64, 0, len(spread)), 0
	for k, n := range spread {
		keys = append(keys, k)
		total += n
	}
	slices.Sort(keys)
	for seen, i := 0, 0; i < len(keys); i++ {
		if seen += spread[keys[i]]; 2*seen >= total {
			return (time.Duration(keys[i]) * 100 * time.Millisecond).Round(time.Second)
		}
	}
	return 0
}

// lifeID is the cgroup of life l of replica i.
func (c *Case) lifeID(i, l int) data.Text {
	return data.Textf("/kubepods/burstable/pod%s/%d", c.uids[i][c.traces[i].lives[l].pod], l)
}

// steps returns the maxima of five minutes over all pods of one part of the memory.
func (c *Case) steps(h *data.History, of func(*series) []float64) data.Samples {
	step := partsStep.Milliseconds()
	start := h.To.Add(-partsDays * 24 * time.Hour).UnixMilli()
	best := make([]float64, partsDays*24*int(time.Hour/partsStep))
	for i := range best {
		best[i] = -1
	}
	for _, m := range c.meters {
		for l := range m.lives {
			s := &m.lives[l]
			v := of(s)
			for k, t := range s.T {
				// A step is left-open: it holds what came after the one before.
				if at := (t - start - 1) / step; t > start && at < int64(len(best)) {
					best[at] = math.Max(best[at], v[k])
				}
			}
		}
	}
	var out data.Samples
	for i, v := range best {
		if v >= 0 {
			out.T, out.V = append(out.T, start+int64(i+1)*step), append(out.V, v)
		}
	}
	return out
}

// limits returns the limit at each hour that kube-state-metrics was scraped in.
func (c *Case) limits(h *data.History) data.Samples {
	var out data.Samples
	if c.scraping.noLimit {
		return out
	}
	for t := h.From.Add(limitStep); !t.After(h.To); t = t.Add(limitStep) {
		end, most := t.Sub(c.epoch).Seconds(), 0.0
		for _, times := range c.states {
			// The newest scrape of the hour that ends at t.
			if i, _ := slices.BinarySearch(times, end+0.0005); i > 0 && times[i-1] > end-limitStep.Seconds() {
				most = math.Max(most, c.plan.limitAt(times[i-1]))
			}
		}
		if most > 0 {
			out.T, out.V = append(out.T, t.UnixMilli()), append(out.V, most)
		}
	}
	return out
}

// knownKills are the kills that kube-state-metrics showed, of all replicas.
func (c *Case) knownKills() []data.PodKill {
	var out []data.PodKill
	for i, tr := range c.traces {
		for _, k := range c.seen[i] {
			one := tr.kills[k]
			p := c.names[i][tr.lives[one.life].pod]
			if c.mislabelled(i, one.life) {
				continue
			}
			out = append(out, data.PodKill{Pod: p, Kill: data.Kill{At: c.whole(one.at + 0.5), Reason: "OOMKilled",
				From: data.KillPromQL(`namespace="` + c.Container.Key.Namespace.String() + `",pod="` + p.String() + `",container="` + c.Container.Key.Container.String() + `"`)}})
		}
	}
	slices.SortFunc(out, func(a, b data.PodKill) int { return a.At.Compare(b.At) })
	return out
}

// mislabelled reports whether the end of a life is the one that the runtime reported as Error.
func (c *Case) mislabelled(i, l int) bool {
	last := c.Container.Last
	return i == c.replica && last != nil && last.Reason != "OOMKilled" && c.whole(c.traces[i].lives[l].end+0.5).Equal(last.FinishedAt)
}

// addGaps says what is missing, in the words of the query path.
func (c *Case) addGaps(h *data.History) {
	if len(h.Lives) == 0 {
		h.Gaps = append(h.Gaps, data.Gap{What: "memory history", Why: "no samples in this window"})
	}
	if h.Limit.Len() == 0 {
		h.Gaps = append(h.Gaps, data.Gap{What: "memory limit over time", Why: "no metric has a value for this container"})
	}
	if len(h.Load.CPU) == 0 {
		h.Gaps = append(h.Gaps, data.Gap{What: "load beside memory", Why: "no samples of container_cpu_usage_seconds_total"})
	}
	if h.RSS.Len() == 0 {
		h.Gaps = append(h.Gaps, data.Gap{What: "how memory splits into heap and page cache", Why: "no samples of container_memory_rss"})
	}
	if !h.First.IsZero() && h.First.Sub(h.From) >= 24*time.Hour {
		h.Gaps = append(h.Gaps, data.Gap{What: data.Clean("memory before " + h.First.Format("2006-01-02 15:04") + " UTC"), Why: "the workload is younger or Prometheus kept no more"})
	}
}

// Overview returns what the list would show of the case.
func (c *Case) Overview() data.Overview {
	step := overviewSpan / overviewPoints
	end := c.Now.Truncate(step)
	if end.Before(c.Now) {
		end = end.Add(step)
	}
	start := end.Add(-overviewSpan)
	o := data.Overview{Spark: make([]float64, overviewPoints)}
	for i := range o.Spark {
		o.Spark[i] = math.NaN()
	}
	tr, m := c.traces[c.replica], c.meters[c.replica]
	for l := range m.lives {
		if tr.lives[l].pod != len(tr.pods)-1 {
			continue
		}
		for k, t := range m.lives[l].T {
			at := time.UnixMilli(t).Sub(start)
			if at <= 0 {
				continue
			}
			v := m.lives[l].set[k]
			i := min(int((at-1)/step), overviewPoints-1)
			if math.IsNaN(o.Spark[i]) || v > o.Spark[i] {
				o.Spark[i] = v
			}
			if o.Peak == nil || v > *o.Peak {
				o.Peak = &v
			}
		}
	}
	for _, k := range c.knownKills() {
		if k.Pod == c.Container.Key.Pod && !k.At.Before(c.Now.Add(-overviewSpan)) {
			o.Kills = append(o.Kills, k.Kill)
		}
	}
	return o
}
