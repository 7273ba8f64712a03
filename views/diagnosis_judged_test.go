package views

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// judged is a diagnosis that package analysis made itself, so that the screen is drawn with the findings it really gets.
func judged(t testing.TB, k data.Key, h *data.History, problem data.Text) *analysis.Diagnosis {
	t.Helper()
	c, ok := fixtureState(t).Board.Case(k)
	if !ok {
		t.Fatalf("no case %s", k)
	}
	d := analysis.Diagnose(analysis.Input{Case: *c, History: h, MetricsProblem: problem, Price: analysis.DefaultPrice, Now: fixedNow})
	return &d
}

// longHistory is 30 days of the container's memory: steady near the limit.
func longHistory(k data.Key) *data.History {
	h := fixtureHistory(k)
	h.First = h.From
	h.Selector = `namespace="data",container="postgres",pod=~"database-.*"`
	h.Resolution, h.Lives = 5*time.Minute, nil
	l := data.Life{Pod: k.Pod, ID: "a"}
	for at := h.From; at.Before(h.To); at = at.Add(5 * time.Minute) {
		l.T = append(l.T, at.UnixMilli())
		l.V = append(l.V, float64(data.Mi)*(495+float64(at.Unix()/300%16)))
	}
	h.Lives = []data.Life{l}
	return h
}

// judgedCases are containers of the fixture as package analysis judges them.
func judgedCases(t testing.TB) map[string]*analysis.Diagnosis {
	return map[string]*analysis.Diagnosis{
		"history":    judged(t, databaseKey, longHistory(databaseKey), ""),
		"no metrics": judged(t, databaseKey, nil, "no Prometheus is configured: start with --prometheus-url"),
		"node":       judged(t, frontKey, nil, "no Prometheus is configured: start with --prometheus-url"),
		"child":      judged(t, workerKey, nil, "Prometheus has not answered yet"),
		"pod limit":  judged(t, ingestKey, nil, "Prometheus has not answered yet"),
		"ruled out":  judged(t, probeKey, nil, "Prometheus has not answered yet"),
	}
}

func TestJudgedDiagnosesFit(t *testing.T) {
	t.Parallel()
	for name, d := range judgedCases(t) {
		for i := range d.Steps {
			s := NewDiagnosis(d.Container.Key)
			s.Set(withDiagnosis(fixtureState(t), d))
			s.Press(keyPress(string(rune('1' + i))))
			for _, sz := range goldenSizes {
				f := frameOf(t, "dark", sz.width, sz.height)
				checkFits(t, f, s.View(f))
			}
			text := drawnAs(t, s, 300, 97)
			st := d.Steps[i]
			for what, want := range map[string]string{"question": st.Question.String(), "answer": st.Answer.String(), "meaning": st.Meaning.String(), "doubt": st.Doubt.String()} {
				if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
					t.Errorf("%s, step %d: the %s is not on the screen: %q\n%s", name, i+1, what, want, text)
				}
			}
			for _, c := range stepCommands(d, i) {
				if !strings.Contains(squeezed(text), squeezed(c.String())) {
					t.Errorf("%s, step %d: the command %q is not on the screen", name, i+1, c)
				}
			}
		}
	}
}

// TestJudgedStepsSayThingsOnce looks for lines that stand twice in one step: the same fact in the same words.
func TestJudgedStepsSayThingsOnce(t *testing.T) {
	t.Parallel()
	for name, d := range judgedCases(t) {
		for i := range d.Steps {
			s := NewDiagnosis(d.Container.Key)
			s.Set(withDiagnosis(fixtureState(t), d))
			s.Press(keyPress(string(rune('1' + i))))
			seen := map[string]bool{}
			for _, line := range strings.Split(stripped(s.View(frameOf(t, "dark", 300, 97))), "\n") {
				line = strings.Trim(line, " ·!✓✗?▍")
				if strings.Contains(line, "promql:") || strings.Contains(line, "$ ") {
					continue // a command stands under its evidence and in the list
				}
				if len(line) > 3 && seen[line] {
					t.Errorf("%s, step %d says twice: %q", name, i+1, line)
				}
				seen[line] = true
			}
		}
	}
}
