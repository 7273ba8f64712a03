package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/oomedic/oomedic/cmd/score/simulate"
	"github.com/oomedic/oomedic/data"
)

// writeSignals tells, for the two newest kills of a case, what each signal of the killed pod was in the quarter of an hour
// before, as a multiple of its median, and how its memory and that of some other pods stood.
func writeSignals(w io.Writer, c *simulate.Case, h *data.History) {
	for _, k := range h.Kills[max(0, len(h.Kills)-2):] {
		fmt.Fprintf(w, "  kill of %s %s before now:", k.Pod, c.Now.Sub(k.At).Round(time.Second))
		for _, one := range []struct {
			name string
			of   []data.Signal
		}{{"received", h.Load.Received}, {"CPU", h.Load.CPU}, {"reads", h.Load.Reads}, {"sockets", h.Load.Sockets}, {"threads", h.Load.Threads}} {
			if f, ok := risen(one.of, k); ok {
				fmt.Fprintf(w, " %s ×%.1f", one.name, f)
			} else {
				fmt.Fprintf(w, " %s ?", one.name)
			}
		}
		for _, one := range []struct {
			name string
			of   data.Samples
		}{{"shared", h.Shared}, {"RSS", h.RSS}, {"inactive", h.InactiveFile}} {
			if s := one.of.Between(k.At.Add(-15*time.Minute), k.At.Add(time.Minute)); s.Len() > 0 {
				fmt.Fprintf(w, " %s %.2f", one.name, slices.Max(s.V)/float64(max(c.Truth.Limit, 1)))
			}
		}
		fmt.Fprintln(w)
		others := 0
		for i := range h.Lives {
			l := &h.Lives[i]
			s := l.Between(k.At.Add(-20*time.Minute), k.At.Add(3*time.Minute))
			if s.Len() == 0 {
				continue
			}
			if l.Pod != k.Pod {
				if others++; others > 3 {
					continue
				}
			}
			fmt.Fprintf(w, "      %s from %s:", l.Pod, time.UnixMilli(s.T[0]).Sub(k.At).Round(time.Second))
			for n := range 16 {
				fmt.Fprintf(w, " %.2f", s.V[n*(s.Len()-1)/15]/float64(max(c.Truth.Limit, 1)))
			}
			fmt.Fprintln(w)
		}
	}
}

// risen is the highest value of a signal of the killed pod in the quarter of an hour before the kill, as a multiple of
// the median of all that is known of the workload's pods.
func risen(all []data.Signal, k data.PodKill) (float64, bool) {
	var usual []float64
	top, have := 0.0, false
	for _, s := range all {
		usual = append(usual, s.V...)
		if s.Pod != k.Pod {
			continue
		}
		for _, v := range s.Between(k.At.Add(-15*time.Minute), k.At.Add(5*time.Minute)).V {
			top, have = max(top, v), true
		}
	}
	if slices.Sort(usual); !have || usual[len(usual)/2] <= 0 {
		return 0, false
	}
	return top / usual[len(usual)/2], true
}
