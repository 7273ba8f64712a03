package prom

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/oomedic/oomedic/data"
)

func TestPodPattern(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 50)
	longer := strings.Repeat("n", 70)
	for _, c := range []struct {
		kind, name string
		yes, no    []string
	}{
		{"Deployment", "api", []string{"api-7d9f8b6c5-x2bcd", "api-5c9-zzzzz"}, []string{"api-web-7d9f8b6c5-x2bcd", "api-0", "api", "xapi-7d9f8b6c5-x2bcd", "api-7d9f8b6c5-x2bcde", "api-7d9f8b6c5-a1eio"}},
		{"Deployment", "api.v1", []string{"api.v1-7d9f8b6c5-x2bcd"}, []string{"apixv1-7d9f8b6c5-x2bcd"}},
		{"Deployment", long, []string{long + "-7d9f8b6x2bcd", long + "-7d9f8-x2bcd"}, []string{long + "-x2b"}},
		{"Deployment", longer, []string{longer[:58] + "x2bcd"}, []string{longer + "-7d9f8-x2bcd"}},
		{"Rollout", "api", []string{"api-7d9f8b6c5-x2bcd"}, []string{"api-x2bcd"}},
		{"StatefulSet", "db", []string{"db-0", "db-12"}, []string{"db-a", "db-0-x2bcd", "db2-0"}},
		{"DaemonSet", "log", []string{"log-x2bcd"}, []string{"log-7d9f8b6c5-x2bcd", "log-x2bc"}},
		{"ReplicaSet", "rs", []string{"rs-x2bcd"}, []string{"rs-0"}},
		{"Job", "export", []string{"export-x2bcd", "export-3-x2bcd"}, []string{"export-29000000-"}},
		{"CronJob", "export", []string{"export-29000000-x2bcd", "export-29000000", "export-29000000-4-x2bcd"}, []string{"export-all-29000000-x2bcd", "export-x2bcd"}},
		{"Pod", "one", []string{"own"}, []string{"one-x2bcd", "owned"}},
		{"Database", "pg", []string{"own"}, []string{"pg-0"}},
		{"", "", []string{"own"}, []string{"own-0"}},
	} {
		p := PodPattern(&data.Container{Key: data.Key{Pod: "own"}, Workload: data.Workload{Kind: data.Text(c.kind), Name: data.Text(c.name)}})
		re := regexp.MustCompile("^(?s:" + p + ")$") // as Prometheus anchors
		for _, pod := range append(c.yes, "own") {
			if !re.MatchString(pod) {
				t.Errorf("%s %s: %s does not match %s", c.kind, c.name, p, pod)
			}
		}
		for _, pod := range c.no {
			if re.MatchString(pod) {
				t.Errorf("%s %s: %s matches %s", c.kind, c.name, p, pod)
			}
		}
	}
}

func TestSelectorText(t *testing.T) {
	t.Parallel()
	got := Selector(apiCase())
	want := `namespace="shop",container="api",pod=~"api-[bcdfghjklmnpqrstvwxz2456789]{1,10}-[bcdfghjklmnpqrstvwxz2456789]{5}"`
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// matchersOf parses a selector as Prometheus does.
func matchersOf(t testing.TB, sel string) map[string]*labels.Matcher {
	t.Helper()
	ms, err := parser.NewParser(parser.Options{}).ParseMetricSelector(data.MetricWorkingSet + "{" + sel + "}")
	if err != nil {
		t.Fatalf("%s: %v", sel, err)
	}
	out := map[string]*labels.Matcher{}
	for _, m := range ms {
		if out[m.Name] != nil {
			t.Fatalf("%s has two matchers of %s", sel, m.Name)
		}
		out[m.Name] = m
	}
	return out
}

func FuzzSelector(f *testing.F) {
	for _, s := range []string{"shop", `a"} or vector(1) #`, "x|.*", `back\slash`, "new\nline", "\x00\xff", "ünïcode\u202e", "`tick`", "{{.}}", "", `\E.*\Q`} {
		f.Add(s, s, s, "Deployment")
		f.Add("shop", "api-1", s, "CronJob")
	}
	f.Fuzz(func(t *testing.T, ns, pod, name, kind string) {
		c := &data.Container{Key: data.Key{Namespace: data.Text(ns), Pod: data.Text(pod), Container: data.Text(name)}, Workload: data.Workload{Kind: data.Text(kind), Name: data.Text(name)}}
		ms := matchersOf(t, Selector(c))
		if len(ms) != 4 { // with the metric's name
			t.Fatalf("%d matchers in %s", len(ms), Selector(c))
		}
		want := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
		if ms["namespace"].Value != want(ns) || ms["container"].Value != want(name) {
			t.Errorf("%q and %q became %s", ns, name, Selector(c))
		}
		if !ms["pod"].Matches(want(pod)) {
			t.Errorf("%s does not match its own pod %q", ms["pod"], pod)
		}
		if kind == "" && ms["pod"].Matches(want(pod)+"x") {
			t.Errorf("%s matches more than its pod", ms["pod"])
		}
		own := matchersOf(t, ownSelector(c))
		if own["pod"].Type != labels.MatchEqual || own["pod"].Value != want(pod) {
			t.Errorf("own selector %s", ownSelector(c))
		}
		if utf8.ValidString(pod) {
			if b := matchersOf(t, strings.TrimSuffix(podsSelector(ns, []string{pod, name}), ","+realContainers)); !b["pod"].Matches(pod) || !b["pod"].Matches(want(name)) {
				t.Errorf("batch %s misses a pod", b["pod"])
			}
		}
	})
}
