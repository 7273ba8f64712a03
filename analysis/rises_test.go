package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// peaking is a steady level with a peak every hours, which takes up minutes to rise, and kills where high meets the limit.
func peaking(every, up float64, high float64) course {
	return func(age float64, n *noise) float64 {
		v := 200 + 5*n.next()
		if past := age - every*float64(int(age/every)); age >= every && past <= up/60 {
			v += high * (past*60 + 0.4) / (up + 0.4)
		}
		return v * mi
	}
}

// Peaks that do not kill show how memory rises as well as kills do.
func TestRisesOfPeaksThatDoNotKill(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mem        course
		slow, fast bool
	}{
		"over minutes":                 {peaking(5, 6, 250), true, false},
		"within a sample":              {peaking(5, 0.5, 400), false, true},
		"near miss: no rise to see":    {peaking(5, 6, 60), false, false},
		"near miss: nothing but level": {level(200), false, false},
	} {
		con, h := simple(3*24*time.Hour, time.Minute, 30*time.Hour, c.mem)()
		in := Input{Case: NewCase(con, data.Overview{}, noon), History: h, Now: noon}
		conf := in.Case.Confirmation
		f := readFacts(in, &conf)
		if (f.rise.slow > f.rise.fast) != c.slow || (f.rise.fast > f.rise.slow) != c.fast {
			t.Errorf("%s: %d slow, %d fast", name, f.rise.slow, f.rise.fast)
		}
	}
}

// Traffic that comes to all, requests that pile up, and one input for one pod, by what rose how far at the kills.
func TestRushPileUpAndUpload(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	for name, c := range map[string]struct {
		want                            Class
		received, cpu, sockets, threads float64 // at kills, as multiples of the usual
	}{
		"traffic comes first":                      {LoadSpike, 6, 4, 2, 1},
		"near miss: in work rises more":            {ConcurrentRequests, 2, 1.5, 4, 3},
		"requests pile up without traffic":         {ConcurrentRequests, 1, 1, 3, 1},
		"an upload over no more connections":       {LargeFile, 9, 3, 1, 1},
		"near miss: the same over more of them":    {LoadSpike, 9, 3, 1.6, 1},
		"more workers":                             {ConcurrentRequests, 1.5, 1.4, 1.3, 1.8},
		"near miss: hardly more workers than ever": {LoadSpike, 1.5, 1.4, 1.3, 1.2},
	} {
		con, h := simple(week, time.Minute, 20*time.Hour, level(230))()
		h.Load.Received = loadOf(h, "app-0", week, 1e5*20, 1e5*20*c.received)
		h.Load.CPU = loadOf(h, "app-0", week, 0.2, 0.2*c.cpu)
		h.Load.Sockets = loadOf(h, "app-0", week, 40, 40*c.sockets)
		h.Load.Threads = loadOf(h, "app-0", week, 40, 40*c.threads)
		d := diagnose(con, h)
		sound(t, &d)
		if d.Cause.Class != c.want {
			t.Errorf("%s: %s (%.2f), want %s; %v", name, d.Cause.Class, d.Cause.Confidence, c.want, d.Cause.Alternatives)
		}
	}
}

// A rush reaches every pod, one large input reaches one.
func TestOtherPodsAtTheKill(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		other course
		want  float64
	}{
		"rises as well":    {peaking(20, 12, 200), 1},
		"near miss: calm":  {level(230), 0},
		"near miss: other": {peaking(9.5, 3, 200), 0},
	} {
		con, h := simple(4*24*time.Hour, time.Minute, 20*time.Hour, level(230))()
		addPod(h, "app-1", 512*data.Mi, 4*24*time.Hour, time.Minute, 0, c.other)
		in := Input{Case: NewCase(con, data.Overview{}, noon), History: h, Now: noon}
		conf := in.Case.Confirmation
		f := readFacts(in, &conf)
		if f.rise.kills < 3 || f.rise.others != c.want {
			t.Errorf("%s: %.2f of the others at %d kills, want %.0f", name, f.rise.others, f.rise.kills, c.want)
		}
	}
}
