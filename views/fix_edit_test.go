package views

import (
	"reflect"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// typed opens the form on the database's plan and replaces both numbers.
func typed(t testing.TB, limit, request string) *FixScreen {
	t.Helper()
	s := fixNamed(t, "planned").screen(t)
	press(s, "e", "ctrl+u")
	typeText(s, limit)
	press(s, "tab", "ctrl+u")
	typeText(s, request)
	return s
}

func TestEditAsksForTheNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit, request string
		wantL, wantR   int64
	}{
		{"1Gi", "768Mi", data.Gi, 768 * data.Mi}, {"1.5Gi", "1Gi", 1536 * data.Mi, data.Gi}, {" 640Mi ", "512Mi", 640 * data.Mi, 512 * data.Mi},
		{"512Mi", "512Mi", 512 * data.Mi, 512 * data.Mi}, {"1G", "900M", 1e9, 9e8},
	} {
		s := typed(t, c.limit, c.request)
		want := PlanFix{Key: databaseKey, Limit: ptr(c.wantL), Request: ptr(c.wantR)}
		if got := press(s, "enter"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s and %s: %#v, want %#v", c.limit, c.request, got, want)
		}
		if s.Typing() {
			t.Errorf("%s and %s: still typing", c.limit, c.request)
		}
	}
}

func TestEditRefusesNonsense(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ limit, request, says string }{
		{"", "512Mi", "No number: write a size such as 768Mi or 1.5Gi."},
		{"768", "512Mi", `"768" is 768 bytes to Kubernetes: add a unit, such as 768Mi.`},
		{"768m", "512Mi", "add a unit"},
		{"0", "512Mi", "is not above zero"},
		{"-1Gi", "512Mi", "is not above zero"},
		{"lots", "512Mi", `"lots" is not a size`},
		{"900Ei", "512Mi", "more memory than any node has"},
		{"768Mi", "7x", `"7x" is not a size`},
		{"512Mi", "1Gi", "The request (1Gi) is above the limit (512Mi), which Kubernetes refuses."},
	} {
		s := typed(t, c.limit, c.request)
		if text := drawnAs(t, s, 80, 21); !strings.Contains(text, c.says) {
			t.Errorf("%q and %q: no word of %q in\n%s", c.limit, c.request, c.says, text)
		}
		if got := press(s, "enter"); meant(got, s) != "say" || !s.Typing() {
			t.Errorf("%q and %q: %#v, typing %v", c.limit, c.request, got, s.Typing())
		}
	}
}

func TestEditWarnsOfALimitThatWasHit(t *testing.T) {
	t.Parallel()
	if text := drawnAs(t, typed(t, "400Mi", "300Mi"), 100, 30); !strings.Contains(text, "It was killed at 512Mi") {
		t.Errorf("no warning in\n%s", text)
	}
	if text := drawnAs(t, typed(t, "1Gi", "700Mi"), 100, 30); strings.Contains(text, "was killed at") {
		t.Errorf("a warning without a reason in\n%s", text)
	}
}

func TestEditShowsTheCommandOfTheNewNumbers(t *testing.T) {
	t.Parallel()
	text := drawnAs(t, typed(t, "2Gi", "1Gi"), 200, 30)
	if !strings.Contains(text, "kubectl set resources statefulset/database -n data -c postgres --limits=memory=2Gi --requests=memory=1Gi") {
		t.Errorf("no new command in\n%s", text)
	}
	if strings.Contains(text, "limits=memory=768Mi") {
		t.Errorf("the former command is still there:\n%s", text)
	}
	if text := drawnAs(t, typed(t, "2x", "1Gi"), 200, 30); strings.Contains(text, "kubectl") {
		t.Errorf("a command without numbers:\n%s", text)
	}
}

func TestEditLetsTheLettersBeText(t *testing.T) {
	t.Parallel()
	s := typed(t, "yneucrdfq?T", "512Mi")
	if !s.Typing() {
		t.Fatal("a letter left the form")
	}
	if text := drawnAs(t, s, 100, 30); !strings.Contains(text, "[yneucrdfq?T") {
		t.Errorf("letters are missing in\n%s", text)
	}
	if got := press(s, "esc"); meant(got, s) != "say" || s.Typing() {
		t.Errorf("esc: %#v, typing %v", got, s.Typing())
	}
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "Apply this to the cluster?") || !strings.Contains(text, "768Mi") {
		t.Errorf("the plan is not back:\n%s", text)
	}
}

func TestEditFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys string
		at   int
	}{{"", editLimit}, {"tab", editRequest}, {"tab tab", editLimit}, {"shift+tab", editRequest}, {"down", editRequest}, {"down up", editLimit}} {
		s := fixNamed(t, "planned").screen(t)
		press(s, append([]string{"e"}, strings.Fields(c.keys)...)...)
		if s.edit.at != c.at || !s.edit.fields[c.at].Focused() || s.edit.fields[1-c.at].Focused() {
			t.Errorf("%s: field %d", c.keys, s.edit.at)
		}
	}
}

// TestEditEndsWithItsPhase holds that a form does not outlive the moment in which its numbers could be used.
func TestEditEndsWithItsPhase(t *testing.T) {
	t.Parallel()
	s := fixNamed(t, "planned").screen(t)
	press(s, "e")
	st := fixtureState(t)
	st.Fix = inPhase(t, FixWatching, nil)
	if s.Set(st); !s.Typing() {
		t.Error("numbers can still be asked for")
	}
	st = fixtureState(t)
	st.Fix = inPhase(t, FixApplying, nil)
	if s.Set(st); s.Typing() {
		t.Error("numbers can't be asked for while a change is applied")
	}
}

// TestEditWithoutNumbers opens the form when nothing is recommended: it holds what the container has.
func TestEditWithoutNumbers(t *testing.T) {
	t.Parallel()
	s := fixNamed(t, "no-number").screen(t)
	press(s, "e")
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "[512Mi") || !strings.Contains(text, "[256Mi") || strings.Contains(text, "Recommended") {
		t.Errorf("the present numbers are not in the form:\n%s", text)
	}
}

func TestTheSizeOfAVolumeInMemoryIsAField(t *testing.T) {
	t.Parallel()
	s := fixNamed(t, "planned").screen(t)
	d := *s.state.Fix.Diagnosis
	d.Container.MemoryVolumes = []data.Text{"shm", "other"}
	s.state.Fix.Diagnosis = &d
	press(s, "e")
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "sizeLimit of volume shm, in memory") {
		t.Fatalf("no field:\n%s", text)
	}
	plan, ok := press(s, "enter").(PlanFix)
	if !ok || plan.Size != nil {
		t.Errorf("an empty field asks for %+v", plan.Size)
	}
	press(s, "e", "shift+tab", "9", "G", "i")
	if got, ok := press(s, "enter").(Say); !ok {
		t.Errorf("a volume above the limit: %#v", got)
	}
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "counts against the limit") {
		t.Errorf("no reason:\n%s", text)
	}
	press(s, "backspace", "backspace", "backspace", "6", "4", "M", "i")
	plan, ok = press(s, "enter").(PlanFix)
	if !ok || plan.Size == nil || *plan.Size != (data.VolumeSize{Volume: "shm", Bytes: 64 * data.Mi}) || plan.Limit == nil {
		t.Errorf("asks for %+v", plan)
	}
	s.state.Fix.Change.SizeLimit = plan.Size
	if got, ok := press(s, "r", "w").(PlanFix); ok && got.Way.Template() && got.Size == nil {
		t.Error("another way of the template forgets the size")
	}
	press(s, "e")
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "64Mi") {
		t.Errorf("the wish is forgotten:\n%s", text)
	}
}
