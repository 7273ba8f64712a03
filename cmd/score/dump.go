package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/oomedic/oomedic/cmd/score/simulate"
	"github.com/oomedic/oomedic/data"
)

// describe tells the key facts of a case in lines of text.
func describe(c *simulate.Case, r *result) string {
	var b strings.Builder
	h := c.History()
	fmt.Fprintf(&b, "%s  expected %s (%s)  got %s %.2f\n", r.id, classOf(r.truth.Label), r.truth.Shape, r.got, r.conf)
	req := "none"
	if p := c.Container.Resources.Request; p != nil {
		req = data.Quantity(*p)
	}
	samples := 0
	for _, l := range h.Lives {
		samples += l.Len()
	}
	fmt.Fprintf(&b, "  limit %s request %s  kind %s image %s env %v command %v volumes %v\n", data.HumanBytes(float64(r.truth.Limit)), req,
		c.Container.Workload.Kind, c.Container.Image, c.Container.Env, c.Container.Command, c.Container.MemoryVolumes)
	fmt.Fprintf(&b, "  state %s restarts %d  kills: %d true, %d in the API, %d in metrics  now %s\n", c.Container.State, c.Container.Restarts, r.truth.Kills,
		len(c.Container.Kills), len(h.Kills), c.Now.Format("2006-01-02 15:04:05"))
	fmt.Fprintf(&b, "  history from %s, every %s, %d lives, %d samples, RSS %d, load %d, limit %d\n", h.First.Format("2006-01-02 15:04"), h.ScrapeInterval,
		len(h.Lives), samples, h.RSS.Len(), len(h.Load.CPU), h.Limit.Len())
	for _, l := range lastLives(h, c.Container.Key.Pod, 8) {
		limit := float64(max(r.truth.Limit, 1))
		first, last, top := l.V[0], l.V[l.Len()-1], 0.0
		for _, v := range l.V {
			top = max(top, v)
		}
		mid := l.V[l.Len()/2]
		fmt.Fprintf(&b, "    life %6.2f h  first %.2f  middle %.2f  last %.2f  top %.2f of the limit, %d samples, the last:", float64(l.T[l.Len()-1]-l.T[0])/3.6e6, first/limit, mid/limit, last/limit, top/limit, l.Len())
		for _, v := range l.V[max(0, l.Len()-7):] {
			fmt.Fprintf(&b, " %.2f", v/limit)
		}
		b.WriteByte('\n')
	}
	writeSignals(&b, c, h)
	if r.growth.said != nil || r.growth.truth != 0 {
		fmt.Fprintf(&b, "  growth: true %s/h", data.HumanBytes(r.growth.truth))
		if r.growth.said != nil {
			fmt.Fprintf(&b, ", said %s/h", data.HumanBytes(*r.growth.said))
		}
		b.WriteByte('\n')
	}
	for _, name := range policies {
		if o, ok := r.outcomes[name]; ok {
			fmt.Fprintf(&b, "  %s: %s killed again %t over %.0f%%\n", name, data.HumanBytes(float64(o.limit)), o.killed, 100*o.overShare)
		}
	}
	return b.String()
}

// lastLives are the newest lives of a pod that have samples.
func lastLives(h *data.History, pod data.Text, n int) []data.Life {
	var out []data.Life
	for _, l := range h.Lives {
		if l.Pod == pod && l.Len() > 0 {
			out = append(out, l)
		}
	}
	return out[max(0, len(out)-n):]
}

// dumpWrong writes one file a condition with the cases that were judged wrong, and one with limits that failed.
func dumpWrong(dir string, results []result) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder of the dump: %w", err)
	}
	texts := map[string]*strings.Builder{}
	add := func(name, text string) {
		if texts[name] == nil {
			texts[name] = &strings.Builder{}
		}
		texts[name].WriteString(text + "\n")
	}
	for i := range results {
		r := &results[i]
		switch {
		case r.truth.Label == simulate.Healthy && leakClass(r.got):
			add(string(r.cond)+"-leak-on-healthy.txt", r.facts)
		case r.truth.Label != simulate.Healthy && !r.right():
			add(string(r.cond)+"-wrong.txt", r.facts)
		}
		if r.detected != r.truth.OOM {
			add(string(r.cond)+"-detection.txt", r.facts)
		}
		if o, ok := r.outcomes[ours]; ok && (o.killed || o.overShare > 0.8) {
			add(string(r.cond)+"-limits.txt", r.facts)
		}
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text.String()), 0o644); err != nil {
			return fmt.Errorf("write the dump: %w", err)
		}
	}
	return nil
}
