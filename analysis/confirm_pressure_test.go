package analysis

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// What the kernel counted before an end is evidence for or against a kill, and what it did not tell is named.
func TestPressureIsEvidence(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	end := now.Add(-10 * time.Minute)
	limit := int64(512 << 20)
	share := func(x float64) *float64 { return &x }
	for name, c := range map[string]struct {
		reason           data.Text
		code             int32
		waiting, stalled *float64
		events           *float64
		oom              bool
		atLeast, atMost  float64 // confidence
		says, against    string
	}{
		"a sure kill, all of it there":      {"OOMKilled", 137, share(0.6), share(0.3), share(1), true, sureKill, 1, "rose by 1 around", ""},
		"a sure kill on cgroup v1":          {"OOMKilled", 137, nil, nil, nil, true, sureKill, 1, "unknown: no pressure stall information", ""},
		"a sure kill, a sudden rise":        {"OOMKilled", 137, share(0), share(0), share(1), true, sureKill, 1, "0% of the 5m", ""},
		"SIGKILL, and a kill was counted":   {"Error", 137, nil, nil, share(1), true, countedOOM, countedOOM, "rose by 1 around", ""},
		"SIGKILL, and none was counted":     {"Error", 137, share(0), share(0), share(0), false, 0, unsureKilled, "", "did not rise"},
		"SIGKILL, and nothing waited":       {"Error", 137, share(0.002), share(0), nil, false, 0, unsureKilled, "no container_oom_events_total", "waited for memory 0%"},
		"SIGKILL under pressure alone":      {"Error", 137, share(0.5), share(0.3), nil, false, 0, unsureKilled, "all of them at once 30%", ""},
		"an end that explains itself":       {"Completed", 0, share(0.5), share(0.3), share(1), false, 0, 1, "", ""},
		"SIGTERM is not judged by pressure": {"Error", 143, share(0.5), share(0.3), share(0), false, 0, 1, "", ""},
	} {
		k := data.Container{
			Key: data.Key{Namespace: "shop", Pod: "api", UID: "u", Container: "app"}, Resources: data.Resources{Limit: &limit}, Restarts: 1,
			Last: &data.Termination{Reason: c.reason, ExitCode: c.code, StartedAt: end.Add(-time.Hour), FinishedAt: end, Field: "lastState.terminated"},
		}
		in := Input{Case: NewCase(k, data.Overview{}, now), Now: now, History: &data.History{Pressure: &data.Pressure{
			End: end, Waiting: c.waiting, Stalled: c.stalled, OOMEvents: c.events, WaitingFrom: "W", StalledFrom: "S", OOMEventsFrom: "E",
		}}}
		before := len(in.Case.Confirmation.Evidence)
		got := withPressure(&in, in.Case.Confirmation)
		if got.OOMKilled != c.oom || got.Confidence < c.atLeast || got.Confidence > c.atMost {
			t.Errorf("%s: OOM kill %v, confidence %.2f; want %v, %.2f to %.2f", name, got.OOMKilled, got.Confidence, c.oom, c.atLeast, c.atMost)
		}
		if c.oom && !got.LastKillAt.Equal(end) {
			t.Errorf("%s: the kill was at %v", name, got.LastKillAt)
		}
		if !quoted(got.Evidence, c.says) || !quoted(got.Against, c.against) {
			t.Errorf("%s: evidence %v, against %v; want %q, %q", name, got.Evidence, got.Against, c.says, c.against)
		}
		if c.code != 137 && (len(got.Evidence) != before || quoted(got.Evidence, "memory")) {
			t.Errorf("%s: pressure is evidence of it: %v", name, got.Evidence)
		}
		for _, e := range append(got.Evidence, got.Against...) {
			if e.Unknown != strings.Contains(e.Says.String(), "unknown") {
				t.Errorf("%s: %q is said to be unknown: %v", name, e.Says, e.Unknown)
			}
			if e.From == "" {
				t.Errorf("%s: %q is from nowhere", name, e.Says)
			}
		}
		if len(in.Case.Confirmation.Evidence) != before {
			t.Errorf("%s: the case itself was written to", name)
		}
	}
}

// Heavy stalls make a probable kill more likely; light ones do not.
func TestPressureOfAProbableKill(t *testing.T) {
	t.Parallel()
	for stalled, want := range map[float64]float64{0.5: probableKill + moreSure, 0.05: probableKill} {
		in := Input{History: &data.History{Pressure: &data.Pressure{Waiting: ptr(0.6), Stalled: ptr(stalled), WaitingFrom: "W", StalledFrom: "S"}}}
		got := withPressure(&in, Confirmation{OOMKilled: true, Label: "limit, probably", Confidence: probableKill})
		if got.Confidence != want {
			t.Errorf("stalled %.2f: confidence %.2f, want %.2f", stalled, got.Confidence, want)
		}
	}
}

// quoted reports whether a piece of evidence has the words; no words are always there.
func quoted(all []Evidence, words string) bool {
	for _, e := range all {
		if strings.Contains(e.Says.String(), words) {
			return true
		}
	}
	return words == ""
}
