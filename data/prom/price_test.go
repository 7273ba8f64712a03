package prom

import (
	"math"
	"testing"
	"time"
)

func TestRAMPrice(t *testing.T) {
	t.Parallel()
	node := func(name string, v float64, more ...string) line {
		return newLine(nodeRAMCost, append([]string{"node", name}, more...)...).at(testNow, v)
	}
	for name, c := range map[string]struct {
		lines []line
		want  float64
		nodes int
	}{
		"no metric":             {[]line{newLine("up").at(testNow, 1)}, 0, 0},
		"two nodes":             {[]line{node("a", 0.002), node("b", 0.004)}, 0.003, 2},
		"two copies of a node":  {[]line{node("a", 0.002, "job", "x"), node("a", 0.002, "job", "y"), node("b", 0.005)}, 0.0035, 2},
		"a node without price":  {[]line{node("a", 0), node("b", 0.004)}, 0.004, 1},
		"all without price":     {[]line{node("a", 0)}, 0, 0},
		"what is no number":     {[]line{node("a", math.NaN()), node("b", math.Inf(1)), node("c", 0.001)}, 0.001, 1},
		"told an hour ago only": {[]line{newLine(nodeRAMCost, "node", "a").at(ago(time.Hour), 0.004)}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, 1000)
			e.load(t, c.lines...)
			p, err := e.reader(t, Options{}).RAMPrice(t.Context())
			if err != nil || (p == nil) != (c.nodes == 0) {
				t.Fatalf("%+v, %v", p, err)
			}
			if p != nil && (math.Abs(p.PerGiBHour-c.want) > 1e-12 || p.Nodes != c.nodes || p.From == "") {
				t.Errorf("%+v, want %v of %d nodes", p, c.want, c.nodes)
			}
		})
	}
}

func TestRAMPriceOfAServerThatFails(t *testing.T) {
	t.Parallel()
	r, _ := serve(t, Options{}, says(403, jsonKind, `{"status":"error","errorType":"execution","error":"no"}`))
	if p, err := r.RAMPrice(t.Context()); p != nil || troubleOf(err) != Unauthorized {
		t.Errorf("%+v, %v", p, err)
	}
}
