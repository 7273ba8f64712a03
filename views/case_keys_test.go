package views

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// caseText draws s at a size and returns it without styles.
func caseText(t *testing.T, s Screen, w, h int) string {
	t.Helper()
	return ansi.Strip(s.View(frameOf(t, "dark", w, h)))
}

func TestCaseAsksForDiagnosis(t *testing.T) {
	t.Parallel()
	s, _ := caseWith(t, sawtooth(leakyKey, data.Day))
	for _, k := range []string{"d", "enter"} {
		if got, ok := press(s, k).(OpenDiagnosis); !ok || got.Key != leakyKey {
			t.Errorf("%s gives %#v", k, got)
		}
	}
	if k, ok := s.Selected(); !ok || k != leakyKey {
		t.Errorf("selected is %v, %v", k, ok)
	}
	for _, k := range []string{"q", "?", "T", "esc", "f", "z"} {
		if got := press(s, k); got != nil {
			t.Errorf("%s belongs to the app, but gives %#v", k, got)
		}
	}
}

func TestCaseWindows(t *testing.T) {
	t.Parallel()
	s, st := caseWith(t, sawtooth(leakyKey, data.Day))
	caseText(t, s, 80, 21)
	if got := press(s, "]"); got != (LoadChart{leakyKey, data.Week}) {
		t.Errorf("] gives %#v, want the chart of 7d", got)
	}
	st.Charts[ChartKey{leakyKey, data.Week}] = &Loaded[data.Chart]{Loading: true}
	s.Set(st)
	if got := press(s, "["); got != nil {
		t.Errorf("[ back to a fresh chart gives %#v", got)
	}
	if got := press(s, "]"); got != nil {
		t.Errorf("] to a chart that is under way gives %#v", got)
	}
	if got := press(s, "]"); got != (LoadChart{leakyKey, data.ThirtyDay}) {
		t.Errorf("] gives %#v, want the chart of 30d", got)
	}
	if got := press(s, "]"); got != nil {
		t.Errorf("] at the longest window gives %#v", got)
	}
	if press(s, "[", "[", "[", "["); s.window != data.Hour || press(s, "[") != nil {
		t.Errorf("four times [ ends at %s, want 1h", s.window)
	}
}

func TestCaseReadsOldChartsAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		l    *Loaded[data.Chart]
		want bool
	}{
		{"never asked", nil, true},
		{"under way", &Loaded[data.Chart]{Loading: true}, false},
		{"failed", &Loaded[data.Chart]{Problem: "timeout"}, true},
		{"fresh", &Loaded[data.Chart]{Value: sawtooth(leakyKey, data.Day), At: fixedNow.Add(-9 * time.Minute)}, false},
		{"older than two steps", &Loaded[data.Chart]{Value: sawtooth(leakyKey, data.Day), At: fixedNow.Add(-11 * time.Minute)}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := NewCase(leakyKey, data.Day)
			st := fixtureState(t)
			if tt.l != nil {
				st.Charts[ChartKey{leakyKey, data.Day}] = tt.l
			}
			s.Set(st)
			caseText(t, s, 80, 21)
			if got := s.wantsChart(); got != tt.want {
				t.Errorf("wants the chart: %v, want %v", got, tt.want)
			}
		})
	}
}

func TestCaseReloadAndCopy(t *testing.T) {
	t.Parallel()
	s, st := caseWith(t, sawtooth(leakyKey, data.Day))
	if got := press(s, "r"); got != (LoadChart{leakyKey, data.Day}) {
		t.Errorf("r gives %#v", got)
	}
	if got, ok := press(s, "y").(Copy); !ok || !strings.HasPrefix(got.Text.String(), "max_over_time(") {
		t.Errorf("y gives %#v", got)
	}
	st.Board.Metrics = Metrics{}
	st.Charts = nil
	s.Set(st)
	for _, k := range []string{"r", "y"} {
		if got, ok := press(s, k).(Say); !ok || got.Text == "" {
			t.Errorf("%s without a Prometheus gives %#v, want a word", k, got)
		}
	}
	if got := press(s, "]"); got != nil {
		t.Errorf("] without a Prometheus gives %#v", got)
	}
	offered := map[string]bool{"d": true}
	for _, b := range toolKeys {
		offered[b.Help().Key] = true
	}
	for _, b := range s.Keys() {
		if !offered[b.Help().Key] {
			t.Errorf("without a Prometheus, %s is offered", b.Help().Key)
		}
	}
}

func TestCaseCursorMoves(t *testing.T) {
	t.Parallel()
	s, _ := caseWith(t, sawtooth(leakyKey, data.Day))
	caseText(t, s, 80, 21)
	c := s.series.chart
	press(s, "left")
	if want := s.series.rows[len(s.series.rows)-1].at; s.cursor.UnixMilli() != want {
		t.Fatalf("the first ← goes to %s, want the newest sample", s.cursor)
	}
	for range 500 {
		was := s.cursor
		press(s, "h")
		if !s.cursor.Before(was) && s.cursor.Sub(c.From) > c.To.Sub(c.From)/time.Duration(s.plot)*2 {
			t.Fatalf("← stands still at %s", was)
		}
	}
	if far := s.cursor.Sub(c.From); far < 0 || far > c.To.Sub(c.From)/30 {
		t.Errorf("← ends %s behind the start of the window", far)
	}
	press(s, "x")
	if !s.cursor.IsZero() {
		t.Error("x leaves the cursor")
	}
	press(s, "l")
	if s.cursor.UnixMilli() != s.series.rows[0].at {
		t.Errorf("the first → goes to %s, want the oldest sample", s.cursor)
	}
	press(s, "g")
	newest := s.cursor
	press(s, "j", "down", "pgdown", "ctrl+d", "pgup", "ctrl+u", "k", "up")
	if !s.cursor.Equal(newest) {
		t.Errorf("down and up again ends at %s, not at %s", s.cursor, newest)
	}
	press(s, "G", "j")
	if s.cursor.UnixMilli() != s.series.rows[0].at {
		t.Error("G does not go to the oldest row")
	}
}

func TestCaseCursorFindsKills(t *testing.T) {
	t.Parallel()
	s, _ := caseWith(t, sawtooth(leakyKey, data.Day))
	kills := s.series.chart.Kills
	for i := range kills {
		press(s, "n")
		want := kills[len(kills)-1-i].At
		if d := want.Sub(s.cursor); d < 0 || d > 2*s.series.chart.Step {
			t.Errorf("n number %d goes to %s, the kill was at %s", i+1, s.cursor, want)
		}
	}
	first := s.cursor
	if press(s, "n"); !s.cursor.Equal(first) {
		t.Error("n goes beyond the first kill")
	}
	if press(s, "N"); !s.cursor.After(first) {
		t.Error("N does not go on to the next kill")
	}
	if out := caseText(t, s, 120, 37); !strings.Contains(out, "100% of limit 48Mi · ✗ kill") {
		t.Errorf("the read-out does not tell of the kill:\n%s", out)
	}
}

func TestCaseCursorInAGap(t *testing.T) {
	t.Parallel()
	s, _ := caseWith(t, holed(leakyKey, data.Day))
	c := s.series.chart
	s.cursor = c.From.Add(c.To.Sub(c.From) * 42 / 100)
	if out := caseText(t, s, 80, 21); !strings.Contains(out, "no sample here") {
		t.Errorf("the read-out in a gap is a number:\n%s", out)
	}
	s.cursor = c.From.Add(c.To.Sub(c.From) / 10)
	if out := caseText(t, s, 80, 21); strings.Contains(out, "no sample here") {
		t.Errorf("the read-out beside the gap is not a number:\n%s", out)
	}
}

func TestCaseDropsACursorOfAnotherWindow(t *testing.T) {
	t.Parallel()
	s, st := caseWith(t, sawtooth(leakyKey, data.Day))
	press(s, "G")
	st.Charts[ChartKey{leakyKey, data.SixHours}] = &Loaded[data.Chart]{Value: sawtooth(leakyKey, data.SixHours), At: fixedNow}
	s.Set(st)
	if s.cursor.IsZero() {
		t.Error("a new state drops the cursor")
	}
	if press(s, "["); !s.cursor.IsZero() {
		t.Error("a cursor outside of the window stays")
	}
}

func TestCaseStatistics(t *testing.T) {
	t.Parallel()
	s, st := caseWith(t, sawtooth(leakyKey, data.Day))
	out := caseText(t, s, 160, 37)
	for _, want := range []string{"now 48Mi", "max 48Mi (100% of limit)", "mean of points 31Mi", "lowest point 14Mi", "279 points, each the max of 5m", "coverage 97%", "% for p95, p99"} {
		if !strings.Contains(out, want) {
			t.Errorf("without a diagnosis there is no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "p99 4") {
		t.Error("a p99 is made of a chart's points")
	}
	d := fixtureLeak(t)
	s.Set(withDiagnosis(st, d))
	out = caseText(t, s, 160, 37)
	for _, want := range []string{"p99 47Mi", "p95 45Mi", "p50 29Mi", "mean 30Mi", "coverage 31%"} {
		if !strings.Contains(out, want) {
			t.Errorf("with a diagnosis there is no %q in\n%s", want, out)
		}
	}
	d.Usage = map[data.Window]analysis.Stats{data.Day: {}}
	if out = caseText(t, s, 160, 37); strings.Contains(out, "p99 4") {
		t.Error("statistics of no samples are shown")
	}
}

func TestCaseDrawsTheChartOnce(t *testing.T) {
	t.Parallel()
	s, st := caseWith(t, sawtooth(leakyKey, data.Day))
	f := frameOf(t, "dark", 80, 21)
	s.View(f)
	const marker = "not drawn again"
	again := func(change func()) bool {
		s.drawing = strings.Repeat(marker+"\n", 11) + marker
		change()
		return !strings.Contains(s.View(f), marker)
	}
	if again(func() { s.Set(st) }) {
		t.Error("the same state draws the chart again")
	}
	if !again(func() { f.Theme = testTheme(t, "light") }) || !again(func() { f.Width++ }) || !again(func() { f.Zone = time.FixedZone("", 3600) }) {
		t.Error("another theme, size or zone does not draw the chart again")
	}
	for name, change := range map[string]func(){
		"cursor": func() { press(s, "n") },
		"chart": func() {
			st.Charts[ChartKey{leakyKey, data.Day}] = &Loaded[data.Chart]{Value: sawtooth(leakyKey, data.Day), At: fixedNow}
			s.Set(st)
		},
		"limit": func() { s.found.Container.Resources.Limit = ptr(96 * data.Mi); s.Set(st) },
		"kill": func() {
			s.found.Container.Kills = append(s.found.Container.Kills, data.Kill{At: fixedNow.Add(-time.Second)})
			s.Set(st)
		},
	} {
		if !again(change) {
			t.Errorf("a changed %s does not draw the chart again", name)
		}
	}
}
