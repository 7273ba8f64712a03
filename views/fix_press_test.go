package views

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// fixKeyTable says what each key asks for in each state of the dialog. A key that is not named asks for nothing.
var fixKeyTable = map[string]map[string]string{
	"none":             {"d": "diagnosis", "c": "say", "Y": "say"},
	"planning":         {"d": "diagnosis", "c": "copy", "Y": "copy"},
	"planned":          {"d": "diagnosis", "c": "copy", "Y": "copy", "y": "apply", "n": "back", "e": "typing"},
	"planned-conflict": {"d": "diagnosis", "c": "copy", "Y": "copy", "y": "apply", "n": "back", "e": "typing"},
	"planned-leak":     {"d": "diagnosis", "c": "copy", "Y": "copy", "y": "apply", "n": "back", "e": "typing"},
	"planned-undo":     {"d": "diagnosis", "c": "copy", "Y": "copy", "y": "apply", "n": "back", "e": "typing"},
	"planned-nothing":  {"d": "diagnosis", "c": "copy", "Y": "copy", "y": "say", "n": "back", "e": "typing"},
	"read-only":        {"d": "diagnosis", "c": "copy", "Y": "copy", "y": "say", "n": "back", "e": "typing"},
	"refused":          {"d": "diagnosis", "c": "copy", "Y": "copy", "e": "typing", "r": "plan"},
	"forbidden":        {"d": "diagnosis", "c": "copy", "Y": "copy", "e": "typing", "r": "plan"},
	"unsupported":      {"d": "diagnosis", "c": "say", "Y": "say"},
	"no-number":        {"d": "diagnosis", "c": "say", "Y": "say", "e": "typing"},
	"not-oom":          {"d": "diagnosis", "c": "say", "Y": "say"},
	"applying":         {"d": "diagnosis", "c": "copy", "Y": "copy"},
	"failed":           {"d": "diagnosis", "c": "copy", "Y": "copy", "e": "typing", "r": "plan"},
	"failed-unknown":   {"d": "diagnosis", "c": "copy", "Y": "copy", "e": "typing", "r": "plan"},
	"rolling-first":    {"d": "diagnosis", "c": "copy", "Y": "copy", "u": "undo"},
	"rolling":          {"d": "diagnosis", "c": "copy", "Y": "copy", "u": "undo"},
	"rolling-stuck":    {"d": "diagnosis", "c": "copy", "Y": "copy", "u": "undo", "e": "typing"},
	"verifying-first":  {"d": "diagnosis", "c": "copy", "Y": "copy", "u": "undo", "e": "typing"},
	"verifying-ok":     {"d": "diagnosis", "c": "copy", "Y": "copy", "u": "undo", "e": "typing"},
	"verifying-killed": {"d": "diagnosis", "c": "copy", "Y": "copy", "u": "undo", "e": "typing"},
}

// fixKeysTried are all keys that any phase knows, and some that none does.
var fixKeysTried = []string{"y", "n", "e", "c", "Y", "u", "r", "d", "esc", "enter", "j", "k", "ctrl+d", "ctrl+u", "pgdown", "pgup", "g", "G", "tab", "x", "f", "q", "space"}

// meant names what came of a key.
func meant(i Intent, s *FixScreen) string {
	switch i := i.(type) {
	case nil:
		if s.Typing() {
			return "typing"
		}
		return ""
	case ApplyFix:
		return "apply"
	case Back:
		return "back"
	case Copy:
		return "copy"
	case Say:
		return "say"
	case OpenDiagnosis:
		return "diagnosis"
	case PlanFix:
		if i.Undo {
			return "undo"
		}
		return "plan"
	}
	return fmt.Sprintf("%T", i)
}

func TestFixKeysInEachPhase(t *testing.T) {
	t.Parallel()
	for name, wants := range fixKeyTable {
		fs := fixNamed(t, name)
		for _, k := range fixKeysTried {
			s := fs.screen(t)
			if got := meant(press(s, k), s); got != wants[k] {
				t.Errorf("%s, %s: %q, want %q", name, k, got, wants[k])
			}
		}
	}
}

// TestFixOffersWhatItKnows compares the keys that are offered with those that do something.
func TestFixOffersWhatItKnows(t *testing.T) {
	t.Parallel()
	for name, wants := range fixKeyTable {
		s := fixNamed(t, name).screen(t)
		var offered []string
		for _, b := range s.Keys() {
			offered = append(offered, b.Help().Key)
		}
		for _, k := range []string{"y", "n", "e", "u", "r", "c"} {
			if does := wants[k] != "" && wants[k] != "say"; does != slices.Contains(offered, k) {
				t.Errorf("%s: %s does something: %v; offered are %v", name, k, does, offered)
			}
		}
		text := drawnAs(t, s, 80, 21)
		if offers := strings.Contains(text, "y yes"); offers != (wants["y"] == "apply") {
			t.Errorf("%s: yes is on the screen: %v", name, offers)
		}
	}
}

func TestYesActsOnThePlanOnScreen(t *testing.T) {
	t.Parallel()
	f := frameOf(t, "dark", 80, 21)
	show := func(fix *Fix) (*FixScreen, *State) {
		st := fixtureState(t)
		st.Fix = fix
		s := NewFix(databaseKey)
		s.Set(st)
		return s, st
	}
	a := planned(t)
	s, st := show(a)
	if got := press(s, "y"); meant(got, s) != "say" {
		t.Errorf("before anything was drawn: %#v", got)
	}
	s.View(f)
	b := planned(t)
	next := *st
	next.Fix = b
	s.Set(&next)
	if got := press(s, "y"); meant(got, s) != "say" {
		t.Errorf("the plan changed after it was drawn: %#v", got)
	}
	s.View(f)
	if got := press(s, "y"); got != (ApplyFix{Plan: b.Plan}) {
		t.Errorf("%#v, want the plan on screen", got)
	}
	if got := press(s, "y"); got != nil {
		t.Errorf("a second yes to the same plan: %#v", got)
	}
	s.Set(st)
	s.View(f)
	press(s, "e")
	s.View(f)
	press(s, "esc")
	if got := press(s, "y"); meant(got, s) != "say" {
		t.Errorf("yes before the diff is back on screen: %#v", got)
	}
	s.View(f)
	if got := press(s, "y"); got != (ApplyFix{Plan: a.Plan}) {
		t.Errorf("%#v, want the first plan", got)
	}
}

// TestYesForAnotherContainer holds that a plan for one container is not agreed to in the dialog of another.
func TestYesForAnotherContainer(t *testing.T) {
	t.Parallel()
	st := fixtureState(t)
	st.Fix = leakFix(t)
	s := NewFix(databaseKey)
	s.Set(st)
	text := drawnAs(t, s, 80, 21)
	if got := press(s, "y"); got != nil || strings.Contains(text, "leaky") {
		t.Errorf("%#v, and on screen:\n%s", got, text)
	}
}

func TestReadOnlyOfTheWholeProgram(t *testing.T) {
	t.Parallel()
	st := fixtureState(t)
	st.Fix, st.ReadOnly = planned(t), true
	s := NewFix(databaseKey)
	s.Set(st)
	text := drawnAs(t, s, 80, 21)
	if !strings.Contains(text, "Read-only: nothing is applied. Copy the command with c.") || strings.Contains(text, "Apply this") {
		t.Errorf("the question must be gone:\n%s", text)
	}
	if got := press(s, "y"); meant(got, s) != "say" {
		t.Errorf("yes: %#v", got)
	}
}

func TestUndoPutsBackWhatWasThere(t *testing.T) {
	t.Parallel()
	s := fixNamed(t, "verifying-killed").screen(t)
	want := PlanFix{Key: databaseKey, Limit: ptr(512 * data.Mi), Request: ptr(256 * data.Mi), Undo: true}
	if got := press(s, "u"); !reflect.DeepEqual(got, want) {
		t.Errorf("%#v, want %#v", got, want)
	}
	for _, before := range []data.Resources{{}, {Limit: ptr(512 * data.Mi)}, {Request: ptr(256 * data.Mi)}} {
		f := watching(t, killedAgain)
		f.Plan.Before = before
		st := fixtureState(t)
		st.Fix = f
		s := NewFix(databaseKey)
		s.Set(st)
		want := PlanFix{Key: databaseKey, Limit: before.Limit, Request: before.Request, Undo: true}
		if got := press(s, "u"); !reflect.DeepEqual(got, want) {
			t.Errorf("from %v: %#v, want %#v: what was absent becomes absent again", before, got, want)
		}
	}
}

func TestTryAgainKeepsTheNumbers(t *testing.T) {
	t.Parallel()
	want := PlanFix{Key: databaseKey, Limit: ptr(768 * data.Mi), Request: ptr(512 * data.Mi)}
	if got := press(fixNamed(t, "failed").screen(t), "r"); !reflect.DeepEqual(got, want) {
		t.Errorf("%#v, want %#v", got, want)
	}
}

func TestTheFootSaysThatTheDiffGoesOn(t *testing.T) {
	t.Parallel()
	s := fixNamed(t, "planned-both").screen(t)
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "The diff goes on below: ") || !strings.Contains(text, "y read on") || strings.Contains(text, "y yes") {
		t.Errorf("the first look:\n%s", text)
	}
	for range 5 {
		if got := press(s, "y"); meant(got, s) != "say" {
			break
		}
		s.View(frameOf(t, "dark", 80, 21))
	}
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "Apply this to the cluster?") || !strings.Contains(text, "y yes") {
		t.Errorf("after reading on:\n%s", text)
	}
	whole := fixNamed(t, "planned-both").screen(t)
	if text := drawnAs(t, whole, 200, 60); !strings.Contains(text, "y yes") || strings.Contains(text, "goes on below") {
		t.Errorf("a diff that is on the screen as a whole:\n%s", text)
	}
}
