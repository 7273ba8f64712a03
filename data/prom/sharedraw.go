package prom

import (
	"context"
	"sync"

	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// rawTasks read every sample of the members, newest first, in parts of about batchShard samples. The last part that is
// answered gives each member its own.
func (s *shared) rawTasks() []task {
	sums, seen := make([]float64, len(s.ms[0].parts)), map[string]bool{}
	for _, m := range s.ms {
		if !seen[m.sel] {
			for i, n := range m.parts {
				sums[i] += n
			}
		}
		seen[m.sel] = true
	}
	sel, _ := s.selectors()
	var mu sync.Mutex
	var got []model.Matrix
	n := &notes{}
	left := 0
	var out []task
	to, from, total := s.to, s.to, 0.0
	flush := func() {
		begin, end := from, to
		left++
		out = append(out, task{"memory", func(ctx context.Context) error {
			answers, err := s.r.rawAnswers(ctx, n, data.MetricWorkingSet+"{"+sel+"}", begin, end, shardHalvings)
			mu.Lock()
			defer mu.Unlock()
			s.lost = s.lost || err != nil
			for _, a := range answers {
				m, ok := a.(model.Matrix)
				s.lost = s.lost || !ok
				got = append(got, m)
			}
			if left--; left == 0 && !s.lost {
				s.keepRaw(n, got)
			}
			return nil
		}})
		to, total = from, 0
	}
	for _, estimated := range sums {
		if from.Before(to) && (total+estimated > batchShard || to.Sub(from) >= longestShard) {
			flush()
		}
		from = from.Add(-estimateStep)
		total += estimated
	}
	flush()
	return out
}

// keepRaw takes over every sample of each member.
func (s *shared) keepRaw(n *notes, parts []model.Matrix) {
	warnings := warningsOf(n)
	raw := map[string]sharedAnswer{}
	for sel, value := range s.split(parts, sharing{alone: func(m *member) string { return m.sel }, container: true}) {
		raw[sel] = sharedAnswer{value, warnings, tookBy(n)}
	}
	s.raw = raw
}
