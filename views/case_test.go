package views

import (
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// caseWith is the case screen of a container with a chart of the window.
func caseWith(t testing.TB, c *data.Chart) (*CaseScreen, *State) {
	t.Helper()
	st := fixtureState(t)
	st.Charts[ChartKey{c.Key, c.Window}] = &Loaded[data.Chart]{Value: c, At: fixedNow}
	if found, ok := st.Board.Case(c.Key); ok && found.Confirmation.OOMKilled {
		found.Container.Kills, found.Confirmation.Kills.Day = c.Kills, ptr(len(c.Kills))
	}
	s := NewCase(c.Key, data.Day)
	s.window = c.Window
	s.Set(st)
	return s, st
}

// caseStates are the states of the case screen that are drawn for comparison.
var caseStates = map[string]func(t *testing.T) Screen{
	"sawtooth": func(t *testing.T) Screen {
		s, st := caseWith(t, sawtooth(leakyKey, data.Day))
		s.Set(withDiagnosis(st, fixtureLeak(t)))
		return s
	},
	"plateau": func(t *testing.T) Screen {
		s, _ := caseWith(t, plateau(databaseKey, data.Week))
		return s
	},
	"gap": func(t *testing.T) Screen {
		s, _ := caseWith(t, holed(leakyKey, data.Day))
		return s
	},
	"loading": func(t *testing.T) Screen {
		s, st := caseWith(t, sawtooth(leakyKey, data.Day))
		st.Charts[ChartKey{leakyKey, data.Day}] = &Loaded[data.Chart]{Loading: true, Done: 3, Total: 7}
		st.Frames = 2
		s.Set(st)
		return s
	},
	"no-prometheus": func(t *testing.T) Screen {
		st := fixtureState(t)
		st.Board.Metrics = Metrics{}
		s := NewCase(leakyKey, data.Day)
		s.Set(st)
		return s
	},
	"failed": func(t *testing.T) Screen {
		s, st := caseWith(t, sawtooth(leakyKey, data.Day))
		st.Charts[ChartKey{leakyKey, data.Day}] = &Loaded[data.Chart]{Problem: "http://prometheus.monitoring:9090: 503 Service Unavailable", At: fixedNow}
		s.Set(st)
		return s
	},
	"cursor": func(t *testing.T) Screen {
		s, _ := caseWith(t, sawtooth(leakyKey, data.Day))
		press(s, "n", "n", "n")
		return s
	},
	"numbers": func(t *testing.T) Screen {
		s, _ := caseWith(t, sawtooth(leakyKey, data.Day))
		press(s, "v", "j", "j", "j", "pgdown", "pgdown")
		return s
	},
	"empty": func(t *testing.T) Screen {
		c := sawtooth(leakyKey, data.Day)
		c.Lives = nil
		s, _ := caseWith(t, c)
		return s
	},
	"gone": func(t *testing.T) Screen {
		s, st := caseWith(t, sawtooth(trainerKey, data.SixHours))
		c, _ := st.Board.Case(trainerKey)
		c.Container.Workload = data.Workload{Problem: "jobs.batch \"trainer-nightly\" is forbidden: get"}
		s.Set(st)
		return s
	},
	"refreshing": func(t *testing.T) Screen {
		s, st := caseWith(t, plateau(databaseKey, data.Day))
		st.Charts[ChartKey{databaseKey, data.Day}].Loading = true
		st.Charts[ChartKey{databaseKey, data.Day}].Problem = "context deadline exceeded"
		s.Set(st)
		return s
	},
	"ruled-out": func(t *testing.T) Screen {
		c := plateau(probeKey, data.Hour)
		c.Kills = nil
		s, _ := caseWith(t, c)
		return s
	},
	"long-names": func(t *testing.T) Screen {
		s, st := caseWith(t, plateau(ingestKey, data.ThirtyDay))
		c, _ := st.Board.Case(ingestKey)
		c.Container.Image = "registry.example.com/" + data.Text(strings.Repeat("observability/", 12)) + "otelcol:v1"
		c.Container.Command = []data.Text{"/otelcol", "--config", "/conf/" + data.Text(strings.Repeat("x", 180))}
		c.Container.Env = []data.Knob{{Name: "GOMEMLIMIT", Value: "1800MiB"}, {Name: "GOGC", Value: "50"}}
		c.Container.PodLimit, c.Container.MemoryVolumes = ptr(3*data.Gi), []data.Text{"scratch", "shm"}
		s.Set(st)
		return s
	},
	"unknown": func(t *testing.T) Screen {
		s := NewCase(fixtureKey("shop", "never-seen", "api"), data.Day)
		s.Set(fixtureState(t))
		return s
	},
	"waiting": func(t *testing.T) Screen {
		s := NewCase(leakyKey, data.Day)
		s.Set(&State{})
		return s
	},
}

func init() {
	for name, make := range caseStates {
		register("case/"+name, make)
	}
}

func TestCaseGoldens(t *testing.T) {
	for name, make := range caseStates {
		t.Run(name, func(t *testing.T) { goldens(t, "case/"+name, make(t)) })
	}
}
