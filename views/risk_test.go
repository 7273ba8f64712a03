package views

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// riskUsage is a container of a Deployment that grows from a share of its limit of 512 MiB by another in six hours.
func riskUsage(ns, workload, pod data.Text, from, rise float64) data.Usage {
	const limit = 512 * data.Mi
	var s data.Samples
	for i := range 361 {
		s.T = append(s.T, fixedNow.Add(time.Duration(i-360)*time.Minute).UnixMilli())
		s.V = append(s.V, (from+rise*float64(i)/360)*float64(limit))
	}
	last := s.V[len(s.V)-1]
	return data.Usage{Key: data.Key{Namespace: ns, Pod: pod, Container: workload}, Specified: true, WorkingSet: &last, At: fixedNow, Recent: &s,
		Resources: data.Resources{Limit: ptr(limit), Request: ptr(limit / 2)}, Restarts: ptr(int32(1)), Peak: &last,
		Owner: &data.Workload{APIVersion: "apps/v1", Kind: "Deployment", Namespace: ns, Name: workload}}
}

// riskBoard judges some containers as a look does.
func riskBoard(us ...data.Usage) *RiskBoard {
	u := &data.ClusterUsage{At: fixedNow, Source: "embedded", Usages: us, GrowthWindow: time.Hour, Selector: `container!=""`}
	risks, summary := analysis.Risks(u, analysis.DefaultPrice, fixedNow)
	b := &RiskBoard{At: fixedNow, Source: u.Source, Summary: summary}
	for i := range risks {
		b.Cases = append(b.Cases, casesOf(risks[i].Case(data.Overview{}, fixedNow))...)
	}
	return b
}

// someRisks are one of each kind.
func someRisks() *RiskBoard {
	cached := riskUsage("data", "files", "files-6c7d8f9b5-cccdd", 0.93, 0)
	cached.Parts = &data.UsageParts{RSS: ptr(100 * float64(data.Mi)), Shared: ptr(0.0)}
	free := riskUsage("platform", "auth", "auth-6c7d8f9b5-22222", 0.2, 0)
	free.Limit, free.Request, free.Recent = nil, nil, nil
	big := riskUsage("platform", "idle", "idle-6c7d8f9b5-33333", 0.1, 0)
	big.Limit, big.Request, big.Recent = ptr(8*data.Gi), ptr(8*data.Gi), nil
	return riskBoard(
		riskUsage("shop", "api-server", "api-server-7d9f8b6c5-x2bcd", 0.5, 0.2), riskUsage("shop", "api-server", "api-server-7d9f8b6c5-zzvv2", 0.3, 0.15),
		riskUsage("shop", "search", "search-5b6d7f8c9-abcdd", 0.87, 0), riskUsage("shop", "checkout", "checkout-5b6d7f8c9-dddff", 0.97, 0), cached, free, big)
}

// riskList is the first screen with the tab of risks turned to.
func riskList(t testing.TB, change func(*Board), keys ...string) *Kills {
	t.Helper()
	return killsWith(t, func(b *Board) {
		b.AtRisk = &Loaded[RiskBoard]{Value: someRisks(), At: fixedNow}
		if change != nil {
			change(b)
		}
	}, append([]string{"3"}, keys...)...)
}

// riskStates are the states of the tab that are drawn for comparison.
var riskStates = []struct {
	name   string
	change func(*Board)
	keys   []string
}{
	{"rows", nil, nil},
	{"unfolded", nil, []string{"j", "enter"}},
	{"flat", nil, []string{"w", "j"}},
	{"by-share", nil, []string{"s", "s"}},
	{"filtered", nil, []string{"/", "s", "e", "a", "r", "c", "h", "enter"}},
	{"no-match", nil, []string{"/", "z", "z"}},
	{"healthy", func(b *Board) { b.AtRisk.Value = riskBoard(riskUsage("shop", "web", "web-0", 0.3, 0)) }, nil},
	{"loading", func(b *Board) { b.AtRisk = &Loaded[RiskBoard]{Loading: true} }, nil},
	{"no-source", func(b *Board) {
		b.AtRisk = nil
		b.Metrics = Metrics{Checked: true, Problem: "no service in the cluster looks like a Prometheus: name one with --prometheus-url"}
	}, nil},
	{"failed", func(b *Board) {
		b.AtRisk = &Loaded[RiskBoard]{Problem: "Prometheus has too many queries to answer (HTTP 429)"}
	}, nil},
	{"failed-later", func(b *Board) {
		b.AtRisk.Problem = "connection refused: nothing listens at the address of Prometheus"
		b.AtRisk.Value.Gaps = []data.Gap{{What: "limits of 3 containers", Why: "kube-state-metrics does not know them"}}
	}, nil},
	{"limits-unknown", func(b *Board) {
		u := riskUsage("shop", "web", "web-0", 0.3, 0)
		u.Limit, u.Request, u.Specified = nil, nil, false
		b.AtRisk.Value = riskBoard(u)
		b.AtRisk.Value.Gaps = []data.Gap{{What: "limits and requests", Why: "Prometheus has no kube_pod_container_resource_limits: is kube-state-metrics scraped?"}}
	}, nil},
	{"nothing-measured", func(b *Board) { b.AtRisk.Value = &RiskBoard{} }, nil},
}

func init() {
	for _, st := range riskStates {
		register("risk/"+st.name, func(t *testing.T) Screen { return riskList(t, st.change, st.keys...) })
	}
}

func TestRiskGoldens(t *testing.T) {
	t.Parallel()
	for _, st := range riskStates {
		t.Run(st.name, func(t *testing.T) {
			t.Parallel()
			everySize(t, "risk/"+st.name, riskList(t, st.change, st.keys...))
		})
	}
}

func TestRiskKeys(t *testing.T) {
	t.Parallel()
	s := riskList(t, nil)
	got, ok := s.Selected()
	if !ok || got.Pod != "checkout-5b6d7f8c9-dddff" {
		t.Fatalf("the cursor is on %v, not on what is nearest to its kill", got)
	}
	if i := press(s, "enter"); i != (OpenCase{got}) {
		t.Errorf("enter gives %#v", i)
	}
	if i := press(s, "d"); i != (OpenDiagnosis{got}) {
		t.Errorf("d gives %#v", i)
	}
	if c, ok := press(s, "y").(Copy); !ok || !strings.Contains(c.Text.String(), data.MetricWorkingSet) {
		t.Errorf("y gives %#v", c)
	}
	if press(s, "tab"); s.tab == 2 {
		t.Error("tab does not leave the tab")
	}
	if i := press(riskList(t, func(b *Board) { b.AtRisk = nil }), "enter", "d", "y", "j", "s", "w", "esc"); i != nil {
		t.Errorf("an empty tab gives %#v", i)
	}
}

// A look that comes while somebody reads leaves the cursor on its container.
func TestRiskCursorStays(t *testing.T) {
	t.Parallel()
	s := riskList(t, nil, "w", "j")
	was, _ := s.Selected()
	b := *s.board
	b.AtRisk = &Loaded[RiskBoard]{Value: riskBoard(riskUsage("new", "first", "first-0", 0.99, 0), riskUsage("shop", "search", "search-5b6d7f8c9-abcdd", 0.88, 0),
		riskUsage("shop", "api-server", "api-server-7d9f8b6c5-x2bcd", 0.5, 0.2))}
	st := fixtureState(t)
	st.Board = &b
	s.Set(st)
	if now, _ := s.Selected(); now != was {
		t.Errorf("the cursor went from %v to %v", was, now)
	}
	if n, ok := s.pages[0].Count(); !ok || n != 3 {
		t.Errorf("%d at risk, %v", n, ok)
	}
}

// The case of a container at risk is found by its key, after those that were killed.
func TestBoardFindsRisks(t *testing.T) {
	t.Parallel()
	b := fixtureState(t).Board
	b.AtRisk = &Loaded[RiskBoard]{Value: someRisks()}
	k := b.AtRisk.Value.Cases[0].Container.Key
	if c, ok := b.Case(k); !ok || c.Risk == nil {
		t.Errorf("%v, %v", c, ok)
	}
	if _, ok := b.Case(data.Key{Pod: "no"}); ok {
		t.Error("an unknown key has a case")
	}
	b.AtRisk = nil
	if _, ok := b.Case(k); ok {
		t.Error("found without a look")
	}
}

func TestRiskSaysWhyAndWhatIsUnknown(t *testing.T) {
	t.Parallel()
	view := ansi.Strip(riskList(t, nil).View(frameOf(t, "dark", 120, 37)))
	for _, want := range []string{"critical", "USE/LIMIT", "At risk 4", "97%", "the next peak kills"} {
		if !strings.Contains(view, want) {
			t.Errorf("%q is not on the screen:\n%s", want, view)
		}
	}
}

// The number and the word of a row follow the same threshold.
func TestRiskNumberAgreesWithItsWord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		share        float64
		number, word string
	}{{0.949, "94%", "warning"}, {0.951, "95%", "critical"}} {
		view := ansi.Strip(riskList(t, func(b *Board) {
			b.AtRisk.Value = riskBoard(riskUsage("shop", "search", "search-5b6d7f8c9-abcdd", c.share, 0))
		}).View(frameOf(t, "dark", 120, 37)))
		if !strings.Contains(view, c.number) || !strings.Contains(view, c.word) || strings.Contains(view, "95%") != (c.word == "critical") {
			t.Errorf("%v is not %s, %s:\n%s", c.share, c.number, c.word, view)
		}
	}
}

func TestRiskFoot(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{nil, {"j", "enter"}, {"w"}} {
		n := 0
		for _, k := range riskList(t, nil, keys...).Keys() {
			if k.Help() == killsTab.Help() {
				n++
			}
		}
		if n != 1 {
			t.Errorf("after %v tab is named %d times", keys, n)
		}
	}
	if i, ok := press(riskList(t, nil), "F").(Say); !ok || !strings.Contains(i.Text.String(), "f fixes") {
		t.Errorf("F gives %#v", i)
	}
}

// The smallest terminal still says how much of the limit is used.
func TestRiskSmallest(t *testing.T) {
	t.Parallel()
	view := ansi.Strip(riskList(t, nil).View(frameOf(t, "dark", 40, 9)))
	for _, want := range []string{"USE", "97%", "critical", "OOM IN"} {
		if !strings.Contains(view, want) {
			t.Errorf("%q is not on the screen:\n%s", want, view)
		}
	}
}

// Help says what the words and numbers of the tab mean, whole, at every size.
func TestRiskWordsInHelp(t *testing.T) {
	t.Parallel()
	words := riskList(t, nil).Words()
	if len(words) < 8 {
		t.Fatalf("%d words", len(words))
	}
	groups := []HelpGroup{{"List", riskList(t, nil).Keys()}, {"What it says here", words}}
	for _, sz := range fitSizes {
		f := frameOf(t, "dark", sz.width, sz.height)
		seen := ""
		for from := range HelpMax(f, groups) + 1 {
			view := HelpView(f, "Keys", groups, from)
			checkFits(t, f, view)
			seen += strings.Join(strings.Fields(ansi.Strip(view)), " ")
		}
		if sz.width < helpColumn || sz.width >= 2*helpColumn {
			continue // in two columns the words of a meaning are parted by the other column
		}
		for _, w := range words {
			for _, part := range strings.Fields(w.Help().Desc) {
				if !strings.Contains(seen, part) {
					t.Errorf("%dx%d: %q of %s is cut", sz.width, sz.height, part, w.Help().Key)
				}
			}
		}
	}
}
