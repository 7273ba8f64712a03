package views

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// toolState is a state with a finished diagnosis of each class asked for, and its artifacts.
func toolState(t testing.TB, d *analysis.Diagnosis) *State {
	t.Helper()
	st := withDiagnosis(fixtureState(t), d)
	st.Artifacts = map[data.Key][]analysis.Artifact{d.Container.Key: analysis.Artifacts(d)}
	return st
}

func artifactsAt(t testing.TB, kind analysis.ArtifactKind, class analysis.Class) *ArtifactsScreen {
	t.Helper()
	d := *fixtureLeak(t)
	if class != "" {
		words, _ := analysis.CauseByName(string(class))
		d.Cause.Class, d.Cause.Title, d.Cause.Summary = class, words.Title, words.Explanation
	}
	s := NewArtifacts(d.Container.Key)
	s.Set(toolState(t, &d))
	for s.chosen != kind {
		press(s, "j")
	}
	return s
}

// profileState is a Go program whose log, figures and two profiles were read.
func profileState(t testing.TB) (*State, data.Key) {
	t.Helper()
	st := fixtureState(t)
	c := st.Board.Cases[0].Container
	c.Image = "golang:1.26"
	at := fixedNow.Add(-10 * time.Minute)
	line := func(fn data.Text, n int64, flat int64) data.ProfileLine {
		return data.ProfileLine{Function: fn, File: "/src/api/cache.go", Line: n, Flat: flat, Objects: 9, Stack: []data.Text{"api.(*Server).handle /src/api/server.go:88", "net/http.HandlerFunc.ServeHTTP /usr/local/go/src/net/http/server.go:2322"}}
	}
	first := &data.MemoryProfile{Kind: data.HeapProfile, At: at, Total: 30 << 20, Port: 6060, From: "kubectl port-forward -n shop leaky-7d9f8b6c54-x2x4q 6060:6060",
		Lines: []data.ProfileLine{line("api.(*Cache).Put", 41, 20<<20), line("bufio.NewReaderSize", 56, 10<<20)}}
	last := &data.MemoryProfile{Kind: data.HeapProfile, At: fixedNow, Total: 42 << 20, Port: 6060, From: first.From,
		Lines: []data.ProfileLine{line("api.(*Cache).Put", 41, 32<<20), line("bufio.NewReaderSize", 56, 10<<20)}}
	samples := func(v float64) data.Samples {
		var s data.Samples
		for i := range 24 {
			s.T, s.V = append(s.T, fixedNow.Add(time.Duration(i-24)*15*time.Minute).UnixMilli()), append(s.V, v*float64(i+10)/33)
		}
		return s
	}
	tail := data.LogTail{Previous: true, From: "kubectl logs -n shop leaky-7d9f8b6c54-x2x4q -c api --previous --timestamps --tail=200", Lines: []data.LogLine{
		{Text: "pool: connections=12"}, {Text: "pool: connections=40"}, {Text: "pool: connections=160"}, {Text: "request: GET /export?all=true", Cut: 9 << 20},
		{Text: "(1Ki that are no text)", Binary: true},
	}}
	mem := data.RuntimeMemory{Runtime: "go", WorkingSet: samples(46 << 20), Parts: []data.RuntimePart{
		{Name: "heap used", Samples: samples(38 << 20)}, {Name: "stacks", Samples: samples(2 << 20)}, {Name: "soft limit", Samples: samples(44 << 20), Bound: true},
	}}
	st.Profiles = map[data.Key]*Profile{c.Key: {
		Guide: analysis.ProfilingOf(&c), Log: &Loaded[data.LogTail]{Value: &tail}, Hints: analysis.LogHints(&tail), Runtime: &Loaded[data.RuntimeMemory]{Value: &mem},
		Fetched: map[data.ProfileKind]*Loaded[ProfilePair]{data.HeapProfile: {Value: &ProfilePair{First: first, Last: last, Grown: data.ProfileGrown(first, last)}}},
	}}
	return st, c.Key
}

func profileScreen(t testing.TB, change func(*Profile)) *ProfileScreen {
	t.Helper()
	st, k := profileState(t)
	if change != nil {
		change(st.Profiles[k])
	}
	s := NewProfileScreen(k)
	s.Set(st)
	return s
}

// toolScreens are the screens of tools in their states.
var toolScreens = []struct {
	name string
	make func(t testing.TB) Screen
}{
	{"artifacts/rules", func(t testing.TB) Screen { return artifactsAt(t, analysis.ArtifactRules, "") }},
	{"artifacts/hpa", func(t testing.TB) Screen { return artifactsAt(t, analysis.ArtifactHPA, "") }},
	{"artifacts/degradation", func(t testing.TB) Screen { return artifactsAt(t, analysis.ArtifactDegradation, "") }},
	{"artifacts/missing", func(t testing.TB) Screen {
		s := artifactsAt(t, analysis.ArtifactRules, "")
		s.state.Artifacts[s.key] = []analysis.Artifact{{Kind: analysis.ArtifactHPA, Title: "Horizontal autoscaler", File: "x.yaml", Missing: "it is one pod, and nothing scales it"}}
		s.chosen = analysis.ArtifactHPA
		return s
	}},
	{"artifacts/waiting", func(t testing.TB) Screen {
		s := NewArtifacts(leakyKey)
		s.Set(fixtureState(t))
		return s
	}},
	{"profile/go", func(t testing.TB) Screen { return profileScreen(t, nil) }},
	{"profile/first", func(t testing.TB) Screen {
		return profileScreen(t, func(p *Profile) { p.Fetched[data.HeapProfile].Value.Last = nil })
	}},
	{"profile/failed", func(t testing.TB) Screen {
		return profileScreen(t, func(p *Profile) {
			p.Fetched = map[data.ProfileKind]*Loaded[ProfilePair]{data.HeapProfile: {Problem: "no port serves profiles of heap: 8080: a web page answers, and no profile"}}
			p.Log = &Loaded[data.LogTail]{Problem: "cannot get pods/log: forbidden"}
			p.Runtime = &Loaded[data.RuntimeMemory]{Problem: "Prometheus does not answer"}
		})
	}},
	{"profile/waiting", func(t testing.TB) Screen {
		return profileScreen(t, func(p *Profile) {
			p.Fetched = map[data.ProfileKind]*Loaded[ProfilePair]{data.HeapProfile: {Loading: true}}
			p.Log, p.Runtime = &Loaded[data.LogTail]{Loading: true}, &Loaded[data.RuntimeMemory]{Loading: true}
		})
	}},
	{"profile/command", func(t testing.TB) Screen {
		s := profileScreen(t, nil)
		press(s, "tab", "tab")
		return s
	}},
	{"glossary/first", func(testing.TB) Screen { return NewGlossary("") }},
	{"glossary/137", func(testing.TB) Screen { return NewGlossary("137") }},
	{"glossary/working-set", func(testing.TB) Screen { return NewGlossary("working set") }},
}

func init() {
	for _, ts := range toolScreens {
		register(ts.name, func(t *testing.T) Screen { return ts.make(t) })
	}
}

func TestToolGoldens(t *testing.T) {
	t.Parallel()
	for _, ts := range toolScreens {
		t.Run(ts.name, func(t *testing.T) { everySize(t, ts.name, ts.make(t)) })
	}
}

// TestDegradationOfEachCause holds the advice of each cause, and the warning of its autoscaler, to a file.
func TestDegradationOfEachCause(t *testing.T) {
	t.Parallel()
	for _, c := range analysis.Causes() {
		for _, kind := range []analysis.ArtifactKind{analysis.ArtifactDegradation, analysis.ArtifactHPA} {
			s := artifactsAt(t, kind, c.Class)
			golden(t, "artifacts/"+string(c.Class)+"-"+string(kind), s.View(frameOf(t, "dark", 120, 37)))
		}
	}
}

func TestProfileIsReadWhole(t *testing.T) {
	t.Parallel()
	golden(t, "profile/whole", profileScreen(t, nil).View(frameOf(t, "dark", 100, 110)))
}

func TestArtifactsKeys(t *testing.T) {
	t.Parallel()
	s := artifactsAt(t, analysis.ArtifactRules, "")
	if i, ok := press(s, "y").(Copy); !ok || !strings.Contains(i.Text.String(), "kind: PrometheusRule\n") {
		t.Errorf("%#v", i)
	}
	if i, ok := press(s, "s").(SaveExport); !ok || i.Name != "leaky-api-rules.yaml" || len(i.Text) < 20 {
		t.Errorf("%#v", i)
	}
	if i, ok := press(s, "Y").(Copy); !ok || !strings.HasPrefix(i.Text.String(), "kubectl apply --dry-run=server -f leaky-api-rules.yaml") {
		t.Errorf("%#v", i)
	}
	press(s, "k")
	if s.chosen != analysis.ArtifactDegradation {
		t.Errorf("before the first stands %s", s.chosen)
	}
	if i, ok := press(s, "Y").(Say); !ok {
		t.Errorf("%#v", i)
	}
	st := s.state
	st.Artifacts[s.key] = []analysis.Artifact{{Kind: analysis.ArtifactDegradation, Title: "x", File: "x.md", Missing: "it is one pod"}}
	for _, k := range []string{"y", "s"} {
		if i, ok := press(s, k).(Say); !ok || !strings.Contains(i.Text.String(), "it is one pod") {
			t.Errorf("%s: %#v", k, i)
		}
	}
	empty := NewArtifacts(leakyKey)
	empty.Set(fixtureState(t))
	if i := press(empty, "y", "s", "j"); i != nil {
		t.Errorf("%#v", i)
	}
}

func TestProfileKeys(t *testing.T) {
	t.Parallel()
	s := profileScreen(t, nil)
	if i := press(s, "h"); i != (FetchProfile{Key: s.key, Kind: data.HeapProfile}) {
		t.Errorf("%#v", i)
	}
	if i := press(s, "o"); i != (FetchProfile{Key: s.key, Kind: data.GoroutineProfile}) {
		t.Errorf("%#v", i)
	}
	if i, ok := press(s, "y").(Copy); !ok || !strings.Contains(i.Text.String(), "--subresource resize") {
		t.Errorf("%#v", i)
	}
	if i, ok := press(s, "tab", "tab", "y").(Copy); !ok || !strings.Contains(i.Text.String(), "heap-1.pb.gz") {
		t.Errorf("%#v", i)
	}
	if i := press(s, "r"); i != (OpenProfile{Key: s.key}) {
		t.Errorf("%#v", i)
	}
	busy := profileScreen(t, func(p *Profile) { p.Fetched[data.HeapProfile].Loading = true })
	if i, ok := press(busy, "h").(Say); !ok {
		t.Errorf("a second fetch: %#v", i)
	}
	java := profileScreen(t, func(p *Profile) { p.Guide.Runtime, p.Runtime = "java", nil })
	if i, ok := press(java, "h").(Say); !ok {
		t.Errorf("a Go profile of a JVM: %#v", i)
	}
}

func TestProfileNamesTheLeak(t *testing.T) {
	t.Parallel()
	text := ansi.Strip(profileScreen(t, nil).View(frameOf(t, "dark", 120, 80)))
	for _, want := range []string{"Grew most within 10m: api.(*Cache).Put by 12Mi", "/src/api/cache.go:41", "called by api.(*Server).handle", "+12Mi", "72Mi/h",
		"connections rose from 12 to 160", "… 9Mi more", "The heap is 83% of the working set"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	same := profileScreen(t, func(p *Profile) {
		pair := *p.Fetched[data.HeapProfile].Value
		pair.Grown = nil
		p.Fetched[data.HeapProfile] = &Loaded[ProfilePair]{Value: &pair}
	})
	if text := ansi.Strip(same.View(frameOf(t, "dark", 120, 80))); !strings.Contains(text, "Nothing grew within 10m") {
		t.Errorf("nothing grew, and it is not said:\n%s", text)
	}
}

func TestGlossaryKeys(t *testing.T) {
	t.Parallel()
	s := NewGlossary("request")
	if s.terms[s.at].Name != "request" {
		t.Errorf("at %s", s.terms[s.at].Name)
	}
	if i, ok := press(s, "y").(Copy); !ok || !strings.Contains(i.Text.String(), "requests.memory") {
		t.Errorf("%#v", i)
	}
	press(s, "G", "j")
	if s.at != len(s.terms)-1 {
		t.Errorf("beyond the end: %d", s.at)
	}
	press(s, "g", "k")
	if s.at != 0 {
		t.Errorf("before the start: %d", s.at)
	}
}
