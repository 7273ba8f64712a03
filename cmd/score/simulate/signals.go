package simulate

import (
	"math"
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// lookBack is how old a sample may be that an instant query shows, in milliseconds.
const lookBack = int64(5 * time.Minute / time.Millisecond)

// loadSteps follow the reader: the finest at which a week of all pods has no more than loadPoints points.
var loadSteps = []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour}

const loadPoints = 20_000

// load returns what the pods did, as rates and gauges in steps of the last week.
func (c *Case) load(h *data.History) data.Load {
	out := data.Load{Step: loadSteps[len(loadSteps)-1]}
	for _, s := range loadSteps {
		if float64(len(c.traces))*(partsDays*24*time.Hour).Seconds()/s.Seconds() <= loadPoints {
			out.Step = s
			break
		}
	}
	if c.scraping.noLoad {
		return out
	}
	for i, m := range c.meters {
		for p := range m.pods {
			pods, ok := c.alike(i, p)
			if !ok {
				continue
			}
			var lives, nets []*series
			for _, n := range pods {
				nets = append(nets, &m.pods[n])
			}
			for l := range m.lives {
				if slices.Contains(pods, c.traces[i].lives[l].pod) {
					lives = append(lives, &m.lives[l])
				}
			}
			add := func(to *[]data.Signal, s data.Samples) {
				if s.Len() > 0 {
					*to = append(*to, data.Signal{Pod: c.names[i][p], Samples: s})
				}
			}
			g := grid{to: h.To.UnixMilli(), step: out.Step.Milliseconds(), pairs: c.scraping.pairs}
			if !c.scraping.noNetwork {
				add(&out.Received, g.rates(nets, func(s *series) []float64 { return s.receive }))
			}
			add(&out.CPU, g.rates(lives, func(s *series) []float64 { return s.cpu }))
			if !c.scraping.noReads {
				add(&out.Reads, g.rates(lives, func(s *series) []float64 { return s.read }))
			}
			if !c.scraping.noProcess {
				add(&out.Sockets, g.highest(lives, func(s *series) []float64 { return s.sockets }))
				add(&out.Threads, g.highest(lives, func(s *series) []float64 { return s.threads }))
			}
		}
	}
	return out
}

// alike are the pods of replica i that have the name of pod p, as those of a StatefulSet have one after the other: a query
// by pod adds up what they did. It reports false when p is not the first of them.
func (c *Case) alike(i, p int) ([]int, bool) {
	if !c.recorded {
		return []int{p}, true
	}
	var out []int
	for n, name := range c.names[i] {
		if name == c.names[i][p] && n < len(c.meters[i].pods) {
			out = append(out, n)
		}
	}
	return out, out[0] == p
}

// grid are the steps of a week that ends at to, in Unix milliseconds, and how many Prometheus there are.
type grid struct {
	to, step int64
	pairs    int
}

func (g grid) start() int64 { return g.to - int64(partsDays*24*time.Hour/time.Millisecond) }

// rates returns the sum of the rates of several counters at each step; of several Prometheus the highest counts.
func (g grid) rates(lives []*series, of func(*series) []float64) data.Samples {
	n := int((g.to - g.start()) / g.step)
	sum, some := make([]float64, n), make([]bool, n)
	for _, s := range lives {
		best := make([]float64, n)
		for i := range best {
			best[i] = -1
		}
		for k := range g.pairs {
			g.rate(s.of(k, of(s)), best)
		}
		for i, v := range best {
			if v >= 0 {
				sum[i] += v
				some[i] = true
			}
		}
	}
	var out data.Samples
	for i := range sum {
		if some[i] {
			out.T, out.V = append(out.T, g.start()+int64(i+1)*g.step), append(out.V, sum[i])
		}
	}
	return out
}

// rate raises best to the rate of one counter at each step that has one.
func (g grid) rate(s data.Samples, best []float64) {
	window := max(g.step, lookBack)
	lo, hi := 0, 0
	for i := range best {
		end := g.start() + int64(i+1)*g.step
		for lo < len(s.T) && s.T[lo] <= end-window {
			lo++
		}
		for hi < len(s.T) && s.T[hi] <= end {
			hi++
		}
		if hi-lo >= 2 {
			best[i] = math.Max(best[i], extrapolated(s.T[lo:hi], s.V[lo:hi], end-window, end))
		}
	}
}

// extrapolated is rate() of PromQL for a counter without resets: the rise is carried on to the edges of the window when
// samples lie near them, else by half a sample distance, and never below zero.
func extrapolated(t []int64, v []float64, from, to int64) float64 {
	n := len(t) - 1
	rise := v[n] - v[0]
	sampled := float64(t[n]-t[0]) / 1000
	before, after := float64(t[0]-from)/1000, float64(to-t[n])/1000
	apart := sampled / float64(n)
	if edge := apart * 1.1; before >= edge {
		before = apart / 2
	}
	if rise > 0 && v[0] >= 0 {
		before = math.Min(before, sampled*v[0]/rise)
	}
	if after >= apart*1.1 {
		after = apart / 2
	}
	return rise * (sampled + before + after) / sampled / (float64(to-from) / 1000)
}

// highest returns the highest value of several gauges in each step.
func (g grid) highest(lives []*series, of func(*series) []float64) data.Samples {
	n := int((g.to - g.start()) / g.step)
	best := make([]float64, n)
	for i := range best {
		best[i] = -1
	}
	for _, s := range lives {
		v := of(s)
		for k, t := range s.T {
			if at := (t - g.start() - 1) / g.step; t > g.start() && at < int64(n) {
				best[at] = math.Max(best[at], v[k])
			}
		}
	}
	var out data.Samples
	for i, v := range best {
		if v >= 0 {
			out.T, out.V = append(out.T, g.start()+int64(i+1)*g.step), append(out.V, v)
		}
	}
	return out
}

// shared returns what files in memory take, at each step the highest of all pods and containers.
func (c *Case) shared(h *data.History) data.Samples {
	g := grid{to: h.To.UnixMilli(), step: partsStep.Milliseconds()}
	n := int((g.to - g.start()) / g.step)
	best := make([]float64, n)
	for _, m := range c.meters {
		for _, all := range [][]series{m.lives, m.pods} {
			for l := range all {
				one := &all[l]
				cache, active, inactive := c.newest(g, one, one.cache), c.newest(g, one, one.active), c.newest(g, one, one.inactive)
				for i := range best {
					best[i] = math.Max(best[i], cache[i]-active[i]-inactive[i])
				}
			}
		}
	}
	var out data.Samples
	for i, v := range best {
		if v > 0 {
			out.T, out.V = append(out.T, g.start()+int64(i+1)*g.step), append(out.V, v)
		}
	}
	return out
}

// newest returns what an instant query shows of a gauge at each step: the newest sample that is not too old, of several
// Prometheus the highest; 0 without one.
func (c *Case) newest(g grid, s *series, v []float64) []float64 {
	out := make([]float64, int((g.to-g.start())/g.step))
	for n := range c.scraping.pairs {
		own, k := s.of(n, v), 0
		for i := range out {
			end := g.start() + int64(i+1)*g.step
			for k < len(own.T) && own.T[k] <= end {
				k++
			}
			if k > 0 && own.T[k-1] > end-lookBack {
				out[i] = math.Max(out[i], own.V[k-1])
			}
		}
	}
	return out
}
