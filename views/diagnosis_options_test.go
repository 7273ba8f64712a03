package views

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// sizesScreen is the last step of a diagnosis with several sizes.
func sizesScreen(t testing.TB, load func(testing.TB) *Loaded[analysis.Diagnosis], k data.Key, keys ...string) *DiagnosisScreen {
	return diagnosisState{key: k, load: load, keys: append([]string{"5"}, keys...)}.screen(t)
}

func TestTheSizeThatIsChosenIsTheOneThatIsFixed(t *testing.T) {
	t.Parallel()
	if got := press(sizesScreen(t, sizes, databaseKey), "enter"); got != (OpenFix{databaseKey}) {
		t.Errorf("the recommended size: %v", got)
	}
	for keys, want := range map[string]int64{"o": 640, "oo": 576} {
		s := sizesScreen(t, sizes, databaseKey, strings.Split(keys, "")...)
		got, ok := press(s, "enter").(FixWith)
		if !ok || *got.Limit != want*data.Mi || *got.Request != 512*data.Mi {
			t.Errorf("%s then enter: %+v, want %dMi", keys, got, want)
		}
		copied, ok := press(s, "y").(Copy)
		if !ok || !strings.Contains(copied.Text.String(), "--limits=memory="+data.HumanBytes(float64(want*data.Mi))) {
			t.Errorf("%s then y copies %q", keys, copied.Text)
		}
	}
	if got := press(sizesScreen(t, sizes, databaseKey, "o", "o", "o"), "enter"); got != (OpenFix{databaseKey}) {
		t.Errorf("round and round: %v, want the recommended size again", got)
	}
	if got := press(sizesScreen(t, database, databaseKey, "o"), "enter"); got != (OpenFix{databaseKey}) {
		t.Errorf("without other sizes: %v", got)
	}
}

func TestSizesShowTheTradeOff(t *testing.T) {
	t.Parallel()
	view := func(s Screen, w int) string { return ansi.Strip(s.View(frameOf(t, "dark", w, 97))) }
	out := view(sizesScreen(t, sizes, databaseKey), 160)
	for _, want := range []string{
		"0.4% of samples are above", "p99 max", "+128Mi", "+$1.16", "33% free above the max", "cut off there and never seen",
		"next kill in about 40h (24h to 3d); 3 kills a week, 3 minutes down", "p99 would be 66% of the limit",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "doing nothing:") {
		t.Error("what doing nothing costs stands there twice")
	}
	out = view(sizesScreen(t, leakSizes, leakyKey), 160)
	for _, want := range []string{"killed 15m after a start", "killed 25m after a start", "The larger limit costs $0.15"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Count(out, "arger limit costs $0.15") != 1 {
		t.Error("the band-aid stands there twice")
	}
}

func TestSizesThatAreAllTheSame(t *testing.T) {
	t.Parallel()
	l := sizes(t)
	for i := range l.Value.Recommendation.Options {
		l.Value.Recommendation.Options[i].Limit = 768 * data.Mi
	}
	s := sizesScreen(t, func(testing.TB) *Loaded[analysis.Diagnosis] { return l }, databaseKey, "o")
	if out := ansi.Strip(s.View(frameOf(t, "dark", 120, 97))); !strings.Contains(out, "the limit would be the same") || strings.Contains(out, "Which size") {
		t.Errorf("one size is offered as a choice:\n%s", out)
	}
	if got := press(s, "enter"); got != (OpenFix{databaseKey}) {
		t.Errorf("%v", got)
	}
}

func TestLessonsAreThereForEveryStep(t *testing.T) {
	t.Parallel()
	s := diagnosisState{key: databaseKey, load: database, keys: []string{"w"}}.screen(t)
	for i := range lessons {
		press(s, string(rune('1'+i)))
		out := strings.Join(strings.Fields(ansi.Strip(s.View(frameOf(t, "dark", 80, 97)))), " ")
		for _, text := range lessons[i] {
			if !strings.Contains(out, text) {
				t.Errorf("step %d does not tell %q", i+1, text)
			}
		}
		if strings.Contains(out, "New to this?") {
			t.Errorf("step %d still offers the lesson", i+1)
		}
	}
	press(s, "w")
	if out := ansi.Strip(s.View(frameOf(t, "dark", 80, 97))); strings.Contains(out, "How it works (") || !strings.Contains(out, "New to this?") {
		t.Error("w does not hide the lesson")
	}
}

func TestFiveKeysLeadToTheFix(t *testing.T) {
	t.Parallel()
	for _, k := range []string{"enter", "space", "right"} {
		s := diagnosisState{key: databaseKey, load: database}.screen(t)
		if got := press(s, k, k, k, k, k); got != (OpenFix{databaseKey}) {
			t.Errorf("five times %s: %v", k, got)
		}
	}
}

func TestTheLastKillIsToldByTheReadersClock(t *testing.T) {
	t.Parallel()
	l := database(t)
	l.Value.Confirmation.LastKillAt = fixedNow.Add(-90 * 60e9)
	l.Value.Steps[0].Detail = []data.Text{"last kill at 2026-11-23T01:41:00Z", "kills: 12 in 24h"}
	s := diagnosisState{key: databaseKey, load: func(testing.TB) *Loaded[analysis.Diagnosis] { return l }}.screen(t)
	out := ansi.Strip(s.View(frameOf(t, "dark", 80, 97)))
	if !strings.Contains(out, "UTC, 1h ago") || strings.Contains(out, "T01:41:00Z") || !strings.Contains(out, "kills: 12 in 24h") {
		t.Errorf("%s", out)
	}
}
