package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A worker that leaks and is killed alone leaves one life of the container with a sawtooth in it; a level that stands near the
// limit while children are killed is none.
func TestChildThatLeaks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mem  course
		leak bool
	}{
		"climbs, falls to what the others hold, and climbs again": {func(age float64, n *noise) float64 {
			for age > 6 {
				age -= 6
			}
			return (300 + 34*age + 3*n.next()) * mi
		}, true},
		"near miss: a level near the limit": {func(_ float64, n *noise) float64 { return (480 + 20*n.next()) * mi }, false},
	} {
		h := historyOf("app-0", 512*data.Mi, 3*24*time.Hour, time.Minute, 0, c.mem)
		con := killed("Deployment", "app", "app", "registry.example/app:1", 512*data.Mi, 256*data.Mi, noon.Add(-time.Hour))
		con.ChildKillsFrom = "increase(container_oom_events_total[1h])"
		con.Last, con.Kills, con.ChildKills, con.Restarts, con.StartedAt = nil, nil, ptr(12.0), 0, noon.Add(-3*24*time.Hour)
		d := diagnose(con, h)
		sound(t, &d)
		if got := d.Cause.Class == MemoryLeak; got != c.leak {
			t.Errorf("%s: %s (%.2f)", name, d.Cause.Class, d.Cause.Confidence)
		}
	}
}

// A JVM's heap that was filled at its start leaves no room, whatever the level looks like; half of the limit does.
func TestHeapThatIsFilledAtTheStart(t *testing.T) {
	t.Parallel()
	for setting, want := range map[data.Text]Class{"-Xms440m -Xmx440m": JVMHeap, "-Xms192m -Xmx192m": LimitTooLow} {
		con, h := simple(7*24*time.Hour, time.Minute, 0, func(age float64, n *noise) float64 { return (470 + 15*age + 3*n.next()) * mi },
			env("JAVA_TOOL_OPTIONS", setting))()
		d := diagnose(con, h)
		sound(t, &d)
		if d.Cause.Class != want {
			t.Errorf("%s: %s (%.2f), want %s", setting, d.Cause.Class, d.Cause.Confidence, want)
		}
	}
}

// Files in memory without a volume for them, as browsers and databases keep them in /dev/shm, tell themselves by their size.
func TestSharedMemoryWithoutAVolume(t *testing.T) {
	t.Parallel()
	for share, want := range map[float64]Class{0.5: SharedMemory, 0.1: MemoryLeak} {
		con, h := leakingAPI()
		for _, l := range h.Lives {
			for i, v := range l.V {
				if i%10 == 0 {
					h.Shared.T, h.Shared.V = append(h.Shared.T, l.T[i]), append(h.Shared.V, v*share)
				}
			}
		}
		if d := diagnose(con, h); d.Cause.Class != want {
			t.Errorf("%.0f%% of the memory is files in memory: %s (%.2f), want %s", 100*share, d.Cause.Class, d.Cause.Confidence, want)
		}
	}
}
