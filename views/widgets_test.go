package views

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

func TestSparkCells(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, c := range []struct {
		name  string
		steps []float64
		top   float64
		w     int
		want  []sparkCell
	}{
		{"full block is the limit", []float64{100}, 100, 5, []sparkCell{7}},
		{"above the limit is full too", []float64{250}, 100, 5, []sparkCell{7}},
		{"just below full", []float64{87}, 100, 5, []sparkCell{6}},
		{"half", []float64{50, 51}, 100, 5, []sparkCell{3, 4}},
		{"a little shows", []float64{0.1, 0}, 100, 5, []sparkCell{0, 0}},
		{"gaps", []float64{nan, 100, math.Inf(1)}, 100, 5, []sparkCell{sparkGap, 7, sparkGap}},
		{"the highest of two", []float64{10, 100, 20, nan}, 100, 2, []sparkCell{7, 1}},
		{"all steps count when they do not divide", []float64{1, 1, 100, 1, 1}, 100, 2, []sparkCell{0, 7}},
		{"no limit and no memory", []float64{0}, 0, 5, []sparkCell{sparkGap}},
		{"no steps", nil, 100, 5, []sparkCell{}},
		{"no room", []float64{1}, 100, 0, []sparkCell{}},
		{"less than no room", []float64{1}, 100, -3, []sparkCell{}},
	} {
		if got := sparkCells(c.steps, c.top, c.w); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestMarkKills(t *testing.T) {
	t.Parallel()
	const span = 4 * time.Hour
	for _, c := range []struct {
		name string
		ago  time.Duration
		want int // the marked cell of four; -1 is none
	}{
		{"now", 0, 3}, {"within the last hour", 59 * time.Minute, 3}, {"the hour before", time.Hour, 2}, {"the oldest", span - time.Second, 0},
		{"too old", span, -1}, {"in the future", -time.Second, -1},
	} {
		cells := make([]sparkCell, 4)
		markKills(cells, []data.Kill{{At: fixedNow.Add(-c.ago)}}, fixedNow, span)
		if got := slices.Index(cells, sparkKill); got != c.want {
			t.Errorf("%s: cell %d, want %d", c.name, got, c.want)
		}
	}
	markKills(nil, []data.Kill{{At: fixedNow}}, fixedNow, span) // must not fall over
	markKills(make([]sparkCell, 2), []data.Kill{{At: fixedNow}}, fixedNow, 0)
}

func TestSparkTop(t *testing.T) {
	t.Parallel()
	steps := []float64{3, math.NaN(), 9, math.Inf(1)}
	if got := sparkTop(ptr(int64(50)), steps); got != 50 {
		t.Errorf("with a limit %v, want 50", got)
	}
	if got := sparkTop(nil, steps); got != 9 {
		t.Errorf("without a limit %v, want the highest step, 9", got)
	}
	if got := sparkTop(ptr(int64(0)), nil); got != 0 {
		t.Errorf("without anything %v, want 0", got)
	}
}

func TestDrawSparkIsOneStrokeARun(t *testing.T) {
	t.Parallel()
	g := testTheme(t, "dark").Glyphs
	p := sparkPens{pen{"<u>", "</u>"}, pen{"<k>", "</k>"}, pen{"<g>", "</g>"}}
	if got, want := drawSpark([]sparkCell{0, 7, sparkKill, sparkKill, sparkGap, 3}, &g, p), "<u>▁█</u><k>✗✗</k><g> </g><u>▄</u>"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestUsageBar(t *testing.T) {
	t.Parallel()
	th := testTheme(t, "plain")
	for _, c := range []struct {
		share *float64
		w     int
		want  string
	}{
		{ptr(0.0), 4, "...."}, {ptr(0.01), 4, "#..."}, {ptr(0.5), 4, "##.."}, {ptr(0.99), 4, "###."}, {ptr(1.0), 4, "####"}, {ptr(1.7), 4, "####"},
		{ptr(-1.0), 4, "...."}, {nil, 4, "...."}, {ptr(math.NaN()), 4, "...."}, {ptr(0.5), 0, ""}, {ptr(0.5), 1, "#"},
	} {
		if got := ansi.Strip(UsageBar(th, c.share, c.w)); got != c.want {
			t.Errorf("UsageBar(%s, %d) = %q, want %q", Percent(c.share), c.w, got, c.want)
		}
	}
	if UsageBar(testTheme(t, "dark"), ptr(0.96), 4) == UsageBar(testTheme(t, "dark"), ptr(0.9), 4) {
		t.Error("near the limit and at the limit look the same")
	}
}

func TestShareSeverity(t *testing.T) {
	t.Parallel()
	th := testTheme(t, "dark")
	for _, c := range []struct {
		share *float64
		want  string
	}{{nil, "unknown"}, {ptr(0.849), "below the limit"}, {ptr(0.85), "near the limit"}, {ptr(0.949), "near the limit"}, {ptr(0.95), "at the limit"}, {ptr(1.2), "at the limit"}} {
		if got := shareSeverity(th, c.share).word; got != c.want {
			t.Errorf("%s is %q, want %q", Percent(c.share), got, c.want)
		}
	}
}

// TestSeveritiesDifferInWordAndSign holds every state apart without colour.
func TestSeveritiesDifferInWordAndSign(t *testing.T) {
	t.Parallel()
	for _, name := range themes.Names() {
		th := testTheme(t, name)
		words, signs := map[string]bool{}, map[string]bool{}
		for _, s := range []data.RunState{data.Running, data.CrashLooping, data.Waiting, data.Completed, data.Gone, data.Unknown} {
			sev := stateSeverity(th, s)
			if words[sev.word] || signs[sev.glyph] || Width(sev.glyph) != 1 {
				t.Errorf("%s: %s is %q %q, as another state is", name, s, sev.word, sev.glyph)
			}
			words[sev.word], signs[sev.glyph] = true, true
		}
	}
}

func TestScopeWords(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range []analysis.Scope{analysis.ScopePod, analysis.ScopeNode, analysis.ScopeChild, analysis.ScopeStartup, analysis.ScopeUnknown} {
		w := scopeWord(s)
		if w == "" || len(w) > 7 || seen[w] || scopeText(s) == "" {
			t.Errorf("scope %s has the word %q", s, w)
		}
		seen[w] = true
	}
	if scopeWord(analysis.ScopeContainer) != "" {
		t.Error("the container's own limit is the rule and needs no word")
	}
}

func TestFitColumns(t *testing.T) {
	t.Parallel()
	all := []column{
		{id: "a", min: 5, gap: 1, order: 1}, {id: "b", min: 10, want: 30, gap: 1, order: 0}, {id: "c", min: 5, want: 10, gap: 2, order: 2},
		{id: "d", min: 4, gap: 1, order: 3},
	}
	for _, c := range []struct {
		w    int
		want string
	}{
		{5, ""}, {6, "a"}, {17, "b a"}, {23, "b a"}, {24, "b a c"}, {30, "b a c"}, {36, "b a c d"}, {100, "b a c d"},
	} {
		cols := fitColumns(slices.Clone(all), 3, c.w)
		var ids []string
		used := 0
		for _, col := range cols {
			ids = append(ids, col.id)
			used += col.gap + col.min
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("in %d cells: %q, want %q", c.w, got, c.want)
		}
		if used > c.w {
			t.Errorf("in %d cells the columns take %d", c.w, used)
		}
	}
	wide := fitColumns(slices.Clone(all), 3, 100)
	if wide[0].min != 30 || wide[2].min != 10 || wide[1].min != 5 {
		t.Errorf("with room for all, widths are %d %d %d, want 30 5 10", wide[0].min, wide[1].min, wide[2].min)
	}
}

// TestPen holds the pen to what Render writes.
func TestPen(t *testing.T) {
	t.Parallel()
	for _, name := range themes.Names() {
		th := testTheme(t, name)
		for _, st := range []struct {
			name string
			got  string
			want string
		}{
			{"bad", penOf(th.Bad).ink("ab c"), Render(th.Bad, "ab c")},
			{"text", penOf(th.Text).ink("ab c"), Render(th.Text, "ab c")},
			{"chosen", penOf(onRow(th.Warn, th.Selected)).ink("ab c"), Render(onRow(th.Warn, th.Selected), "ab c")},
			{"nothing", penOf(th.Bad).ink(""), ""},
		} {
			if st.got != st.want {
				t.Errorf("%s: %s is %q, want %q", name, st.name, st.got, st.want)
			}
		}
	}
}
