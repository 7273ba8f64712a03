package views

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

func TestKillsScopeIsAWord(t *testing.T) {
	t.Parallel()
	for _, sz := range goldenSizes {
		out := shown(t, killsWith(t, nil), sz.width, sz.height)
		for _, word := range []string{"child", "startup", "node", "pod"} {
			if !strings.Contains(out, word) {
				t.Errorf("%s: no row says %q:\n%s", sz.name, word, out)
			}
		}
	}
}

func TestKillCount(t *testing.T) {
	t.Parallel()
	counts := analysis.KillCounts{Day: ptr(2), Week: ptr(5)}
	for _, c := range []struct {
		since   time.Duration
		counts  analysis.KillCounts
		atLeast bool
		want    string
	}{
		{24 * time.Hour, counts, false, "2"}, {time.Hour, counts, false, "2"}, {7 * 24 * time.Hour, counts, false, "5"},
		{30 * 24 * time.Hour, counts, false, "?"}, {24 * time.Hour, counts, true, "2+"}, {24 * time.Hour, analysis.KillCounts{}, true, "?"},
		{24 * time.Hour, analysis.KillCounts{Day: ptr(0)}, false, "0"},
	} {
		s := &Kills{board: &Board{Since: c.since}}
		if got := s.killCount(&analysis.Confirmation{Kills: c.counts, AtLeast: c.atLeast}); got != c.want {
			t.Errorf("%v of %v is %q, want %q", c.since, c.counts, got, c.want)
		}
	}
}

func TestKillsMarksFreshKills(t *testing.T) {
	t.Parallel()
	th := testTheme(t, "dark")
	bad := penOf(th.Bad)
	for _, c := range []struct {
		ago  time.Duration
		want bool
	}{{59 * time.Second, true}, {60 * time.Second, false}, {time.Hour, false}} {
		s := killsWith(t, func(b *Board) {
			b.Cases[1].Confirmation.LastKillAt = fixedNow.Add(-c.ago)
			b.Cases = b.Cases[:2]
		})
		out := s.View(frameOf(t, "dark", 80, 21))
		if got := strings.Contains(out, bad.ink(PadLeft(Span(c.ago), 5))); got != c.want {
			t.Errorf("a kill %v ago is marked: %v, want %v", c.ago, got, c.want)
		}
	}
}

// TestKillsSelectedRowWithoutColour looks for the cursor's sign in every theme, as colour may be off.
func TestKillsSelectedRowWithoutColour(t *testing.T) {
	t.Parallel()
	for _, theme := range []string{"dark", "light", "mono", "plain", "ansi"} {
		th := testTheme(t, theme)
		found := 0
		for i, l := range strings.Split(killsWith(t, nil, "j").View(frameOf(t, theme, 80, 21)), "\n") {
			if plain := ansi.Strip(l); i > 0 && strings.HasPrefix(plain, th.Glyphs.Cursor+" ") {
				found++
				if !strings.Contains(plain, " database ") || Width(l) != 80 {
					t.Errorf("%s: the marked row is %q of %d cells", theme, plain, Width(l))
				}
			}
		}
		if found != 1 {
			t.Errorf("%s: %d rows are marked, want 1", theme, found)
		}
	}
}

func TestKillsNotes(t *testing.T) {
	t.Parallel()
	stale := data.Health{State: data.Stale, Since: fixedNow.Add(-12 * time.Second), Problem: "dial tcp: connection refused"}
	for _, c := range []struct {
		name   string
		change func(*Board)
		want   string
		not    string
	}{
		{"live", nil, "OOMKilled 7", "! "},
		{"stale", func(b *Board) { b.Health = stale }, "! API server unreachable for 12s. The list is as of 03:11:48; retrying: dial tcp: connection refused", "No memory"},
		{"gap", func(b *Board) { b.Gaps = []data.Gap{{What: "events in shop", Why: "forbidden"}} }, "! 1 thing could not be read: events in shop (forbidden)", "things"},
		{"no metrics", func(b *Board) { b.Metrics = Metrics{Checked: true} }, "! No memory history: no Prometheus is configured", "unreachable"},
		{"not asked yet", func(b *Board) { b.Metrics = Metrics{} }, "OOMKilled 7", "No memory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out := shown(t, killsWith(t, c.change), 200, 47)
			first, _, _ := strings.Cut(out, "\n")
			if !strings.Contains(first, c.want) || strings.Contains(first, c.not) {
				t.Errorf("the first line is %q, want %q and not %q", first, c.want, c.not)
			}
		})
	}
}

func TestKillsUnknownsAreNotZeros(t *testing.T) {
	t.Parallel()
	s := killsWith(t, func(b *Board) {
		c := b.Cases[0]
		*c = analysis.Case{Container: data.Container{Key: leakyKey}, Overview: data.Overview{Spark: []float64{math.NaN()}}}
		b.Cases = b.Cases[:1]
	})
	out := shown(t, s, 120, 37)
	rowLine := strings.Split(out, "\n")[2]
	if strings.Count(rowLine, "?") < 4 || strings.Contains(rowLine, "0%") {
		t.Errorf("an unknown age, state, count and share must be question marks: %q", rowLine)
	}
	if !strings.Contains(rowLine, "pod/leaky") {
		t.Errorf("a case without a workload must show its pod: %q", rowLine)
	}
	if !strings.Contains(out, "at an unknown time") || !strings.Contains(out, "exit ?") {
		t.Errorf("the detail must say what is unknown:\n%s", out)
	}
}

// TestKillsHostileText draws names that are wide, long, or look like markup.
func TestKillsHostileText(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"名前名前名前名前名前名前名前名前名前名前名前", strings.Repeat("a", 253), "e\u0301\u0301e\u0301", "\x1b[31mred\x1b[0m", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦"} {
		clean := data.Clean(name)
		s := killsWith(t, func(b *Board) {
			c := &b.Cases[0].Container
			c.Key.Namespace, c.Key.Pod, c.Key.Container, c.Node, c.Workload.Name = clean, clean, clean, clean, clean
			b.Cases[0].Confirmation.Why = clean
			b.Health = data.Health{State: data.Stale, Since: fixedNow, Problem: clean}
		})
		for _, sz := range fitSizes {
			f := frameOf(t, "dark", sz.width, sz.height)
			checkFits(t, f, s.View(f))
		}
	}
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestKillsEmptyStatesSayWhatToPress(t *testing.T) {
	t.Parallel()
	for _, st := range killStates {
		s := killsWith(t, st.change, st.keys...)
		if _, ok := s.Selected(); ok {
			continue
		}
		out := shown(t, s, 80, 21)
		if !strings.Contains(out, "tab shows") && !strings.Contains(out, "q quits") && !strings.Contains(out, "esc clears") && st.name != "stale-empty" {
			t.Errorf("%s does not say what to press:\n%s", st.name, out)
		}
	}
	if out := shown(t, killsWith(t, func(b *Board) {
		b.Cases, b.Gaps = nil, []data.Gap{{What: "pods in shop", Why: "forbidden"}}
	}), 80, 21); strings.Contains(out, "No container was OOMKilled") {
		t.Errorf("with parts unread the list must not claim that nothing was killed:\n%s", out)
	}
}

// The two benchmarks hold a list of 10,000 rows; a millisecond each is what a key press may take.
func BenchmarkKillsView(b *testing.B) {
	s := killsWith(b, func(bo *Board) { bo.Cases = manyCases(10000) }, "G")
	f := frameOf(b, "dark", 200, 47)
	b.ReportAllocs()
	for b.Loop() {
		_ = s.View(f)
	}
}

func BenchmarkKillsPress(b *testing.B) {
	for _, keys := range [][]string{{"j", "k"}, {"/", "s", "backspace", "esc"}, {"s"}} {
		b.Run(fmt.Sprint(keys), func(b *testing.B) {
			s := killsWith(b, func(bo *Board) { bo.Cases = manyCases(10000) })
			for b.Loop() {
				press(s, keys...)
			}
		})
	}
}
