package analysis

import (
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestStepsOfTheDatabase(t *testing.T) {
	t.Parallel()
	c, h := database()
	d := diagnose(c, h)
	titles := [5]data.Text{"Confirm", "Limit", "History", "Leak or limit", "Right size"}
	states := [5]StepState{StepYes, StepYes, StepWarn, StepYes, StepYes}
	answers := [5]string{"99% sure: the container met its own limit", "Limit 512Mi, request 256Mi", "mean 450Mi, p95 505Mi, p99 510Mi", "Memory limit too low, 95% sure", "Limit 768Mi, request 512Mi"}
	for i, s := range d.Steps {
		if s.Title != titles[i] || s.State != states[i] || !strings.Contains(s.Answer.String(), answers[i]) {
			t.Errorf("step %d: %s %s %q", i+1, s.Title, s.State, s.Answer)
		}
		if len(s.Commands) == 0 {
			t.Errorf("step %d has no command", i+1)
		}
	}
	if d.Steps[4].Commands[0] != d.Commands.Fix {
		t.Errorf("the fix comes first: %q", d.Steps[4].Commands)
	}
	if !strings.Contains(strings.Join(textStrings(d.Steps[2].Detail), ";"), "history reaches back 30d") {
		t.Errorf("how far history reaches: %q", d.Steps[2].Detail)
	}
	if !strings.Contains(strings.Join(textStrings(d.Steps[4].Detail), ";"), "$0.77 a pod a month") {
		t.Errorf("cost: %q", d.Steps[4].Detail)
	}
}

func TestStepsOfALimitTooFarFromTheRequest(t *testing.T) {
	t.Parallel()
	c, h := leakingAPI()
	c.Resources.Request = ptr(64 * data.Mi)
	if s := diagnose(c, h).Steps[1]; s.State != StepWarn || !strings.Contains(strings.Join(textStrings(s.Detail), ";"), "8.0 times the request") {
		t.Errorf("%s %q", s.State, s.Detail)
	}
	c.Resources = data.Resources{}
	if s := diagnose(c, h).Steps[1]; s.State != StepNo || s.Answer != "No limit is set" {
		t.Errorf("%s %q", s.State, s.Answer)
	}
}

func TestGapsLowerConfidence(t *testing.T) {
	t.Parallel()
	c, h := leakingAPI()
	whole := diagnose(c, h).Cause.Confidence
	from := noon.Add(-20 * 60 * 60 * 1e9)
	for i := range h.Lives {
		h.Lives[i].Samples = h.Lives[i].Between(from, noon)
	}
	part := diagnose(c, h)
	if part.Cause.Confidence >= whole {
		t.Errorf("%.2f with 20 hours, %.2f with a week", part.Cause.Confidence, whole)
	}
	h.Lives, h.Limit = nil, data.Samples{}
	none := diagnose(c, h)
	sound(t, &none)
	if none.Cause.Confidence >= part.Cause.Confidence || len(none.Gaps) == 0 {
		t.Errorf("%s %.2f with no samples, gaps %v", none.Cause.Class, none.Cause.Confidence, none.Gaps)
	}
	c.Workload.Problem = "forbidden: replicasets.apps"
	c.GoneAt = noon
	if got := diagnose(c, h).Gaps; len(got) != 3 {
		t.Errorf("gaps %v", got)
	}
}

func TestProfileCommands(t *testing.T) {
	t.Parallel()
	c := limited(ending("OOMKilled", 137))
	for rt, want := range map[data.Text]string{"go": "pprof/heap", "java": "jcmd 1 GC.heap_dump", "node": "kill -USR1 1", "python": "memray attach", "dotnet": "dotnet-gcdump collect", "ruby": "rbtrace", "": "smaps_rollup"} {
		got := strings.Join(textStrings(profileCommands(c, rt)), "\n")
		if !strings.Contains(got, want) || !strings.Contains(got, "-n shop") {
			t.Errorf("%s: %s", rt, got)
		}
	}
}
