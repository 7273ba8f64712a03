package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// The nodes' clock may be ahead of this machine's, or behind: a kill of just now still counts, and is judged the same.
func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		at   time.Time
		kill int
	}{
		"no difference":      {now.Add(-time.Second), 1},
		"ten minutes ahead":  {now.Add(10 * time.Minute), 1},
		"ten minutes behind": {now.Add(-10 * time.Minute), 1},
		"a day ahead":        {now.Add(24 * time.Hour), 0}, // no clock: a time that is wrong
	} {
		limit := int64(64 << 20)
		k := data.Container{
			Key: data.Key{Namespace: "shop", Pod: "api", UID: "u", Container: "app"}, Resources: data.Resources{Limit: &limit}, Restarts: 1,
			PodCreated: c.at.Add(-time.Hour), State: data.Running, StartedAt: c.at.Add(time.Second),
			Last:  &data.Termination{Reason: "OOMKilled", ExitCode: 137, StartedAt: c.at.Add(-time.Minute), FinishedAt: c.at, Field: "lastState.terminated"},
			Kills: []data.Kill{{At: c.at, StartedAt: c.at.Add(-time.Minute), Reason: "OOMKilled"}},
		}
		got := NewCase(k, data.Overview{}, now).Confirmation
		if !got.OOMKilled || got.Scope != ScopeContainer || !got.LastKillAt.Equal(c.at) {
			t.Errorf("%s: OOM kill %v, scope %s, at %v", name, got.OOMKilled, got.Scope, got.LastKillAt)
		}
		if got.Kills.Day == nil || *got.Kills.Day != c.kill {
			t.Errorf("%s: %v kills within a day, want %d", name, got.Kills.Day, c.kill)
		}
		d := Diagnose(Input{Case: NewCase(k, data.Overview{}, now), Now: now})
		if d.Confirmation.Kills.Day == nil || *d.Confirmation.Kills.Day != c.kill {
			t.Errorf("%s: the diagnosis counts %v kills within a day, want %d", name, d.Confirmation.Kills.Day, c.kill)
		}
	}
}
