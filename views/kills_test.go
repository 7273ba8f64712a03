package views

import (
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// killsWith returns the list over a state that change has altered, after some keys.
func killsWith(t testing.TB, change func(*Board), keys ...string) *Kills {
	t.Helper()
	st := fixtureState(t)
	if change != nil {
		change(st.Board)
	}
	s := NewKills()
	s.Set(st)
	press(s, keys...)
	return s
}

// killStates are the states of the list that are drawn for comparison.
var killStates = []struct {
	name   string
	change func(*Board)
	keys   []string
}{
	{"live", nil, []string{"j"}},
	{"not-oom", nil, []string{"tab"}},
	{"filtered", nil, []string{"/", "s", "h", "o", "p", "enter"}},
	{"typing", nil, []string{"/", "n", "s", ":", "s"}},
	{"no-match", nil, []string{"/", "z", "z"}},
	{"connecting", func(b *Board) {
		b.Cases, b.Ruled, b.Health = nil, nil, data.Health{State: data.Connecting, Since: fixedNow}
	}, nil},
	{"refused", func(b *Board) {
		b.Cases, b.Ruled = nil, nil
		b.Health = data.Health{State: data.Connecting, Since: fixedNow, Problem: "dial tcp 10.0.0.1:6443: connect: connection refused"}
	}, nil},
	{"healthy", func(b *Board) { b.Cases = nil }, nil},
	{"nothing-ruled", func(b *Board) { b.Ruled = nil }, []string{"2"}},
	{"stale", func(b *Board) {
		b.Health = data.Health{State: data.Stale, Since: fixedNow.Add(-12 * time.Second), Problem: "dial tcp 10.0.0.1:6443: connect: connection refused"}
	}, nil},
	{"stale-empty", func(b *Board) {
		b.Cases, b.Ruled = nil, nil
		b.Health = data.Health{State: data.Stale, Since: fixedNow.Add(-26 * time.Hour), Problem: "net/http: TLS handshake timeout"}
	}, nil},
	{"gaps", func(b *Board) {
		b.Gaps = []data.Gap{{What: "events in namespace shop", Why: "forbidden"}, {What: "owners of pods in batch", Why: "forbidden"}}
	}, nil},
	{"no-metrics", func(b *Board) {
		b.Metrics = Metrics{Checked: true, Problem: "no Prometheus was found in the cluster: name one with --prometheus"}
		for i := range b.Cases {
			b.Cases[i].Overview, b.Cases[i].Near = data.Overview{}, nil
		}
	}, nil},
	{"groups", withGroups, nil},
	{"groups-open", withGroups, []string{"enter", "j"}},
	{"groups-flat", withGroups, []string{"w"}},
	{"hundreds", func(b *Board) { b.Cases = manyCases(300) }, []string{"G"}},
}

func init() {
	for _, st := range killStates {
		register("kills/"+st.name, func(t *testing.T) Screen { return killsWith(t, st.change, st.keys...) })
	}
	register("kills/unset", func(*testing.T) Screen { return NewKills() })
}

func TestKillsGoldens(t *testing.T) {
	t.Parallel()
	for _, st := range killStates {
		t.Run(st.name, func(t *testing.T) {
			t.Parallel()
			everySize(t, "kills/"+st.name, killsWith(t, st.change, st.keys...))
		})
	}
}

// withGroups has a workload of three killed pods, one of them gone and known from metrics alone, one with an injected
// sidecar as well.
func withGroups(b *Board) {
	at := func(pod string, ago time.Duration, kills int) analysis.Case {
		r := fixtureRows[0]
		r.key, r.ago, r.kills = fixtureKey("shop", data.Text("leaky-7d9f8b6c54-"+pod), "api"), ago, kills
		return r.build()
	}
	gone := at("gone1", 3*time.Hour, 2)
	gone.Container.State, gone.Confirmation.State, gone.Container.Known = data.Gone, data.Gone, data.KnownFromMetrics
	gone.Near = nil
	proxy := at("p9p9p", 26*time.Minute, 1)
	proxy.Container.Key.Container = "istio-proxy"
	proxy.Container.Workload.InTemplate, proxy.Container.Workload.Top = []data.Text{"api"}, "fleet/shop"
	b.Cases = append(b.Cases[:1:1], append(casesOf(at("p9p9p", 25*time.Minute, 4), proxy, gone), b.Cases[1:]...)...)
	b.Reach = map[data.KnownFrom]time.Time{data.KnownFromMetrics: fixedNow.Add(-9 * 24 * time.Hour)}
}

// manyCases are n cases, newest first, in 7 namespaces.
func manyCases(n int) []*analysis.Case {
	out := make([]analysis.Case, 0, n)
	for i := range n {
		r := fixtureRows[i%len(fixtureRows)]
		r.key = fixtureKey(data.Textf("team-%d", i%7), data.Textf("%s-%d", r.workload, i), r.key.Container)
		r.ago, r.kills, r.workload = time.Duration(i)*time.Second, 1+i%40, data.Textf("%s-%d", r.workload, i)
		out = append(out, r.build())
	}
	return casesOf(out...)
}

// shown returns the list's text, escape sequences left out.
func shown(t testing.TB, s Screen, w, h int) string {
	t.Helper()
	return ansi.Strip(s.View(frameOf(t, "dark", w, h)))
}

func selected(t testing.TB, s *Kills) data.Key {
	t.Helper()
	k, ok := s.Selected()
	if !ok {
		t.Fatal("nothing is selected")
	}
	return k
}
