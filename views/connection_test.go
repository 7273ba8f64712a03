package views

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/data"
)

// threeCandidates are one in use, one refused and one that was left alone.
func threeCandidates() *State {
	found := data.MetricsFound{Version: "3.5.0", Retention: "15d", Reach: 15 * 24 * time.Hour, ScrapeInterval: 30 * time.Second}
	return &State{Connections: &Connections{
		Candidates: []data.Candidate{
			{Name: "monitoring/prometheus-operated:web", Kind: "Prometheus", Address: "http://prometheus-operated.monitoring.svc:9090", Via: "service proxy",
				State: data.Accepted, Used: true, Answer: "speaks PromQL, version 3.5.0", Why: "it answers and has the memory of containers", Has: found,
				Missing: []data.Gap{{What: "kills of child processes", Why: "no container_oom_events_total"}}},
			{Name: "thanos/thanos-query:http", Kind: "Thanos", Address: "http://thanos-query.thanos.svc:9090", Via: "service proxy", State: data.Accepted, Why: "it answers"},
			{Name: "grafana/prometheus:http", Kind: "Prometheus", Address: "http://prometheus.grafana.svc:80", Via: "service proxy", State: data.Refused,
				Why: "a web page answers instead of the Prometheus API: a login page, or a wrong address", Next: "give the address of Prometheus itself"},
		},
		Gaps: []data.Gap{{What: "services in namespace kube-system", Why: "forbidden"}},
	}}
}

func connectionWith(st *State) *ConnectionScreen {
	s := NewConnection()
	s.Set(st)
	return s
}

// connectionStates are the screen's states.
var connectionStates = []struct {
	name string
	make func() *ConnectionScreen
}{
	{"three", func() *ConnectionScreen { return connectionWith(threeCandidates()) }},
	{"refused", func() *ConnectionScreen {
		s := connectionWith(threeCandidates())
		press(s, "j", "j")
		return s
	}},
	{"none", func() *ConnectionScreen { return connectionWith(&State{Connections: &Connections{}}) }},
	{"looking", func() *ConnectionScreen {
		return connectionWith(&State{Connections: &Connections{Searching: true}})
	}},
}

func init() {
	for _, cs := range connectionStates {
		register("connection/"+cs.name, func(*testing.T) Screen { return cs.make() })
	}
}

func TestConnectionGoldens(t *testing.T) {
	t.Parallel()
	for _, cs := range connectionStates {
		t.Run(cs.name, func(t *testing.T) { everySize(t, "connection/"+cs.name, cs.make()) })
	}
}

func TestConnectionKeys(t *testing.T) {
	t.Parallel()
	s := connectionWith(threeCandidates())
	if i, ok := press(s, "enter").(Say); !ok || !strings.Contains(i.Text.String(), "already") {
		t.Errorf("%#v", i)
	}
	if i := press(s, "j", "enter"); i != (UseConnection{Name: "thanos/thanos-query:http"}) {
		t.Errorf("%#v", i)
	}
	if i, ok := press(s, "j", "j", "enter").(Say); !ok || !strings.Contains(i.Text.String(), "can't be asked: a web page") {
		t.Errorf("%#v", i)
	}
	if i := press(s, "r"); i != (FindConnections{}) {
		t.Errorf("%#v", i)
	}
	// The cursor stays on its candidate when the list changes.
	st := threeCandidates()
	st.Connections.Candidates = st.Connections.Candidates[2:]
	s.Set(st)
	if c := s.current(); c == nil || c.Name != "grafana/prometheus:http" {
		t.Errorf("%+v", c)
	}
	empty := NewConnection()
	if i := press(empty, "j", "enter"); i != nil {
		t.Errorf("%#v", i)
	}
}

func TestConnectionTellsAll(t *testing.T) {
	t.Parallel()
	text := ansi.Strip(connectionWith(threeCandidates()).View(frameOf(t, "dark", 120, 37)))
	for _, want := range []string{"in use", "usable", "refused", "samples from 15 days ago on, set to keep 15d", "every 30s", "service proxy",
		"without kills of child processes: no container_oom_events_total", "services in namespace kube-system: forbidden"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
