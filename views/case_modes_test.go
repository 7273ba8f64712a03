package views

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// expecting is the leak's diagnosis with a next kill that is expected.
func expecting(t testing.TB) *analysis.Diagnosis {
	d := fixtureLeak(t)
	d.Cause.ToNextKill = ptr(3 * time.Hour)
	d.Forecast = analysis.Forecast{Low: ptr(2 * time.Hour), Likely: ptr(3 * time.Hour), High: ptr(5 * time.Hour), From: "the growth of memory"}
	return d
}

// withParts gives the state what the memory of c is made of.
func withParts(st *State, c *data.Chart, l *Loaded[data.Parts]) {
	st.Parts = map[ChartKey]*Loaded[data.Parts]{{c.Key, c.Window}: l}
}

// modeStates are the states of the case screen in which something else than the plain chart is shown.
var modeStates = map[string]func(t *testing.T) Screen{
	"zoomed": func(t *testing.T) Screen {
		s, _ := caseWith(t, sawtooth(leakyKey, data.Week))
		press(s, "n", "n", "n", "+", "+")
		return s
	},
	"blocks": func(t *testing.T) Screen {
		s, _ := caseWith(t, sawtooth(leakyKey, data.Day))
		press(s, "b")
		return s
	},
	"ascii": func(t *testing.T) Screen {
		s, _ := caseWith(t, plateau(databaseKey, data.Day))
		press(s, "b", "b")
		return s
	},
	"mended": func(t *testing.T) Screen {
		s, _ := caseWith(t, mended(databaseKey, data.Week))
		return s
	},
	"parts": func(t *testing.T) Screen {
		c := plateau(databaseKey, data.Day)
		s, st := caseWith(t, c)
		withParts(st, c, &Loaded[data.Parts]{Value: layered(c)})
		press(s, "m", "h", "h")
		return s
	},
	"parts-loading": func(t *testing.T) Screen {
		c := plateau(databaseKey, data.Day)
		s, st := caseWith(t, c)
		withParts(st, c, &Loaded[data.Parts]{Loading: true})
		press(s, "m")
		return s
	},
	"parts-failed": func(t *testing.T) Screen {
		c := plateau(databaseKey, data.Day)
		s, st := caseWith(t, c)
		withParts(st, c, &Loaded[data.Parts]{Problem: "503 Service Unavailable"})
		press(s, "m")
		return s
	},
	"pods": func(t *testing.T) Screen {
		s, _ := caseWith(t, plateau(databaseKey, data.Day))
		press(s, "o", "h", "h")
		return s
	},
	"alone": func(t *testing.T) Screen {
		s, _ := caseWith(t, plateau(databaseKey, data.Day))
		press(s, "o", "o")
		return s
	},
	"levels": func(t *testing.T) Screen {
		s, st := caseWith(t, plateau(databaseKey, data.Day))
		s.Set(withDiagnosis(st, fixtureDiagnosis(t)))
		press(s, "%")
		return s
	},
	"ahead": func(t *testing.T) Screen {
		s, st := caseWith(t, sawtooth(leakyKey, data.Day))
		s.Set(withDiagnosis(st, expecting(t)))
		press(s, "e")
		return s
	},
	"ahead-unknown": func(t *testing.T) Screen {
		s, st := caseWith(t, sawtooth(leakyKey, data.Day))
		s.Set(withDiagnosis(st, fixtureDiagnosis(t)))
		press(s, "e", "%")
		return s
	},
}

func init() {
	for name, make := range modeStates {
		register("case/"+name, make)
	}
}

func TestCaseModeGoldens(t *testing.T) {
	for name, make := range modeStates {
		t.Run(name, func(t *testing.T) { goldens(t, "case/"+name, make(t)) })
	}
}

func TestZoomAndPan(t *testing.T) {
	t.Parallel()
	s, st := caseWith(t, sawtooth(leakyKey, data.Week))
	span := func() time.Duration { return s.series.chart.To.Sub(s.series.chart.From) }
	week := data.Week.Duration()
	if i := press(s, "<"); i == nil {
		t.Error("panning the whole window says nothing")
	}
	press(s, "n", "n", "n", "+") // around a kill, so that no shorter window holds it
	if span() != week/2 || !s.series.chart.From.Before(s.cursor) || !s.series.chart.To.After(s.cursor) {
		t.Fatalf("zoomed to %s around %s: %s to %s", span(), s.cursor, s.series.chart.From, s.series.chart.To)
	}
	for _, r := range s.series.rows {
		if at := time.UnixMilli(r.at); at.Before(s.series.chart.From) || at.After(s.series.chart.To.Add(time.Second)) {
			t.Fatalf("the table has a row at %s, outside of what is shown", at)
		}
	}
	from := s.series.chart.From
	press(s, "<")
	if moved := from.Sub(s.series.chart.From); moved != week/8 {
		t.Errorf("panned by %s, want a quarter of what is shown", moved)
	}
	press(s, "<", "<", "<", "<", "<", "<", "<")
	if !s.series.chart.From.Equal(s.series.src.From) || span() != week/2 {
		t.Errorf("panned to %s: the window begins at %s", s.series.chart.From, s.series.src.From)
	}
	press(s, "-")
	if !s.zoom.whole() || span() != week {
		t.Errorf("zoomed out to %s", span())
	}
	press(s, "+", "0")
	if !s.zoom.whole() {
		t.Error("0 does not show the whole window")
	}
	if got := press(s, "-"); got != (LoadChart{leakyKey, data.ThirtyDay}) {
		t.Errorf("zooming out of the whole window asks %v, want the longer one", got)
	}
	_ = st
}

func TestZoomTakesAShorterWindowThatHoldsIt(t *testing.T) {
	t.Parallel()
	s, _ := caseWith(t, sawtooth(leakyKey, data.Day))
	if got := press(s, "+"); got != nil || s.window != data.Day {
		t.Fatalf("twelve hours of a day: %v, window %s", got, s.window)
	}
	if got := press(s, "+"); got != (LoadChart{leakyKey, data.SixHours}) || s.window != data.SixHours || !s.zoom.whole() {
		t.Errorf("the newest six hours: %v, window %s, zoom %v", got, s.window, s.zoom)
	}
}

func TestZoomEndsWhereThePointsEnd(t *testing.T) {
	t.Parallel()
	s, _ := caseWith(t, sawtooth(leakyKey, data.Hour))
	var last Intent
	for range 12 {
		last = press(s, "+")
	}
	if _, ok := last.(Say); !ok || s.series.count < leastShown/2 {
		t.Errorf("%v with %d points in sight", last, s.series.count)
	}
}

func TestZoomIsDroppedWhenItsTimeIsGone(t *testing.T) {
	t.Parallel()
	c := sawtooth(leakyKey, data.Day)
	s, st := caseWith(t, c)
	press(s, "G", "+", "+") // the oldest end
	if s.zoom.whole() {
		t.Fatal("not zoomed")
	}
	later := *c
	later.From, later.To = c.From.Add(24*time.Hour), c.To.Add(24*time.Hour)
	st.Charts[ChartKey{leakyKey, data.Day}] = &Loaded[data.Chart]{Value: &later, At: fixedNow}
	s.Set(st)
	if !s.zoom.whole() {
		t.Errorf("zoom %v outlives its samples", s.zoom)
	}
}

func TestModesAskForWhatTheyNeed(t *testing.T) {
	t.Parallel()
	s, st := caseWith(t, plateau(databaseKey, data.Day))
	if got := press(s, "m"); got != (LoadParts{databaseKey, data.Day}) {
		t.Errorf("m asks %v", got)
	}
	if got := press(s, "]"); got != (Both{LoadChart{databaseKey, data.Week}, LoadParts{databaseKey, data.Week}}) {
		t.Errorf("] asks %v while layers are shown", got)
	}
	press(s, "[")
	if got := press(s, "r"); got != (Both{LoadChart{databaseKey, data.Day}, LoadParts{databaseKey, data.Day}}) {
		t.Errorf("r asks %v while layers are shown", got)
	}
	if got := press(s, "m"); got != nil {
		t.Errorf("turning it off asks %v", got)
	}
	for _, k := range []string{"%", "e"} {
		if got := press(s, k); got != (LoadDiagnosis{databaseKey}) {
			t.Errorf("%s asks %v", k, got)
		}
		if got := press(s, k); got != nil {
			t.Errorf("%s off asks %v", k, got)
		}
	}
	s.Set(withDiagnosis(st, fixtureDiagnosis(t)))
	if got := press(s, "%"); got != nil {
		t.Errorf("%% asks %v though there is a diagnosis", got)
	}
	alone, _ := caseWith(t, sawtooth(leakyKey, data.Day))
	if got, ok := press(alone, "o").(Say); !ok || alone.show.replicas != replicasBehind {
		t.Errorf("without other pods, o does %v", got)
	}
}

func TestReadoutHasEverySeries(t *testing.T) {
	t.Parallel()
	c := plateau(databaseKey, data.Day)
	s, st := caseWith(t, c)
	withParts(st, c, &Loaded[data.Parts]{Value: layered(c)})
	press(s, "m", "h", "h", "h")
	out := ansi.Strip(strings.Join(s.readout(frameOf(t, "dark", 200, 47)), "\n"))
	for _, want := range []string{"working set", "of limit 512Mi", "request 256Mi", "1 other replica", "RSS", "tmpfs", "file cache", "kernel", "UTC"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %q", want, out)
		}
	}
}

func TestBeforeAndAfterAChangeOfTheLimit(t *testing.T) {
	t.Parallel()
	s, _ := caseWith(t, mended(databaseKey, data.Week))
	out := ansi.Strip(strings.Join(s.beforeAfter(frameOf(t, "dark", 80, 47)), "\n"))
	for _, want := range []string{"limit 512Mi → 768Mi", "before (3d)", "of 512Mi, 2 kills", "after (3d)", "of 768Mi, 0 kills"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %q", want, out)
		}
	}
	s, _ = caseWith(t, plateau(databaseKey, data.Week))
	if out := s.beforeAfter(frameOf(t, "dark", 200, 47)); out != nil {
		t.Errorf("nothing was changed, and yet: %q", out)
	}
}
