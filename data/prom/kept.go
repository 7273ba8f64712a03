package prom

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// Histories that were read of every sample are kept for the session, so that charts and further histories of the same
// workload read only what came since. The newest stay, as long as all of them have no more than maxKeptSamples, of 16 bytes each.
const (
	maxKept        = 8
	maxKeptSamples = 2_000_000
	// settled is how old a sample is at least that is not read again: scrapes and replicas may come in late.
	settled = 5 * time.Minute
)

// keptHistory is every sample of a selector with from < time <= to.
type keptHistory struct {
	sel      string
	from, to time.Time
	all      []series
	samples  int
	took     time.Duration // to read them
}

// between returns the samples with from < time <= to. They share memory with h, and may not be written to.
func (h keptHistory) between(from, to time.Time) []series {
	var out []series
	for _, s := range h.all {
		i, j := search(s.T, from.UnixMilli()+1), search(s.T, to.UnixMilli()+1)
		if i < j {
			s.T, s.V = s.T[i:j:j], s.V[i:j:j]
			out = append(out, s)
		}
	}
	return out
}

// keep takes a history, in place of an older one of the same selector.
func (r *Reader) keep(h keptHistory) {
	for _, s := range h.all {
		h.samples += s.Len()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	kept, total := []keptHistory{h}, h.samples
	for _, old := range r.kept {
		if total += old.samples; old.sel != h.sel && len(kept) < maxKept && total <= maxKeptSamples {
			kept = append(kept, old)
		}
	}
	r.kept = kept
}

// keptFor returns the history of a selector that reaches back to from.
func (r *Reader) keptFor(sel string, from time.Time) (keptHistory, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.kept {
		if h.sel == sel && !h.from.After(from) {
			return h, true
		}
	}
	return keptHistory{}, false
}

// maxima returns what workingSetSteps would, for the steps from, from+step … that are not after h.to, of the pods that
// are wanted.
func (h keptHistory) maxima(from time.Time, step time.Duration, want func(pod string) bool) []series {
	begin, unit := from.UnixMilli(), step.Milliseconds()
	last := begin + (h.to.UnixMilli()-begin)/unit*unit
	var out []series
	for _, s := range h.all {
		if !want(s.pod) {
			continue
		}
		one := s
		one.Samples = data.Samples{}
		for i, t := range s.T {
			if t <= begin-unit || t > last {
				continue
			}
			end := begin + (t-begin+unit-1)/unit*unit
			if t <= begin {
				end = begin
			}
			if n := one.Len(); n > 0 && one.T[n-1] == end {
				one.V[n-1] = max(one.V[n-1], s.V[i])
				continue
			}
			one.T, one.V = append(one.T, end), append(one.V, s.V[i])
		}
		if one.Len() > 0 {
			out = append(out, one)
		}
	}
	return out
}
