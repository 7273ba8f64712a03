package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// fixtureDiff is what the API server would store for the database.
var fixtureDiff = []data.DiffLine{
	{Kind: data.DiffHunk, Text: "@@ -31,10 +31,10 @@"}, {Kind: data.DiffSame, Text: "        image: postgres:17"},
	{Kind: data.DiffSame, Text: "        name: postgres"}, {Kind: data.DiffSame, Text: "        resources:"},
	{Kind: data.DiffSame, Text: "          limits:"}, {Kind: data.DiffRemove, Text: "            memory: 512Mi"},
	{Kind: data.DiffAdd, Text: "            memory: 768Mi"}, {Kind: data.DiffSame, Text: "          requests:"},
	{Kind: data.DiffRemove, Text: "            memory: 256Mi"}, {Kind: data.DiffAdd, Text: "            memory: 512Mi"},
	{Kind: data.DiffSame, Text: "        volumeMounts:"}, {Kind: data.DiffSame, Text: "        - mountPath: /var/lib/postgresql/data"},
}

// planned is the database's fix with its dry run done.
func planned(t testing.TB) *Fix {
	d := fixtureDiagnosis(t)
	d.Container.Workload.Replicas = ptr(int32(1))
	return &Fix{
		Key: databaseKey, Phase: FixPlanned, Diagnosis: d, Limit: d.Recommendation.Limit, Request: d.Recommendation.Request,
		Plan: &data.Plan{
			Change: data.Change{Workload: d.Container.Workload, Container: "postgres", Limit: d.Recommendation.Limit, Request: d.Recommendation.Request},
			Before: data.Resources{Limit: ptr(512 * data.Mi), Request: ptr(256 * data.Mi)},
			After:  data.Resources{Limit: ptr(768 * data.Mi), Request: ptr(512 * data.Mi)}, ResourceVersion: "4711",
			Diff: fixtureDiff, Replicas: ptr(int32(1)), Effect: "rolls out to 1 pod, which is restarted",
		},
		Cost:     analysis.Cost{PerPodMonthly: ptr(0.77), Replicas: ptr(int32(1)), TotalMonthly: ptr(0.77), Currency: "USD", PerGiBMonth: 3.09, PriceFrom: "opencost default"},
		Warnings: []data.Text{"Samples stop at the limit: watch the first day after the change."},
		Command:  d.Commands.Fix,
	}
}

// inPhase is the database's fix in a later phase.
func inPhase(t testing.TB, p FixPhase, change func(*Fix)) *Fix {
	f := planned(t)
	f.Phase = p
	if change != nil {
		change(f)
	}
	return f
}

// applied gives a fix what is known after the yes.
func applied(f *Fix) {
	f.Applied = &data.Applied{At: fixedNow.Add(-42 * time.Minute), ResourceVersion: "4712", After: f.Plan.After}
}

// refusal is a fix that admission refused in the dry run.
func refusal(t testing.TB) *Fix {
	return inPhase(t, FixRefused, func(f *Fix) {
		f.Plan = nil
		f.Problem = `the API server refuses: admission webhook "limits.example.com" denied the request: container postgres: memory limit 768Mi is above the maximum of 640Mi for namespace data`
		f.Err = fmt.Errorf("cannot patch: %w", data.ErrRefused)
	})
}

// leakFix is a fix that only buys time.
func leakFix(t testing.TB) *Fix {
	d := fixtureLeak(t)
	f := planned(t)
	f.Key, f.Diagnosis, f.Limit, f.Request, f.Command = leakyKey, d, d.Recommendation.Limit, d.Recommendation.Request, d.Commands.Fix
	f.Plan.Change.Workload, f.Plan.Change.Container, f.Plan.Replicas = d.Container.Workload, "api", ptr(int32(3))
	f.Plan.Before = data.Resources{Limit: ptr(48 * data.Mi), Request: ptr(32 * data.Mi)}
	f.Plan.After = data.Resources{Limit: f.Limit, Request: f.Request}
	f.Warnings = d.Recommendation.Warnings
	return f
}

// bareJob is a Job whose kind is not patched.
func bareJob(t testing.TB) *Fix {
	return inPhase(t, FixRefused, func(f *Fix) {
		f.Plan, f.Command = nil, ""
		f.Diagnosis.Container.Workload.Kind = "Job"
		f.Problem = "a Job's template can't be changed: delete the Job and create it anew with other memory, or change the CronJob that makes it"
		f.Err = data.ErrUnsupported
	})
}

// watching is a fix that has reached the pods.
func watching(t testing.TB, h *analysis.Healing) *Fix {
	return inPhase(t, FixWatching, func(f *Fix) {
		applied(f)
		f.Rollout = &data.Rollout{Desired: 1, Updated: 1, Ready: 1, Done: true}
		f.Healing = h
	})
}

var killedAgain = &analysis.Healing{
	Watched: 42 * time.Minute, Usual: ptr(11 * time.Minute), Says: "killed again: 2 times, the last 3m ago",
	Killed: []data.Kill{{At: fixedNow.Add(-20 * time.Minute), StartedAt: fixedNow.Add(-31 * time.Minute), Reason: "OOMKilled"}, {At: fixedNow.Add(-3 * time.Minute), Reason: "OOMKilled"}},
}

// fixState is the fix dialog in one state.
type fixState struct {
	name string
	fix  func(t testing.TB) *Fix
	keys []string
}

var fixStates = slices.Concat(plainStates, wayStates, sentStates)

// plainStates are the states of a change of a template, without more to say about it.
var plainStates = []fixState{
	{"none", func(testing.TB) *Fix { return nil }, nil},
	{"planning", func(t testing.TB) *Fix { return inPhase(t, FixPlanning, func(f *Fix) { f.Plan = nil }) }, nil},
	{"planned", planned, nil},
	{"planned-conflict", func(t testing.TB) *Fix { return inPhase(t, FixPlanned, func(f *Fix) { f.Changed = true }) }, nil},
	{"planned-leak", leakFix, nil},
	{"planned-nothing", func(t testing.TB) *Fix { return inPhase(t, FixPlanned, func(f *Fix) { f.Plan.Diff = nil }) }, nil},
	{"planned-undo", func(t testing.TB) *Fix {
		return inPhase(t, FixPlanned, func(f *Fix) {
			f.Undo, f.Limit, f.Request = true, ptr(512*data.Mi), ptr(256*data.Mi)
			f.Plan.Before, f.Plan.After = f.Plan.After, f.Plan.Before
		})
	}, nil},
	{"planned-otherwise", func(t testing.TB) *Fix {
		return inPhase(t, FixPlanned, func(f *Fix) { f.Plan.After.Limit = ptr(1000000001 + 24*data.Mi) })
	}, nil},
	{"read-only", func(t testing.TB) *Fix { return inPhase(t, FixPlanned, func(f *Fix) { f.ReadOnly = true }) }, nil},
	{"editing", planned, []string{"e"}},
	{"editing-error", planned, []string{"e", "backspace", "backspace", "Q"}},
	{"editing-both-wrong", planned, []string{"e", "tab", "ctrl+u", "1", "G", "i"}},
	{"refused", refusal, nil},
	{"forbidden", func(t testing.TB) *Fix {
		return inPhase(t, FixRefused, func(f *Fix) {
			f.Plan, f.Err = nil, fmt.Errorf("no: %w", data.ErrForbidden)
			f.Problem = "cannot patch statefulsets database in namespace data: user ann lacks the right to patch statefulsets in namespace data"
		})
	}, nil},
	{"unsupported", bareJob, nil},
	{"no-number", func(t testing.TB) *Fix {
		return &Fix{Key: databaseKey, Phase: FixRefused, Diagnosis: withoutMetrics(t), Problem: "No size can be recommended. Without history, a leak and a low limit look the same."}
	}, nil},
	{"not-oom", func(testing.TB) *Fix {
		return &Fix{Key: databaseKey, Phase: FixRefused, Problem: "Nothing to fix here: this was no OOM kill. The liveness probe failed."}
	}, nil},
	{"applying", func(t testing.TB) *Fix { return inPhase(t, FixApplying, nil) }, nil},
	{"failed", func(t testing.TB) *Fix {
		return inPhase(t, FixFailed, func(f *Fix) {
			f.Problem = "cannot patch statefulsets database: the API server is overloaded or not ready: etcdserver: leader changed"
		})
	}, nil},
	{"failed-unknown", func(t testing.TB) *Fix {
		return inPhase(t, FixFailed, func(f *Fix) {
			f.Problem, f.Err = "cannot reach the API server https://prod-eu.example.com:6443: connection reset by peer", data.ErrUnknownOutcome
		})
	}, nil},
	{"rolling-first", func(t testing.TB) *Fix { return inPhase(t, FixRolling, applied) }, nil},
	{"rolling", func(t testing.TB) *Fix {
		return inPhase(t, FixRolling, func(f *Fix) {
			applied(f)
			f.Rollout = &data.Rollout{Desired: 3, Updated: 2, Ready: 1, Old: 1, Waits: "database-1 is not ready: ContainerCreating"}
		})
	}, nil},
	{"rolling-stuck", func(t testing.TB) *Fix {
		return inPhase(t, FixRolling, func(f *Fix) {
			applied(f)
			f.Rollout = &data.Rollout{Desired: 3, Updated: 1, Ready: 2, Old: 2, Failed: true, Waits: "database-2 is unschedulable: 0/4 nodes are available: 4 Insufficient memory"}
			f.Problem = "the API server is overloaded"
		})
	}, nil},
	{"verifying-first", func(t testing.TB) *Fix { return watching(t, nil) }, nil},
	{"verifying-early", func(t testing.TB) *Fix {
		return watching(t, &analysis.Healing{Watched: 4 * time.Minute, Usual: ptr(11 * time.Minute), Says: "no kill for 4m, usual life was 11m"})
	}, nil},
	{"verifying-ok", func(t testing.TB) *Fix {
		return watching(t, &analysis.Healing{Watched: 42 * time.Minute, Usual: ptr(11 * time.Minute), Enough: true, Says: "no kill for 42m, usual life was 11m"})
	}, nil},
	{"verifying-killed", func(t testing.TB) *Fix { return watching(t, killedAgain) }, nil},
}

func (fs fixState) screen(t testing.TB) *FixScreen {
	t.Helper()
	f, st, k := fs.fix(t), fixtureState(t), databaseKey
	if f != nil {
		k, st.Fix = f.Key, f
	}
	s := NewFix(k)
	s.Set(st)
	s.View(frameOf(t, "dark", 80, 21))
	press(s, fs.keys...)
	return s
}

func init() {
	for _, fs := range fixStates {
		register("fix/"+fs.name, func(t *testing.T) Screen { return fs.screen(t) })
	}
}

func TestFixGoldens(t *testing.T) {
	t.Parallel()
	for _, fs := range fixStates {
		t.Run(fs.name, func(t *testing.T) { everySize(t, "fix/"+fs.name, fs.screen(t)) })
	}
}

// fixNamed returns a state of fixStates by its name.
func fixNamed(t testing.TB, name string) fixState {
	t.Helper()
	for _, fs := range fixStates {
		if fs.name == name {
			return fs
		}
	}
	t.Fatalf("no state %q", name)
	return fixState{}
}

// drawnAs returns what the dialog shows at a size, in one line, for tests that look for words.
func drawnAs(t testing.TB, s Screen, w, h int) string {
	t.Helper()
	return strings.Join(strings.Fields(stripped(s.View(frameOf(t, "dark", w, h)))), " ")
}
