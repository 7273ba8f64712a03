package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// TestFixSays looks for the words that each state owes a person.
func TestFixSays(t *testing.T) {
	t.Parallel()
	for name, wants := range map[string][]string{
		"none":              {"Making the diagnosis first"},
		"planning":          {"Asking the API server what it would store", "kubectl set resources"},
		"planned":           {"512Mi → 768Mi", "510Mi × 1.30 = 663Mi", "+$0.77 per pod and month", "- memory: 512Mi", "+ memory: 768Mi", "Apply this to the cluster?", "(prod-eu, 1 replica)"},
		"planned-conflict":  {"! The workload changed since the last diff: this is the new one."},
		"planned-leak":      {"! This buys about 26m: the leak goes on"},
		"planned-undo":      {"Undo", "the former value", "Put the former values back?"},
		"planned-otherwise": {"The API server would store a limit of ~978Mi, not 768Mi."},
		"planned-nothing":   {"The same as now: this change has no effect.", "Nothing to apply"},
		"refused":           {`admission webhook "limits.example.com" denied the request`, "above the maximum of 640Mi", "Nothing was changed", "Press e for other numbers"},
		"forbidden":         {"user ann lacks the right", "Give the command below to somebody"},
		"unsupported":       {"not changed from here", "change the CronJob that makes it", "limits.memory: 768Mi and requests.memory: 512Mi"},
		"no-number":         {"No change is offered.", "No size can be recommended", "Press d for the diagnosis"},
		"not-oom":           {"this was no OOM kill", "Press d"},
		"applying":          {"Applying"},
		"failed":            {"The change was not applied.", "etcdserver: leader changed", "Press r"},
		"failed-unknown":    {"no answer came", "It may or may not be stored. Press r"},
		"rolling":           {"2 of 3 pods updated, 1 ready, 1 with the former size", "ContainerCreating"},
		"rolling-stuck":     {"The rollout cannot go on", "Insufficient memory", "u puts the former values back", "The progress can't be read now: the API server is overloaded"},
		"verifying-early":   {"No kill for 4m", "Too early to be sure", "Watched since 03:08:00"},
		"verifying-ok":      {"No kill for 42m", "✓ Healed"},
		"verifying-killed":  {"Killed again with the new size: 2 times", "02:52:00, 20m ago, after a life of 11m, OOMKilled", "e raises the numbers further"},
	} {
		text := drawnAs(t, fixNamed(t, name).screen(t), 120, 37)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", name, want, text)
			}
		}
	}
}

// TestFixDoesNotSay is the near miss of each of the above.
func TestFixDoesNotSay(t *testing.T) {
	t.Parallel()
	for name, lacks := range map[string][]string{
		"planned":          {"The workload changed", "This buys", "would store a limit", "Read-only"},
		"planned-conflict": {"This buys"},
		"planned-undo":     {"510Mi × 1.30", "Apply this"},
		"read-only":        {"Apply this"},
		"applying":         {"y yes", "Apply this"},
		"verifying-early":  {"Healed", "Killed again"},
		"verifying-ok":     {"Too early", "Killed again"},
		"verifying-killed": {"Healed", "Too early"},
		"rolling":          {"cannot go on"},
	} {
		text := drawnAs(t, fixNamed(t, name).screen(t), 120, 37)
		for _, lack := range lacks {
			if strings.Contains(text, lack) {
				t.Errorf("%s says %q:\n%s", name, lack, text)
			}
		}
	}
}

// TestCommandStaysOnScreen holds that the kubectl command is whole at every usual size, in every phase that has one.
func TestCommandStaysOnScreen(t *testing.T) {
	t.Parallel()
	for _, fs := range fixStates {
		f := fs.fix(t)
		if f == nil || f.Command == "" || len(fs.keys) > 0 {
			continue
		}
		for _, sz := range goldenSizes {
			text := squeezed(drawnAs(t, fs.screen(t), sz.width, sz.height))
			if !strings.Contains(text, squeezed(f.Command.String())) {
				t.Errorf("%s@%s: the command is not whole", fs.name, sz.name)
			}
		}
	}
}

// TestWholeDiffCanBeRead scrolls through a long diff at a small size: every changed line comes into sight.
func TestWholeDiffCanBeRead(t *testing.T) {
	t.Parallel()
	f := planned(t)
	for i := range 40 {
		f.Plan.Diff = append(f.Plan.Diff, data.DiffLine{Kind: data.DiffAdd, Text: data.Textf("  line-%02d: added", i)})
	}
	st := fixtureState(t)
	st.Fix = f
	s := NewFix(databaseKey)
	s.Set(st)
	seen := ""
	for range 80 {
		seen += stripped(s.View(frameOf(t, "dark", 60, 12)))
		press(s, "j")
	}
	for i := range 40 {
		if want := fmt.Sprintf("+   line-%02d: added", i); !strings.Contains(seen, want) {
			t.Errorf("%q never came into sight", want)
		}
	}
	if got := press(s, "y"); meant(got, s) != "apply" {
		t.Errorf("yes after reading: %#v", got)
	}
}

func TestFarFromChange(t *testing.T) {
	t.Parallel()
	diff := fixtureDiff
	for i, want := range map[int]int{0: 0, 1: 3, 2: 2, 3: 1, 4: 0, 5: 0, 7: 0, 10: 0, 11: 1, 99: 0} {
		if got := farFromChange(diff, i); got != want {
			t.Errorf("line %d: %d, want %d", i, got, want)
		}
	}
}

func TestExactBytes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n    *int64
		want string
	}{{nil, "none"}, {ptr(768 * data.Mi), "768Mi"}, {ptr(1536 * data.Mi), "1.5Gi"}, {ptr(int64(1e9)), "~954Mi"}, {ptr(768*data.Mi + 1), "~768Mi"}} {
		if got := exactBytes(c.n); got != c.want {
			t.Errorf("%v: %q, want %q", c.n, got, c.want)
		}
	}
}

func TestFixAdviceByError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err   error
		phase FixPhase
		want  string
	}{
		{data.ErrRefused, FixRefused, "Press e for other numbers"}, {nil, FixRefused, "Press e for other numbers"}, {data.ErrForbidden, FixRefused, "somebody who has this right"},
		{data.ErrNotFound, FixFailed, "The workload is gone"}, {data.ErrConflict, FixFailed, "Somebody else changed"}, {data.ErrReadOnly, FixFailed, "without --read-only"},
		{data.ErrUnreachable, FixRefused, "can be reached"}, {data.ErrUnauthorized, FixRefused, "Log in again"}, {data.ErrNoChange, FixRefused, "Nothing more to apply"},
		{data.ErrUnknownOutcome, FixFailed, "may or may not be stored"}, {data.ErrUnsupported, FixRefused, "where this object is made"}, {nil, FixFailed, "Press r to read the workload"},
	} {
		f := inPhase(t, c.phase, func(f *Fix) {
			if f.Plan = nil; c.err != nil {
				f.Err = fmt.Errorf("cannot patch: %w", c.err)
			}
		})
		if got := (Frame{}).named(fixAdvice(f)); !strings.Contains(got, c.want) {
			t.Errorf("%v in %s: %q, want %q", c.err, c.phase, got, c.want)
		}
	}
}

func TestLongNamesKeepTheirEnds(t *testing.T) {
	t.Parallel()
	f := planned(t)
	f.Plan.Change.Workload = data.Workload{Kind: "Deployment", Name: "otel-collector-gateway-with-tail-sampling-and-more-of-that-name", Replicas: ptr(int32(3))}
	st := fixtureState(t)
	st.Fix = f
	s := NewFix(databaseKey)
	s.Set(st)
	for _, sz := range fitSizes {
		fr := frameOf(t, "dark", sz.width, sz.height)
		view := s.View(fr)
		checkFits(t, fr, view)
		if head, _, _ := strings.Cut(stripped(view), "\n"); sz.width >= 59 && (!strings.Contains(head, "deployment") || !strings.Contains(head, "postgres")) {
			t.Errorf("%s: %q", sz.name, head)
		}
	}
}

func TestWatchingALeakSaysSo(t *testing.T) {
	t.Parallel()
	f := leakFix(t)
	f.Phase, f.Healing = FixWatching, &analysis.Healing{Enough: true, Says: "no kill for 42m, usual life was 11m"}
	st := fixtureState(t)
	st.Fix = f
	s := NewFix(leakyKey)
	s.Set(st)
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "this size only buys time") {
		t.Errorf("a leak is not cured by quiet:\n%s", text)
	}
	f.Undo = true
	if text := drawnAs(t, s, 80, 21); strings.Contains(text, "only buys time") {
		t.Errorf("former values buy no time:\n%s", text)
	}
}

func TestFixShowsHowFarTheHistoryIs(t *testing.T) {
	t.Parallel()
	st := fixtureState(t)
	st.Diagnoses[databaseKey] = &Loaded[analysis.Diagnosis]{Loading: true, Done: 12, Total: 30}
	s := NewFix(databaseKey)
	s.Set(st)
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "it gives the numbers … (12 of 30 parts)") {
		t.Errorf("no progress in\n%s", text)
	}
	st.Diagnoses[databaseKey] = &Loaded[analysis.Diagnosis]{Done: 12, Total: 30}
	if text := drawnAs(t, s, 80, 21); strings.Contains(text, "parts") {
		t.Errorf("nothing is being read, and still:\n%s", text)
	}
}

func TestReasonsStandBesideTheirNumbers(t *testing.T) {
	t.Parallel()
	f := planned(t)
	f.Diagnosis.Recommendation.Steps = append(f.Diagnosis.Recommendation.Steps, "request: mean 450Mi rounded up to 512Mi")
	if got := limitReason(f); strings.Contains(got, "mean") || !strings.Contains(got, "rounded up to 768Mi") {
		t.Errorf("limit: %q", got)
	}
	if got := requestReason(f); got != "mean 450Mi rounded up to 512Mi" {
		t.Errorf("request: %q", got)
	}
	f.Limit, f.Request = ptr(data.Gi), ptr(640*data.Mi)
	for name, got := range map[string]string{"768Mi": limitReason(f), "512Mi": requestReason(f)} {
		if got != "your number; recommended: "+name {
			t.Errorf("a number of one's own: %q", got)
		}
	}
	if f.Undo = true; limitReason(f) != "the former value" || requestReason(f) != "" {
		t.Errorf("undo: %q and %q", limitReason(f), requestReason(f))
	}
}
