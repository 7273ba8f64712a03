package views

import (
	"reflect"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

func diagnosisScreen(t testing.TB, l *Loaded[analysis.Diagnosis]) *DiagnosisScreen {
	t.Helper()
	return diagnosisState{key: databaseKey, load: func(testing.TB) *Loaded[analysis.Diagnosis] { return l }}.screen(t)
}

func TestDiagnosisSteps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys string
		step int
		want Intent
	}{
		{"enter", 1, nil}, {"space", 1, nil}, {"right", 1, nil}, {"l", 1, nil}, {"enter enter enter enter", 4, nil},
		{"5 enter", 4, OpenFix{databaseKey}}, {"5 space", 4, OpenFix{databaseKey}}, {"5 l", 4, OpenFix{databaseKey}}, {"5 right", 4, OpenFix{databaseKey}},
		{"left", 0, nil}, {"3 left", 1, nil}, {"3 h", 1, nil}, {"3 p", 2, OpenProfile{databaseKey}}, {"1", 0, nil}, {"2", 1, nil}, {"4", 3, nil}, {"4 4", 3, nil},
		{"6", 0, nil}, {"0", 0, nil}, {"x", 0, nil}, {"c", 0, OpenCase{databaseKey}}, {"3 c", 2, OpenCase{databaseKey}},
		{"r", 0, nil}, {"esc", 0, nil}, {"f", 0, nil}, {"q", 0, nil}, {"j", 0, nil}, {"ctrl+d", 0, nil}, {"G", 0, nil},
	} {
		s := diagnosisScreen(t, database(t))
		if got := press(s, strings.Fields(c.keys)...); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %#v, want %#v", c.keys, got, c.want)
		}
		if s.step != c.step {
			t.Errorf("%s: step %d, want %d", c.keys, s.step, c.step)
		}
	}
}

func TestDiagnosisRemembersVisits(t *testing.T) {
	t.Parallel()
	s := diagnosisScreen(t, database(t))
	press(s, "3", "5")
	if s.visited != [5]bool{true, false, true, false, true} {
		t.Errorf("visited %v", s.visited)
	}
	rail := strings.Split(stripped(s.View(frameOf(t, "dark", 80, 21))), "\n")[0]
	if want := " 1 Confirm ✓  2 Limit ·  3 History ✓  4 Leak or limit · ▍5 Right size !"; strings.TrimRight(rail, " ") != want {
		t.Errorf("rail %q, want %q", rail, want)
	}
}

func TestDiagnosisCopies(t *testing.T) {
	t.Parallel()
	d := fixtureDiagnosis(t)
	cmds := stepCommands(d, 4)
	if len(cmds) < 3 || cmds[0] != d.Commands.Fix {
		t.Fatalf("the fix comes first of %q", cmds)
	}
	last := cmds[len(cmds)-1]
	for _, c := range []struct {
		keys string
		want data.Text
	}{
		{"5 y", cmds[0]}, {"5 tab y", cmds[1]}, {"5 J J y", cmds[2]}, {"5 tab shift+tab y", cmds[0]}, {"5 K y", last}, {"5 shift+tab tab y", cmds[0]},
		{"5 tab 4 5 y", cmds[0]}, // another visit begins at the first
		{"y", stepCommands(d, 0)[0]},
	} {
		s := diagnosisScreen(t, finished(d))
		if got := press(s, strings.Fields(c.keys)...); got != (Copy{Text: c.want, What: "command"}) {
			t.Errorf("%s: %#v, want %q", c.keys, got, c.want)
		}
	}
	d.Steps[1] = analysis.Step{Title: "Limit", Answer: "none"}
	if got := press(diagnosisScreen(t, finished(d)), "2", "tab", "y"); got != (Say{"This step has no command to copy."}) {
		t.Errorf("a step without commands: %#v", got)
	}
}

// TestChosenCommandIsWhole goes through all commands of all steps: what y would copy can be read on the screen.
func TestChosenCommandIsWhole(t *testing.T) {
	t.Parallel()
	for _, l := range []*Loaded[analysis.Diagnosis]{database(t), finished(withoutMetrics(t))} {
		for _, sz := range []size{{"60x15", 60, 12}, {"80x24", 80, 21}, {"200x50", 200, 47}} {
			for i := range 5 {
				s := diagnosisScreen(t, l)
				press(s, string(rune('1'+i)))
				for n := range stepCommands(l.Value, i) {
					press(s, "tab")
					cp, ok := press(s, "y").(Copy)
					if !ok {
						t.Fatalf("step %d: nothing to copy", i+1)
					}
					var chosen string
					for _, line := range strings.Split(stripped(s.View(frameOf(t, "dark", sz.width, sz.height))), "\n") {
						line = strings.TrimLeft(line, " ")
						if rest, ok := strings.CutPrefix(line, "▍ "); ok {
							chosen += strings.TrimPrefix(strings.TrimPrefix(rest, "$ "), "promql: ")
						}
					}
					if squeezed(chosen) != squeezed(cp.Text.String()) {
						t.Errorf("%s, step %d, command %d: on screen %q, copied %q", sz.name, i+1, n, chosen, cp.Text)
					}
				}
			}
		}
	}
}

func TestDiagnosisWithoutValue(t *testing.T) {
	t.Parallel()
	loading := &Loaded[analysis.Diagnosis]{Loading: true}
	failed := &Loaded[analysis.Diagnosis]{Problem: "Prometheus did not answer"}
	for _, c := range []struct {
		name string
		load *Loaded[analysis.Diagnosis]
		key  string
		want Intent
	}{
		{"loading", loading, "enter", nil}, {"loading", loading, "5", nil}, {"loading", loading, "y", nil}, {"loading", loading, "r", nil},
		{"loading", loading, "c", OpenCase{databaseKey}}, {"failed", failed, "r", OpenDiagnosis{databaseKey}}, {"failed", failed, "enter", nil},
		{"never asked", nil, "enter", nil}, {"never asked", nil, "tab", nil},
	} {
		s := diagnosisScreen(t, c.load)
		if got := press(s, c.key); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s, %s: %#v, want %#v", c.name, c.key, got, c.want)
		}
		if s.step != 0 {
			t.Errorf("%s, %s: moved to step %d, and there is none", c.name, c.key, s.step+1)
		}
	}
	s := NewDiagnosis(databaseKey)
	if s.View(frameOf(t, "dark", 80, 21)) == "" || s.Typing() || s.Title() != "Diagnosis" {
		t.Error("a screen that was given no state draws all the same")
	}
	if k, ok := s.Selected(); !ok || k != databaseKey {
		t.Errorf("selected %v", k)
	}
}

func TestDiagnosisKeysFollowTheStep(t *testing.T) {
	t.Parallel()
	first := func(s Screen) string { return s.Keys()[0].Help().Desc }
	s := diagnosisScreen(t, database(t))
	if got := first(s); got != "next step" {
		t.Errorf("step 1 offers %q first", got)
	}
	press(s, "5")
	if got := first(s); got != "fix" {
		t.Errorf("step 5 offers %q first", got)
	}
	offers := func(s Screen, desc string) bool {
		for _, b := range s.Keys() {
			if b.Help().Desc == desc {
				return true
			}
		}
		return false
	}
	failed := diagnosisScreen(t, &Loaded[analysis.Diagnosis]{Problem: "no"})
	if !offers(failed, "diagnose again") || offers(failed, "next step") || offers(s, "diagnose again") {
		t.Error("only a failed diagnosis is offered again, and it has no next step")
	}
	for _, b := range s.Keys() {
		for _, k := range []string{"q", "?", "T", "esc", "f", "ctrl+c"} {
			if key.Matches(keyPress(k), b) {
				t.Errorf("%s is a key of the app", k)
			}
		}
	}
}

// TestDiagnosisScrolls reads a long step to its end by each key.
func TestDiagnosisScrolls(t *testing.T) {
	t.Parallel()
	for _, k := range []string{"j", "down", "ctrl+d", "pgdown", "G"} {
		s := diagnosisScreen(t, database(t))
		press(s, "4")
		f := frameOf(t, "dark", 80, 21)
		if strings.Contains(s.View(f), "The true need is hidden above the limit.") {
			t.Fatal("the step fits: this test needs a longer one")
		}
		for range 40 {
			press(s, k)
			s.View(f)
		}
		if !strings.Contains(stripped(s.View(f)), "The true need is hidden above the limit.") {
			t.Errorf("%s never comes to the end", k)
		}
		press(s, "5")
		if !strings.Contains(stripped(s.View(f)), "768Mi limit, 512Mi request") {
			t.Errorf("after %s, the next step is not read from its top", k)
		}
	}
}

func TestGapsStandWhereTheyMatter(t *testing.T) {
	t.Parallel()
	for what, want := range map[data.Text]int{
		"memory history": 2, "kube_pod_container_resource_limits": 2, "events in namespace data": 0, "limits of the past": 1, "workload of pod x": 1,
		"price": 4, "runtime": 3, "anything else": 0, "metrics": 2,
	} {
		if got := gapStep(data.Gap{What: what}); got != want {
			t.Errorf("%s weakens step %d, want %d", what, got+1, want+1)
		}
	}
	d := withoutMetrics(t)
	for i := range d.Steps {
		s := diagnosisScreen(t, finished(d))
		press(s, string(rune('1'+i)))
		text := drawnAs(t, s, 120, 60)
		for _, g := range d.Gaps {
			if listed := strings.Contains(text, g.What.String()+": "+g.Why.String()); listed != (gapStep(g) == i) {
				t.Errorf("step %d lists %q: %v", i+1, g.What, listed)
			}
		}
		want := "2 things are not known; see steps 1, 3."
		switch i {
		case 0:
			want = "1 thing more is not known; see step 3."
		case 2:
			want = "1 thing more is not known; see step 1."
		}
		if !strings.Contains(text, want) {
			t.Errorf("step %d does not say %q:\n%s", i+1, want, text)
		}
	}
}

// TestWhatIsUnknownIsNoEvidence looks at the sign before what could not be seen, and before what was.
func TestWhatIsUnknownIsNoEvidence(t *testing.T) {
	t.Parallel()
	d := fixtureDiagnosis(t)
	d.Steps[0].Evidence = []analysis.Evidence{{Says: "seen by the kubelet"}, {Says: "the pressure is not known", Unknown: true}}
	screen := ansi.Strip(diagnosisScreen(t, finished(d)).View(frameOf(t, "dark", 80, 24)))
	for _, want := range []string{"✓ seen by the kubelet", "? the pressure is not known"} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q in\n%s", want, screen)
		}
	}
}
