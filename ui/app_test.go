package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

func TestListShowsKillsAndOpensTheCase(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.sees("OOMKilled 1", "database", "postgres", "512Mi", "live", "metrics")
	d.press("enter")
	if len(d.metrics.charts) != 1 || d.metrics.charts[0].Window != data.Day {
		t.Fatalf("charts asked for: %v, want the day's", d.metrics.charts)
	}
	d.sees("24h", "512Mi")
	d.press("esc")
	d.sees("OOMKilled 1")
}

func TestANewKillAppears(t *testing.T) {
	d := drive(t, nil)
	d.seesNot("database-0")
	d.put(oomKilled("database-0", 0))
	d.changed()
	d.sees("OOMKilled 1", "postgres")
}

func TestWaitForBellTakesTheNewestSnapshotOnce(t *testing.T) {
	d := drive(t, nil)
	for range 50 {
		d.put(oomKilled("database-0", 0))
	}
	m := d.app.waitForBell()()
	h, ok := m.(heard)
	if !ok || len(h.board.Cases) != 1 {
		t.Fatalf("got %T with %v", m, h.board)
	}
	select {
	case <-d.store.Bell():
		t.Error("the bell rang again without a change")
	default:
	}
}

func TestAStaleWatchIsMarkedAndTheListStays(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.store.SetHealth("", data.Stale, "connection refused")
	d.changed()
	d.sees("stale", "connection refused", "postgres")
	d.store.SetHealth("", data.Live, "")
	d.changed()
	d.sees("live")
	d.seesNot("connection refused")
}

func TestWithoutPrometheusEverythingElseWorks(t *testing.T) {
	d := drive(t, func(o *Options) { o.Metrics, o.MetricsProblem = nil, "no Prometheus is configured" }, oomKilled("database-0", time.Minute))
	d.sees("no metrics", "postgres")
	d.press("d")
	if l := d.app.state.Diagnoses[d.key()]; l == nil || l.Value == nil || l.Loading {
		t.Fatalf("no diagnosis without metrics: %+v", l)
	}
	d.press("f")
	d.sees("Apply")
}

func TestPrometheusThatFailsIsNamedAndTriedAgain(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.metrics.down = "503: overloaded"
	d.run(d.app.probe())
	d.sees("503: overloaded")
	d.metrics.down = ""
	d.pass(probeEvery + time.Second)
	d.seesNot("503: overloaded")
	if d.metrics.asked == 0 {
		t.Error("the sparklines were not read once Prometheus was back")
	}
}

func TestChartsThatFailCanBeReadAgain(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.metrics.chartErr = errors.New("422: too many samples")
	d.press("enter")
	d.sees("too many samples")
	d.metrics.chartErr = nil
	d.press("r")
	d.seesNot("too many samples")
}

func TestChildKillsAreFetchedAndListed(t *testing.T) {
	c := oomKilled("child-1", time.Hour)
	c.Kills, c.Last, c.Restarts = nil, nil, 0
	d := drive(t, nil)
	d.cluster.pod = data.Pod{Key: c.PodKey(), Containers: []data.Container{c}}
	d.metrics.children = []data.ChildKill{{Namespace: "data", Pod: "child-1", Container: "postgres", Count: 3, From: "increase(container_oom_events_total[1d])"}}
	d.run(d.app.lookForChildren())
	d.changed()
	d.sees("OOMKilled 1", "child")
}

func TestChildKillsOutsideTheNamespaceAreLeftOut(t *testing.T) {
	d := drive(t, func(o *Options) { o.Where.Namespaces = []data.Text{"shop"} })
	d.metrics.children = []data.ChildKill{{Namespace: "data", Pod: "child-1", Container: "c", Count: 1}}
	d.run(d.app.lookForChildren())
	if len(d.cluster.fetched) != 0 {
		t.Errorf("fetched %v", d.cluster.fetched)
	}
}

func TestEveryFrameIsWholeAtEverySize(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	walks := [][]string{nil, {"enter"}, {"d"}, {"f"}, {"esc"}, {"?"}}
	for _, keys := range walks {
		d.press(keys...)
		for _, size := range [][2]int{{40, 12}, {60, 15}, {80, 24}, {120, 40}, {200, 50}, {300, 100}} {
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			lines := strings.Split(d.screen(), "\n")
			if len(lines) != size[1] {
				t.Errorf("after %v at %v: %d lines", keys, size, len(lines))
			}
			for _, l := range lines {
				if w := views.Width(l); w > size[0] {
					t.Errorf("after %v at %v: a line of %d cells: %q", keys, size, w, l)
				}
			}
		}
	}
}

func TestTooSmallATerminalSaysHowMuchIsNeeded(t *testing.T) {
	d := drive(t, nil)
	d.send(tea.WindowSizeMsg{Width: 30, Height: 8})
	d.sees("needs 40x12", "30x8")
	d.send(tea.WindowSizeMsg{Width: 1, Height: 1})
	if w := views.Width(d.screen()); w > 1 {
		t.Errorf("%d cells at 1x1", w)
	}
}

func TestKeysOfTheApp(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("?")
	d.sees("Everywhere", "quit")
	d.press("esc")
	d.seesNot("Everywhere")
	d.press("T")
	d.sees("› Theme", "high-contrast")
	d.press("esc")
	if d.quit {
		t.Fatal("esc on the first screen quit the program")
	}
	d.press("q")
	if !d.quit {
		t.Error("q did not quit")
	}
}

func TestLettersAreTextWhileTyping(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("/", "q", "f", "?")
	if d.quit || len(d.app.stack) != 1 || d.app.help {
		t.Error("a letter of the filter was taken for a key")
	}
	d.press("ctrl+c")
	if !d.quit {
		t.Error("ctrl+c must quit from anywhere")
	}
}

func TestANewKillRenewsTheDiagnosis(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Hour))
	d.press("d")
	before := d.app.state.Diagnoses[d.key()].Value
	d.put(oomKilled("database-0", time.Second))
	d.changed()
	after := d.app.state.Diagnoses[d.key()].Value
	if !after.Confirmation.LastKillAt.After(before.Confirmation.LastKillAt) {
		t.Error("the diagnosis does not know of the new kill")
	}
}

// key is the container of the first case.
func (d *driver) key() data.Key {
	d.t.Helper()
	if len(d.app.state.Board.Cases) == 0 {
		d.t.Fatal("no case")
	}
	return d.app.state.Board.Cases[0].Container.Key
}

func TestPastedTextIsTypedAndNothingElse(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.send(tea.PasteMsg{Content: "q"})
	if d.quit {
		t.Fatal("pasted text was taken for keys")
	}
	d.press("/")
	d.send(tea.PasteMsg{Content: "data\x1b[2J\n"})
	d.sees("/data")
	if len(d.app.stack) != 1 || d.quit {
		t.Error("pasted text left the list")
	}
}

func TestADiagnosisIsOpenedOnce(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("d")
	d.run(d.app.do(views.OpenDiagnosis{Key: d.key()}))
	if n := len(d.app.stack); n != 2 {
		t.Errorf("%d screens on the stack, want 2", n)
	}
}

func TestAYoungPodOpensWithAShortWindow(t *testing.T) {
	for _, tc := range []struct {
		age  time.Duration
		want data.Window
	}{{10 * time.Minute, data.Hour}, {time.Hour, data.SixHours}, {7 * time.Hour, data.Day}, {90 * 24 * time.Hour, data.Day}} {
		c := oomKilled("database-0", time.Minute)
		c.PodCreated = start.Add(-tc.age)
		d := drive(t, nil, c)
		d.press("enter")
		if got := d.metrics.charts[0].Window; got != tc.want {
			t.Errorf("a pod of %s opens with %s, want %s", tc.age, got, tc.want)
		}
	}
}
