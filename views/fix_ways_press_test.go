package views

import (
	"reflect"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// seenWhole is a state's screen with the whole diff read.
func seenWhole(t testing.TB, name string) *FixScreen {
	s := fixNamed(t, name).screen(t)
	f := frameOf(t, "dark", 80, 21)
	s.View(f)
	for range 60 {
		if s.Typing() || s.export != nil || s.fix().Plan == nil || s.seen.unread(s.fix().Plan) == 0 {
			break
		}
		press(s, "j")
		s.View(f)
	}
	return s
}

// TestYesInEachWay says what yes is in each state: nothing but "apply" carries anything out.
func TestYesInEachWay(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"planned-ways": "apply", "planned-in-place": "apply", "planned-both": "apply", "planned-one-way": "apply", "planned-gitops": "say",
		"planned-against-gitops": "apply", "planned-warned": "apply", "planned-unfolded": "apply", "planned-blocked": "say", "planned-typed": "typing",
		"planned-knobs": "apply", "export": "copy", "export-gitops": "copy", "undo-to-none": "apply", "undo-entry": "apply",
		"refused-way": "", "applying-both": "", "rolling-resize": "", "rolling-infeasible": "", "rolling-blocked": "", "rolling-ending": "",
		"failed-partly": "", "failed-journal": "", "verifying-memory": "",
	} {
		s := seenWhole(t, name)
		if got := meant(press(s, "y"), s); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestOnlyYesApplies presses every key but yes in every state.
func TestOnlyYesApplies(t *testing.T) {
	t.Parallel()
	for _, fs := range fixStates {
		for r := ' '; r <= '~'; r++ {
			if r == 'y' {
				continue
			}
			s := seenWhole(t, fs.name)
			switch got := press(s, string(r)).(type) {
			case ApplyFix, EndPod:
				t.Errorf("%s: %q gives %#v", fs.name, r, got)
			}
		}
	}
}

func TestTypedConfirmation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed string
		want  string
	}{{"database", "apply"}, {"databas", "say"}, {"Database", "say"}, {"database ", "say"}, {"", "say"}, {"y", "say"}} {
		s := seenWhole(t, "planned-typed")
		press(s, "y")
		if !s.Typing() {
			t.Fatal("y does not ask for the name")
		}
		s.View(frameOf(t, "dark", 80, 21))
		typeText(s, c.typed)
		got := press(s, "enter")
		if meant(got, s) != c.want {
			t.Errorf("%q: %#v, want %s", c.typed, got, c.want)
		}
		if a, ok := got.(ApplyFix); ok && a.Typed != "database" {
			t.Errorf("the app is told %q", a.Typed)
		}
	}
	s := seenWhole(t, "planned-typed")
	press(s, "y", "d", "esc")
	if s.Typing() {
		t.Error("esc does not leave the line")
	}
}

// TestTypedNameIsForThePlanThatWasDrawn holds that a new plan under the line ends it.
func TestTypedNameIsForThePlanThatWasDrawn(t *testing.T) {
	t.Parallel()
	s := seenWhole(t, "planned-typed")
	press(s, "y")
	typeText(s, "database")
	st := fixtureState(t)
	st.Fix = fixNamed(t, "planned-typed").fix(t)
	s.Set(st)
	if got := press(s, "enter"); meant(got, s) == "apply" {
		t.Errorf("%#v", got)
	}
}

// TestTheDiffIsReadBeforeYes draws a plan where its diff has no room: yes shows it first, and then is one.
func TestTheDiffIsReadBeforeYes(t *testing.T) {
	t.Parallel()
	for _, sz := range []size{{"40x12", 40, 9}, {"60x15", 60, 12}, {"80x24", 80, 21}} {
		st := fixtureState(t)
		st.Fix = wayed(t, data.WayBoth, nil)
		s := NewFix(databaseKey)
		s.Set(st)
		seen, presses := "", 0
		for ; presses < 40; presses++ {
			seen += stripped(s.View(frameOf(t, "dark", sz.width, sz.height))) + "\n"
			if got := press(s, "y"); meant(got, s) == "apply" {
				break
			}
		}
		if presses == 40 {
			t.Fatalf("%s: yes never counts", sz.name)
		}
		for _, want := range []string{"pod database-0, and 2 more", "-           memory: 512Mi", "+           memory: 768Mi", "-             memory: 256Mi", "+             memory: 512Mi"} {
			if !strings.Contains(seen, want) {
				t.Errorf("%s: applied after %d presses without having shown %q", sz.name, presses, want)
			}
		}
	}
}

func TestWaysCycle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state, key string
		want       data.Way
	}{
		{"planned-ways", "w", data.WayInPlace}, {"planned-ways", "right", data.WayInPlace}, {"planned-ways", "tab", data.WayInPlace},
		{"planned-ways", "left", data.WayExport}, {"planned-in-place", "w", data.WayBoth}, {"planned-both", "w", data.WayExport},
		{"planned-one-way", "w", data.WayExport}, {"planned-gitops", "w", data.WayTemplate}, {"refused-way", "w", data.WayInPlace},
		{"undo-to-none", "w", ""}, {"undo-entry", "w", ""}, {"rolling-resize", "w", ""}, {"applying-both", "w", ""}, {"planned", "w", ""},
	} {
		s := fixNamed(t, c.state).screen(t)
		got := press(s, c.key)
		if c.want == "" {
			if got != nil {
				t.Errorf("%s, %s: %#v", c.state, c.key, got)
			}
			continue
		}
		want := PlanFix{Key: databaseKey, Limit: ptr(768 * data.Mi), Request: ptr(512 * data.Mi), Way: c.want}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s, %s: %#v, want %s", c.state, c.key, got, c.want)
		}
	}
}

func TestKnobsAreChangedTooOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	s := fixNamed(t, "planned-knobs").screen(t)
	got, _ := press(s, "a").(PlanFix)
	if len(got.Knobs) != 1 || got.Knobs[0].After != "-Xmx576m" {
		t.Errorf("%#v", got)
	}
	s.state.Fix.Change.Knobs = got.Knobs
	if got, _ := press(s, "a").(PlanFix); got.Knobs != nil {
		t.Errorf("a second time: %#v", got)
	}
}

func TestBlockingPodNeedsItsOwnYes(t *testing.T) {
	t.Parallel()
	s := fixNamed(t, "rolling-blocked").screen(t)
	if got := press(s, "x"); got != nil {
		t.Fatalf("x alone: %#v", got)
	}
	if got := press(s, "y"); got != nil {
		t.Errorf("yes before the question was drawn: %#v", got)
	}
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "Delete pod database-2 (by eviction") {
		t.Errorf("no question in\n%s", text)
	}
	if got := press(s, "y"); got != (EndPod{Pod: blockingPod}) {
		t.Errorf("%#v", got)
	}
	if got := press(s, "y"); got != nil {
		t.Errorf("a second yes: %#v", got)
	}
	protected := fixNamed(t, "rolling-blocked")
	s = protected.screen(t)
	s.state.Fix.Protected = true
	press(s, "x")
	s.View(frameOf(t, "dark", 80, 21))
	if got := press(s, "y", "enter"); meant(got, s) != "say" {
		t.Errorf("a yes in a protected context: %#v", got)
	}
	if got := press(s, append(strings.Split("database", ""), "enter")...); got != (EndPod{Pod: blockingPod, Typed: "database"}) {
		t.Errorf("with the name: %#v", got)
	}
	for _, k := range []string{"n", "esc"} {
		s = fixNamed(t, "rolling-ask-pod").screen(t)
		s.View(frameOf(t, "dark", 80, 21))
		if got := press(s, k); meant(got, s) != "say" {
			t.Errorf("%s: %#v", k, got)
		}
		if got := press(s, "y"); got != nil {
			t.Errorf("yes after %s: %#v", k, got)
		}
	}
	s = fixNamed(t, "rolling-ask-pod").screen(t)
	s.View(frameOf(t, "dark", 80, 21))
	st := fixtureState(t)
	st.Fix = fixNamed(t, "rolling-resize").fix(t)
	s.Set(st)
	if got := press(s, "y"); got != nil {
		t.Errorf("the pod blocks no more: %#v", got)
	}
}

func TestExportForms(t *testing.T) {
	t.Parallel()
	s := fixNamed(t, "export").screen(t)
	if c, ok := press(s, "y").(Copy); !ok || !strings.HasPrefix(c.Text.String(), "kubectl set resources") {
		t.Errorf("%#v", c)
	}
	press(s, "tab")
	if c, ok := press(s, "c").(Copy); !ok || !strings.Contains(c.Text.String(), "        resources:\n          limits:\n") {
		t.Errorf("%#v", c)
	}
	save, ok := press(s, "s").(SaveExport)
	if !ok || save.Name != "oomedic-statefulset-database-patch.yaml" || len(save.Text) != 8 {
		t.Errorf("%#v", save)
	}
	press(s, "shift+tab", "shift+tab")
	if save, _ := press(s, "s").(SaveExport); save.Name != "oomedic-statefulset-database-values.yaml" {
		t.Errorf("%#v", save)
	}
	press(s, "esc")
	if s.export != nil {
		t.Error("esc does not leave the forms")
	}
	s = fixNamed(t, "export").screen(t)
	s.export.plan.Target.Name = "../../etc/Pass wd\x1b"
	if save, _ := press(s, "s").(SaveExport); strings.ContainsAny(save.Name.String(), "/ \x1b") {
		t.Errorf("a hostile name: %q", save.Name)
	}
}

// TestWaysSay looks for the words that each state owes a person.
func TestWaysSay(t *testing.T) {
	t.Parallel()
	for name, wants := range map[string][]string{
		"planned-ways":           {"▍ template best: lasts", "in place raises the memory of 3 pods", "export only", "9 checks passed, 1 not known"},
		"planned-one-way":        {"not possible: the kubelet of node node-1 is v1.31.2"},
		"planned-in-place":       {"pod database-0, and 2 more pods the same", "database-3 is left alone"},
		"planned-both":           {"then the template of statefulset/database"},
		"planned-gitops":         {"Managed by Argo CD data-prod", "Export only: nothing is applied. o shows"},
		"planned-against-gitops": {"Export it instead"},
		"planned-warned":         {"! Disruption budget: database-pdb"},
		"planned-blocked":        {"✗ Quota:", "This can't be applied: quota compute"},
		"planned-unfolded":       {"✓ Rights", "kubectl get nodes"},
		"planned-patch":          {"PATCH /api/v1/namespaces/data/pods/database-0/resize", "The like for 2 more pods", "application/strategic-merge-patch+json"},
		"planned-knobs":          {"env JAVA_TOOL_OPTIONS: -Xmx384m → -Xmx576m (stays; a changes it too)"},
		"typing-name":            {"This context is protected", "type the workload's name: database", "[da"},
		"undo-to-none":           {"768Mi → none"},
		"undo-entry":             {"Undo statefulset/database", "768Mi → 512Mi", "Put the former values back?"},
		"refused-way":            {"It can't be changed this way", "Press w for another way"},
		"applying-both":          {"pod/database-0: will get a limit of 768Mi", "statefulset/database: will get"},
		"rolling-resize":         {"database-0: resized, runs with a limit of 768Mi", "database-2: not applied, the node has no room now", "In the journal as 20261123-023000-4f2a11aa"},
		"rolling-infeasible":     {"database-0: not applied, the node can never do it", "The resize cannot go on"},
		"rolling-blocked":        {"x deletes that pod", "never becomes ready"},
		"rolling-ending":         {"Pod database-2 is being deleted"},
		"failed-partly":          {"Not everything was applied", "database-1 was not changed: quota exceeded", "database-2: not sent", "u takes back what was"},
		"failed-journal":         {"Nothing was sent", "J makes the diff again"},
		"verifying-memory":       {"peak 540Mi of the new limit 768Mi, 70% (1 pod)"},
	} {
		text := drawnAs(t, fixNamed(t, name).screen(t), 120, 37)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", name, want, text)
			}
		}
	}
	for name, lack := range map[string]string{"planned-blocked": "y yes", "planned-gitops": "y yes", "rolling-resize": "0 of 0", "planned-ways": "Managed by", "undo-entry": "w other way"} {
		if text := drawnAs(t, fixNamed(t, name).screen(t), 120, 37); strings.Contains(text, lack) {
			t.Errorf("%s says %q:\n%s", name, lack, text)
		}
	}
}

func TestPartlyAppliedCanBeUndone(t *testing.T) {
	t.Parallel()
	if got := press(fixNamed(t, "failed-partly").screen(t), "u"); meant(got, nil) != "undo" {
		t.Errorf("%#v", got)
	}
	if got := press(fixNamed(t, "failed").screen(t), "u"); got != nil {
		t.Errorf("nothing was stored: %#v", got)
	}
	if got, _ := press(fixNamed(t, "failed-journal").screen(t), "J").(PlanFix); !got.Unrecorded {
		t.Errorf("%#v", got)
	}
	if got := press(fixNamed(t, "failed").screen(t), "J"); got != nil {
		t.Errorf("without a problem of the journal: %#v", got)
	}
}
