package simulate

import (
	"math"
	"testing"
)

const gib = 1 << 30

// flatLoad is a load of 1.
var flatLoad = loadTrack{1}

// steady is a demand of so many bytes from the start, without noise.
func steady(bytes float64) *demand {
	return &demand{load: flatLoad, share: 1, base: bytes, warmFrom: 1, warmTau: 1, noise: noiseShape{tau: minute}, fileTau: hour}
}

func under(limit float64) func(float64) float64 { return func(float64) float64 { return limit } }

func TestKillsComeAtTheLimit(t *testing.T) {
	t.Parallel()
	d := steady(0.5 * gib)
	d.growths = []growth{{curve: func(w float64) float64 { return 0.5 * gib * w / hour }, leak: true}}
	r := &replica{seed: 1, d: d}
	tr := r.run(0, 10*hour, under(gib), nil, nil)
	if len(tr.kills) != 9 || len(tr.lives) != 10 {
		t.Fatalf("%d kills and %d lives, want 9 and 10: an hour a life and a little for restarts", len(tr.kills), len(tr.lives))
	}
	for i, k := range tr.kills {
		l := tr.lives[k.life]
		if k.life != i || l.why != killed || l.end != k.at || math.Abs(l.end-l.start-hour) > 2*step {
			t.Errorf("kill %d: life %d, %.0f s, %v", i, k.life, l.end-l.start, l.why)
		}
	}
	if last := tr.lives[9]; last.why != alive || last.end != 10*hour {
		t.Errorf("the last life ends %v at %.0f", last.why, last.end)
	}
	if n := len(r.run(0, 10*hour, under(7*gib), nil, nil).kills); n != 0 {
		t.Errorf("%d kills with enough memory", n)
	}
	if n := len(r.run(0, 10*hour, under(0), nil, nil).kills); n != 0 {
		t.Errorf("%d kills without a limit", n)
	}
}

func TestPageCacheIsNoReasonToKill(t *testing.T) {
	t.Parallel()
	d := steady(0.9 * gib)
	d.fileMax, d.fileAlive = 5*gib, 0.5
	r := &replica{seed: 1, d: d}
	seen := &lookout{}
	if tr := r.run(0, 12*hour, under(gib), seen, nil); len(tr.kills) != 0 {
		t.Errorf("%d kills", len(tr.kills))
	}
	if seen.most > gib || seen.most < 0.99*gib {
		t.Errorf("the working set went up to %.2f GiB, want all of the limit and no more", seen.most/gib)
	}
}

// lookout keeps what a watcher sees.
type lookout struct {
	most, left float64
	lives      map[int]float64 // highest working set
	idles      int
}

func (l *lookout) see(_ float64, n int, _ *use, set, left float64) {
	l.most, l.left = math.Max(l.most, set), math.Max(l.left, left)
	if l.lives == nil {
		l.lives = map[int]float64{}
	}
	l.lives[n] = math.Max(l.lives[n], set)
}
func (l *lookout) idle(float64, int, float64) { l.idles++ }
func (l *lookout) over(float64, int)          {}

func TestBackOffDoublesToFiveMinutes(t *testing.T) {
	t.Parallel()
	r := &replica{seed: 1, d: steady(2 * gib)}
	tr := r.run(0, 3*hour, under(gib), nil, nil)
	for i, want := range []float64{0, 10, 20, 40, 80, 160, 300, 300, 300} {
		got := tr.lives[i+1].start - tr.lives[i].end
		if math.Abs(got-want-restartTime) > step {
			t.Errorf("restart %d came after %.0f s, want %.0f", i, got, want+restartTime)
		}
	}
}

func TestBackOffIsForgottenAfterTenMinutes(t *testing.T) {
	t.Parallel()
	for lived, want := range map[float64]float64{9 * minute: 300, 11 * minute: 0} {
		d := steady(0.5 * gib)
		d.growths = []growth{{curve: func(w float64) float64 { return gib * 0.5 * w / lived }}}
		tr := (&replica{seed: 1, d: d}).run(0, 4*hour, under(gib), nil, nil)
		got := tr.lives[9].start - tr.lives[8].end
		if math.Abs(got-want-restartTime) > step {
			t.Errorf("after lives of %.0f min the restart took %.0f s, want %.0f", lived/minute, got, want+restartTime)
		}
	}
}

func TestMemoryFilesOutliveTheContainer(t *testing.T) {
	t.Parallel()
	fill := &growth{curve: func(w float64) float64 { return gib * 0.5 * w / hour }}
	kept := steady(0.5 * gib)
	kept.tmpfs, kept.tmpfsKept = fill, true
	kept.warmFrom, kept.warmTau = 0.2, 5*minute
	seen := &lookout{}
	r := &replica{seed: 1, d: kept, giveUp: hour}
	tr := r.run(0, 3*hour, under(gib), seen, nil)
	if len(tr.lives) < 5 || seen.left < 0.45*gib || seen.lives[1] > 0.9*seen.lives[0] {
		t.Errorf("%d lives, %.2f GiB left behind, the second life reached %.2f GiB after %.2f GiB", len(tr.lives), seen.left/gib, seen.lives[1]/gib, seen.lives[0]/gib)
	}
	if seen.idles == 0 || len(tr.pods) < 2 {
		t.Errorf("%d looks at a pod without a container, %d pods: somebody deletes it after an hour", seen.idles, len(tr.pods))
	}
	cleared := steady(0.5 * gib)
	cleared.tmpfs = fill
	tr = (&replica{seed: 1, d: cleared}).run(0, 3*hour, under(gib), nil, nil)
	if len(tr.kills) != 2 || len(tr.pods) != 1 {
		t.Errorf("%d kills in %d pods where the program empties its folder, want one an hour in one pod", len(tr.kills), len(tr.pods))
	}
}

func TestNodeKillsBelowTheLimit(t *testing.T) {
	t.Parallel()
	r := &replica{seed: 1, d: steady(0.5 * gib), nodeKills: []float64{hour, 2 * hour}}
	for _, limit := range []float64{gib, 0} {
		tr := r.run(0, 3*hour, under(limit), nil, nil)
		if len(tr.kills) != 2 || tr.lives[0].why != nodeKill || tr.lives[0].peak > 0.6*gib {
			t.Errorf("limit %.0f: %d kills, the first %v", limit, len(tr.kills), tr.lives[0].why)
		}
	}
}

func TestChildrenDieAlone(t *testing.T) {
	t.Parallel()
	d := steady(0.5 * gib)
	d.bursts = []burst{{at: hour, rise: 60, hold: 60, fall: 10, height: gib}}
	r := &replica{seed: 1, d: d, childOnly: true}
	tr := r.run(0, 2*hour, under(gib), nil, nil)
	if len(tr.kills) != 1 || !tr.kills[0].child || len(tr.lives) != 1 || tr.lives[0].children != 1 {
		t.Errorf("%d kills, %d lives", len(tr.kills), len(tr.lives))
	}
	r.childOnly = false
	if tr = r.run(0, 2*hour, under(gib), nil, nil); len(tr.lives) < 2 {
		t.Errorf("%d lives when the main process is killed", len(tr.lives))
	}
}

func TestRolloutsReplacePods(t *testing.T) {
	t.Parallel()
	d := steady(0.5 * gib)
	d.versions = []version{{base: 1, growth: 1}, {at: hour, base: 3, growth: 1}}
	r := &replica{seed: 1, d: d, rollouts: []float64{hour, 2 * hour}}
	tr := r.run(0, 90*minute, under(gib), nil, nil)
	if len(tr.pods) != 2 || tr.lives[0].why != replaced || tr.pods[0].end != hour || len(tr.kills) == 0 || tr.kills[0].at < hour {
		t.Errorf("%d pods, %d kills, first life ended %v", len(tr.pods), len(tr.kills), tr.lives[0].why)
	}
	if tr = r.run(90*minute, 3*hour, under(2*gib), nil, nil); len(tr.pods) != 2 || len(tr.kills) != 0 {
		t.Errorf("from the middle: %d pods, %d kills", len(tr.pods), len(tr.kills))
	}
}

func TestPercentHeapFollowsTheLimit(t *testing.T) {
	t.Parallel()
	h := &heap{percent: 0.8, max: 1.2 * gib, first: 0.5, tau: hour}
	for limit, want := range map[float64]float64{gib: 0.8 * gib, 4 * gib: 1.2 * gib} {
		if got := h.at(day, limit); math.Abs(got-want) > 1e-3*want {
			t.Errorf("under %.0f GiB the heap grows to %.2f GiB, want %.2f", limit/gib, got/gib, want/gib)
		}
	}
}
