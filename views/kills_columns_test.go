package views

import (
	"math"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

func TestWorkloadsGiveUpTheirKindBeforeTheirName(t *testing.T) {
	t.Parallel()
	refs := []string{"deployment/api", "statefulset/database", "cronjob/report", "deployment/checkout", "daemonset/shipper"}
	long := "deployment/otel-collector-gateway-with-tail-sampling"
	for _, c := range []struct {
		cells     int
		more      []string
		ref, want string
	}{
		{20, nil, "statefulset/database", "statefulset/database"},
		{19, nil, "deployment/checkout", "deployment/checkout"}, // one of five is too long: the others keep their kinds
		{19, nil, "statefulset/database", "database"},           // and it has its name whole
		{18, nil, "deployment/checkout", "deploy/checkout"},
		{14, nil, "deployment/checkout", "checkout"},
		{13, nil, "cronjob/report", "cj/report"},
		{11, nil, "cronjob/report", "report"},
		{11, nil, "node", "node"},
		{20, []string{long}, "statefulset/database", "statefulset/database"},
		{20, []string{long}, long, strings.TrimPrefix(long, "deployment/")},
		{20, []string{long, long}, "statefulset/database", "database"},
	} {
		var w killWidths
		for _, ref := range append(append([]string(nil), refs...), c.more...) {
			w.see(&analysis.Case{}, ref)
		}
		if got := w.refForm(c.cells)(c.ref); got != c.want {
			t.Errorf("%s in %d cells, with %d more: %q, want %q", c.ref, c.cells, len(c.more), got, c.want)
		}
	}
}

// TestUnknownCountsAreExplainedWhereTheyStand looks at a container whose child process was killed.
func TestUnknownCountsAreExplainedWhereTheyStand(t *testing.T) {
	t.Parallel()
	of := func(change func(*analysis.Case)) string {
		return shown(t, killsWith(t, func(b *Board) {
			b.Cases = b.Cases[:1]
			change(b.Cases[0])
		}), 160, 37)
	}
	child := of(func(c *analysis.Case) {
		c.Container.Last, c.Container.Current, c.Container.Kills = nil, nil, nil
		v := &c.Confirmation
		v.Scope, v.ExitCode, v.Kills, c.Near, c.Overview = analysis.ScopeChild, nil, analysis.KillCounts{}, nil, data.Overview{Spark: []float64{math.NaN()}}
	})
	for _, want := range []string{"how often: not known", "ran out: a child process at the limit", "no samples: peak ?"} {
		if !strings.Contains(child, want) {
			t.Errorf("no %q in\n%s", want, child)
		}
	}
	if strings.Contains(child, "exit ?") {
		t.Errorf("a container that lives on has no exit code:\n%s", child)
	}
	if known := of(func(*analysis.Case) {}); strings.Contains(known, "not known") || strings.Contains(known, "no samples") {
		t.Errorf("all is known here:\n%s", known)
	}
}
