package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/cmd/score/simulate"
)

// told is a result of a label that was said to be of a class.
func told(l simulate.Label, said analysis.Class, conf float64) result {
	return result{cond: simulate.Clean, truth: simulate.Truth{Label: l, OOM: l != simulate.Healthy}, got: said, conf: conf, detected: l != simulate.Healthy}
}

func TestMacroF1(t *testing.T) {
	t.Parallel()
	rs := []result{
		told(simulate.Leak, analysis.MemoryLeak, 1), told(simulate.Leak, analysis.MemoryLeak, 1), told(simulate.Leak, analysis.LoadSpike, 1),
		told(simulate.Spike, analysis.LoadSpike, 1), told(simulate.Healthy, analysis.MemoryLeak, 1),
	}
	// Leak: precision 1, recall 2/3, F1 0.8. Spike: precision 1/2, recall 1, F1 2/3. The healthy one has no class.
	if got, want := macroF1(rs), (0.8+2.0/3)/2; math.Abs(got-want) > 1e-12 {
		t.Errorf("%.4f, want %.4f", got, want)
	}
	order, of := f1s(rs)
	if len(order) != 2 || of[analysis.MemoryLeak].recall != 2.0/3 || of[analysis.LoadSpike].precision != 0.5 {
		t.Errorf("%v %v", order, of)
	}
	if !math.IsNaN(macroF1(nil)) {
		t.Error("no cases have a macro-F1")
	}
}

func TestLeaksAreCountedOnHealthyCasesToo(t *testing.T) {
	t.Parallel()
	said, low, high := 3600.0, 50.0, 4000.0
	slow := told(simulate.Gradual, analysis.MemoryLeak, 0.8) // the other kind of leak is one all the same
	slow.growth, slow.cures = estimate{said: &said, low: &low, high: &high, truth: 100}, true
	next, truth := 90*time.Minute, time.Hour
	slow.next = inTime(&next, &next, &next, &truth)
	probe := told(simulate.Healthy, analysis.UnknownCause, 0)
	probe.sigkilled = true
	rs := []result{probe, told(simulate.Leak, analysis.MemoryLeak, 1), slow, told(simulate.Leak, analysis.UnboundedCache, 1), told(simulate.Healthy, analysis.GradualAccumulation, 1),
		told(simulate.Cache, analysis.UnboundedCache, 1)}
	m := measure(rs)
	if m.leakPrecision != (ratio{2, 3}) || m.leakRecall != (ratio{2, 3}) || m.cured != (ratio{1, 3}) {
		t.Errorf("precision %v, recall %v, cured %v", m.leakPrecision, m.leakRecall, m.cured)
	}
	if m.growth.of != 1 || math.Abs(m.growth.off[0]-35) > 1e-9 || m.growth.inside != (ratio{1, 1}) {
		t.Errorf("growth %+v", m.growth)
	}
	if m.next.of != 1 || math.Abs(m.next.off[0]-0.5) > 1e-9 || m.next.inside != (ratio{0, 1}) || m.after.of != 0 {
		t.Errorf("next %+v, after %+v", m.next, m.after)
	}
	if m.mistaken != (ratio{0, 1}) {
		t.Errorf("mistaken %v", m.mistaken)
	}
	if m.detectPrecision != (ratio{4, 4}) || m.detectRecall != (ratio{4, 4}) {
		t.Errorf("detection %v %v", m.detectPrecision, m.detectRecall)
	}
}

func TestCalibration(t *testing.T) {
	t.Parallel()
	rs := []result{
		told(simulate.Leak, analysis.MemoryLeak, 0.9), told(simulate.Leak, analysis.LoadSpike, 0.9),
		told(simulate.Spike, analysis.LoadSpike, 0.5), told(simulate.Healthy, analysis.UnknownCause, 0.1),
	}
	bins, e := calibrate(rs)
	// Of two at 0.9 one is right: 0.4 off. One at 0.5 is right: 0.5 off.
	if want := (2*0.4 + 0.5) / 3; math.Abs(e-want) > 1e-12 {
		t.Errorf("%.4f, want %.4f", e, want)
	}
	if bins[4].n != 2 || bins[4].right != 1 || bins[2].n != 1 || bins[0].n != 0 {
		t.Errorf("%+v", bins)
	}
	if one, _ := calibrate([]result{told(simulate.Leak, analysis.MemoryLeak, 1)}); one[4].n != 1 {
		t.Error("a confidence of 1 is in no bin")
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	a, b, c := told(simulate.Spike, analysis.LoadSpike, 1), told(simulate.TooLow, analysis.LimitTooLow, 1), told(simulate.Leak, analysis.MemoryLeak, 1)
	a.outcomes = map[string]outcome{ours: {limit: 3 << 30, over: 1 << 30, overShare: 0.5, requestShare: 0.25}}
	b.outcomes = map[string]outcome{ours: {killed: true, over: 9, overShare: 9}}
	h := outcomesOf([]result{a, b, c}, ours)
	if h.again != (ratio{1, 2}) || h.none.a != 1 || h.overMean != 0.5 || h.gib != 1 || h.requestMean != 0.25 || h.per[simulate.TooLow] != (ratio{1, 1}) {
		t.Errorf("%+v", h)
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	for q, want := range map[float64]float64{0: 1, 0.5: 2.5, 1: 4} {
		if got := quantile([]float64{1, 2, 3, 4}, q); got != want {
			t.Errorf("quantile %.1f is %.2f, want %.2f", q, got, want)
		}
	}
	if !math.IsNaN(quantile(nil, 0.5)) {
		t.Error("nothing has a median")
	}
}

func TestHeldOutCasesStayUnseen(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]options{
		"a dump": {part: simulate.Held, cases: 1, dump: t.TempDir()}, "one label": {part: simulate.Held, cases: 1, label: "memory-leak"},
		"another part": {part: "test", cases: 1}, "no cases": {part: simulate.Dev},
	} {
		if err := run(t.Context(), &bytes.Buffer{}, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// One leak of each condition goes all the way: simulated, judged, read through PromQL, told in tables and dumped.
func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := options{part: simulate.Dev, cases: 1, label: string(simulate.TooLow), workers: 2, through: 1, dump: dir, md: filepath.Join(dir, "a.md")}
	var b bytes.Buffer
	if err := run(t.Context(), &b, o); err != nil {
		t.Fatal(err)
	}
	md, err := os.ReadFile(o.md)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| the same answer through PromQL | all | 1.000 (1 of 1) | 1.000 (1 of 1) |", "## Degraded", vpaScaled, "limit-too-low"} {
		if !strings.Contains(b.String(), want) || !strings.Contains(string(md), want) {
			t.Errorf("the tables lack %q:\n%s", want, b.String())
		}
	}
	if !strings.Contains(string(md), "synthetic") {
		t.Error("the document does not say that the cases are synthetic")
	}
}
