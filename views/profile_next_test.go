package views

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// TestProfileSaysWhatToDoNext holds the first words of the screen in each of its states.
func TestProfileSaysWhatToDoNext(t *testing.T) {
	t.Parallel()
	pair := func(change func(*ProfilePair)) func(*Profile) {
		return func(p *Profile) {
			one := *p.Fetched[data.HeapProfile].Value
			change(&one)
			p.Fetched = map[data.ProfileKind]*Loaded[ProfilePair]{data.HeapProfile: {Value: &one}}
		}
	}
	for _, c := range []struct {
		name   string
		change func(*Profile)
		says   string
	}{
		{"grown", nil, "Look at cache.go:41"},
		{"nothing grew", pair(func(p *ProfilePair) { p.Grown = nil }), "Nothing grew between the two"},
		{"one profile", pair(func(p *ProfilePair) { p.Last, p.Grown = nil, nil }), "press h again: the line that grew"},
		{"restarted", pair(func(p *ProfilePair) { p.Last, p.Grown, p.Restarted = nil, nil, true }), "The container was restarted since"},
		{"under way", func(p *Profile) { p.Fetched[data.HeapProfile].Loading = true }, "Wait: the profile is under way"},
		{"failed", func(p *Profile) {
			p.Fetched = map[data.ProfileKind]*Loaded[ProfilePair]{data.HeapProfile: {Problem: "cut"}}
		}, "Press h to try again when it is a Go program"},
		{"failed the second time", func(p *Profile) { p.Fetched[data.HeapProfile].Problem = "cut" }, "the profile before is kept"},
		{"nothing runs", func(p *Profile) { p.Fetched, p.None = nil, "no pod runs it" }, "Press r when a pod runs again"},
		{"Go, nothing fetched", func(p *Profile) { p.Fetched = nil }, "Press h for a heap profile"},
		{"Go by its metrics alone", func(p *Profile) { p.Fetched, p.Guide.Runtime = nil, "" }, "Press h for a heap profile"},
		{"unknown", func(p *Profile) { p.Fetched, p.Guide.Runtime, p.Runtime = nil, "", nil }, "See what kind of memory it is"},
		{"a JVM", func(p *Profile) { p.Fetched, p.Guide.Runtime, p.Runtime = nil, "java", nil }, "Press y: it copies the command that gives the pod room"},
	} {
		text := ansi.Strip(profileScreen(t, c.change).View(frameOf(t, "dark", 200, 30)))
		first, _, _ := strings.Cut(text, "\n")
		if !strings.HasPrefix(first, " Do next  ") || !strings.Contains(first, c.says) {
			t.Errorf("%s: %s", c.name, first)
		}
	}
}

func TestProfileOfAnEmptyLog(t *testing.T) {
	t.Parallel()
	text := ansi.Strip(profileScreen(t, func(p *Profile) {
		p.Log, p.Hints = &Loaded[data.LogTail]{Value: &data.LogTail{From: "kubectl logs"}, At: time.Time{}}, nil
	}).View(frameOf(t, "dark", 120, 60)))
	if !strings.Contains(text, "The log is empty") || strings.Contains(text, "The log before the kill") || strings.Contains(text, " The log  ") {
		t.Errorf("%s", text)
	}
	many := profileScreen(t, func(p *Profile) {
		p.Hints = []analysis.LogHint{{Says: "one"}, {Says: "two"}, {Says: "three"}, {Says: "four"}, {Says: lastLines}}
	})
	if text := ansi.Strip(many.View(frameOf(t, "dark", 120, 60))); !strings.Contains(text, "The log  one; two; 2 more below") {
		t.Errorf("%s", text)
	}
}

// TestTheChosenCommandStaysInSight chooses a command before the log is there; scrolling leaves it.
func TestTheChosenCommandStaysInSight(t *testing.T) {
	t.Parallel()
	st, k := profileState(t)
	whole := st.Profiles[k]
	early := *whole
	early.Log, early.Hints, early.Runtime, early.Fetched = nil, nil, nil, nil
	show := func(s *ProfileScreen, p *Profile) string {
		st.Profiles[k] = p
		s.Set(st)
		return ansi.Strip(s.View(frameOf(t, "dark", 80, 24)))
	}
	s := NewProfileScreen(k)
	show(s, &early)
	press(s, "tab")
	for name, p := range map[string]*Profile{"before the log": &early, "with the log": whole} {
		if out := show(s, p); !strings.Contains(out, "▍ ") {
			t.Errorf("%s: the chosen command is out of sight:\n%s", name, out)
		}
	}
	press(s, "g")
	if out := show(s, whole); strings.Contains(out, "▍ ") || !strings.Contains(out, "Do next") {
		t.Errorf("after g the screen does not begin at its first line:\n%s", out)
	}
}
