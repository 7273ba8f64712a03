package views

import (
	"cmp"
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// fixedNow is the present in all tests of screens.
var fixedNow = time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC)

// casesOf are pointers to copies of cases.
func casesOf(cases ...analysis.Case) []*analysis.Case {
	var out []*analysis.Case
	for i := range cases {
		out = append(out, &cases[i])
	}
	return out
}

// ptr returns a pointer to a copy of v.
func ptr[T any](v T) *T { return &v }

// The keys of the fixture's cases.
var (
	leakyKey    = fixtureKey("shop", "leaky-7d9f8b6c54-x2x4q", "api")
	databaseKey = fixtureKey("data", "database-0", "postgres")
	workerKey   = fixtureKey("shop", "worker-5c6d7f8b9-q8k2p", "worker")
	importKey   = fixtureKey("batch", "import-29402640-7tq9w", "import")
	frontKey    = fixtureKey("web", "frontend-6f9c4d7b8-mm2zr", "frontend")
	trainerKey  = fixtureKey("ml", "trainer-nightly-29402100-k5b7d", "trainer")
	ingestKey   = fixtureKey("platform-observability", "otel-collector-gateway-with-tail-sampling-67d8f9b5c-zx8wl", "otel-collector")
	probeKey    = fixtureKey("shop", "search-59d4c8f7b6-jj5tz", "search")
)

func fixtureKey(ns, pod, container data.Text) data.Key {
	return data.Key{Namespace: ns, Pod: pod, UID: "uid-" + pod, Container: container}
}

// row is one case of the fixture in short.
type row struct {
	key      data.Key
	kind     data.Text // of the workload
	workload data.Text
	node     data.Text
	limit    int64 // Mi; 0 is none
	request  int64 // Mi; 0 is none
	ago      time.Duration
	state    data.RunState
	scope    analysis.Scope
	kills    int
	atLeast  bool
	near     float64 // negative is unknown
	shape    func(i int) float64
	why      data.Text
}

// fixtureRows are the killed cases, newest kill first.
var fixtureRows = []row{
	{leakyKey, "Deployment", "leaky", "node-1", 48, 32, 12 * time.Second, data.CrashLooping, analysis.ScopeContainer, 9, false, 1, saw,
		"The container reached its own memory limit of 48Mi: the kernel killed its main process, and the kubelet reports OOMKilled with exit code 137."},
	{databaseKey, "StatefulSet", "database", "node-2", 512, 256, 3 * time.Minute, data.Running, analysis.ScopeContainer, 12, false, 0.99, flat,
		"The container reached its own memory limit of 512Mi: the kubelet reports OOMKilled with exit code 137."},
	{workerKey, "Deployment", "worker", "node-1", 768, 768, 18 * time.Minute, data.Running, analysis.ScopeChild, 4, false, 0.97, saw,
		"A child process was killed for memory while the container lived on: container_oom_events_total rose by 4 in 24h."},
	{importKey, "CronJob", "import", "node-3", 256, 128, 47 * time.Minute, data.Completed, analysis.ScopeStartup, 1, true, 0.9, gappy,
		"The container was killed 2s after its start, before a sample of its memory was taken."},
	{frontKey, "Deployment", "frontend", "node-4", 0, 64, 2 * time.Hour, data.Running, analysis.ScopeNode, 2, false, -1, flat,
		"The node ran out of memory: the container has no limit, and two other pods of node-4 were killed in the same minute."},
	{trainerKey, "Job", "trainer-nightly-29402100", "node-2", 8192, 8192, 5 * time.Hour, data.Gone, analysis.ScopeContainer, 1, false, 0.96, saw,
		"The container reached its own memory limit of 8Gi; its pod is gone since."},
	{ingestKey, "Deployment", "otel-collector-gateway-with-tail-sampling", "node-3", 2048, 1024, 23 * time.Hour, data.Running,
		analysis.ScopePod, 31, true, -1, nil, "The pod reached the memory limit of the whole pod, 3Gi, which its 3 containers share."},
}

// The shapes of the sparklines, as a share of the limit.
func saw(i int) float64  { return 0.35 + 0.13*float64(i%6) }
func flat(i int) float64 { return 0.88 + 0.02*float64(i%5) }
func gappy(i int) float64 {
	if i < 9 || i%7 == 0 {
		return math.NaN()
	}
	return 0.6
}

// sparkSteps is how many steps the fixture's sparklines have.
const sparkSteps = 24

func (r row) build() analysis.Case {
	at := fixedNow.Add(-r.ago)
	c := data.Container{
		Key: r.key, Kind: data.RegularContainer, Node: r.node, State: r.state, Restarts: int32(r.kills), PodPhase: "Running",
		PodCreated: fixedNow.Add(-72 * time.Hour), Image: "registry.example.com/" + r.key.Container + ":1.4.2",
		Workload: data.Workload{APIVersion: "apps/v1", Kind: r.kind, Namespace: r.key.Namespace, Name: r.workload, Replicas: ptr(int32(3))},
		Last: &data.Termination{Reason: "OOMKilled", ExitCode: 137, StartedAt: at.Add(-11 * time.Minute), FinishedAt: at,
			ContainerID: "containerd://5f1c", Field: "lastState.terminated"},
	}
	if r.limit > 0 {
		c.Resources.Limit = ptr(r.limit * data.Mi)
	}
	if r.request > 0 {
		c.Resources.Request = ptr(r.request * data.Mi)
	}
	if r.state == data.Running {
		c.StartedAt = at.Add(2 * time.Second)
	}
	if r.state == data.Gone {
		c.GoneAt = at.Add(time.Minute)
	}
	if r.scope == analysis.ScopeChild {
		c.ChildKills, c.Last = ptr(4.0), nil
	}
	for i := r.kills; i > 0; i-- {
		c.Kills = append(c.Kills, data.Kill{At: at.Add(-time.Duration(i-1) * 40 * time.Minute), Reason: "OOMKilled", ExitCode: ptr(int32(137))})
	}
	out := analysis.Case{Container: c, Confirmation: analysis.Confirmation{
		OOMKilled: true, Scope: r.scope, Confidence: 0.99, LastKillAt: at, ExitCode: ptr(int32(137)), Reason: "OOMKilled", Why: r.why,
		Kills: analysis.KillCounts{Day: ptr(r.kills), Week: ptr(r.kills * 3)}, AtLeast: r.atLeast, Restarts: int32(r.kills), State: r.state,
		Evidence: []analysis.Evidence{{Says: "lastState.terminated.reason is OOMKilled",
			From: "kubectl get pod -n " + r.key.Namespace + " " + r.key.Pod + " -o jsonpath='{.status.containerStatuses[?(@.name==\"" +
				r.key.Container + "\")].lastState.terminated}'"}},
	}}
	if r.near >= 0 {
		out.Near, out.NearFrom = ptr(r.near), "highest sample of 24h"
	}
	if r.shape != nil {
		limit := float64(cmp.Or(r.limit, 256) * data.Mi)
		for i := range sparkSteps {
			out.Overview.Spark = append(out.Overview.Spark, r.shape(i)*limit)
		}
		out.Overview.Peak = ptr(limit * 0.97)
		out.Overview.Kills = c.Kills
	}
	return out
}

// fixtureRuled is the case that looked like an OOM kill and was none.
func fixtureRuled() analysis.Case {
	c := row{probeKey, "Deployment", "search", "node-1", 1024, 512, 9 * time.Minute, data.Running, analysis.ScopeNotOOM, 0, false, 0.41, flat,
		"Exit code 137 came from the kubelet: the liveness probe failed, and SIGKILL followed the grace period."}.build()
	c.Confirmation.OOMKilled, c.Confirmation.Reason, c.Confirmation.Label = false, "Error", "liveness probe"
	c.Container.Last.Reason = "Error"
	c.Container.Kills, c.Overview.Kills = nil, nil
	c.Confirmation.Evidence = []analysis.Evidence{{Says: "event Killing: failed liveness probe", From: "kubectl get events -n shop --field-selector involvedObject.name=search-59d4c8f7b6-jj5tz"}}
	return c
}

// fixtureState is a cluster with seven killed containers, one that was ruled out, live, with metrics. Each call builds a new one, so
// that a test may change what it got.
func fixtureState(t testing.TB) *State {
	t.Helper()
	b := &Board{
		Cluster: data.Cluster{Context: "prod-eu", Server: "https://prod-eu.example.com:6443", Version: "v1.37.2"},
		Health:  data.Health{State: data.Live, Since: fixedNow.Add(-2 * time.Hour)},
		At:      fixedNow, Since: 24 * time.Hour, Pods: 1234,
		Metrics: Metrics{Source: "http://prometheus.monitoring:9090", Checked: true, Reachable: true},
		Ruled:   casesOf(fixtureRuled()),
	}
	for _, r := range fixtureRows {
		b.Cases = append(b.Cases, casesOf(r.build())...)
	}
	return &State{Board: b, Charts: map[ChartKey]*Loaded[data.Chart]{}, Diagnoses: map[data.Key]*Loaded[analysis.Diagnosis]{}}
}

// withDiagnosis adds a finished diagnosis to a state.
func withDiagnosis(s *State, d *analysis.Diagnosis) *State {
	s.Diagnoses[d.Container.Key] = &Loaded[analysis.Diagnosis]{Value: d, At: fixedNow}
	return s
}

func TestFixtureIsWhole(t *testing.T) {
	t.Parallel()
	s := fixtureState(t)
	if len(s.Board.Cases) != 7 || len(s.Board.Ruled) != 1 {
		t.Fatalf("%d killed and %d ruled out, want 7 and 1", len(s.Board.Cases), len(s.Board.Ruled))
	}
	for i := range s.Board.Cases[1:] {
		a, b := s.Board.Cases[i].Confirmation.LastKillAt, s.Board.Cases[i+1].Confirmation.LastKillAt
		if a.Before(b) {
			t.Errorf("case %d is older than case %d: the board is newest first", i, i+1)
		}
	}
	for _, d := range []*analysis.Diagnosis{fixtureDiagnosis(t), fixtureLeak(t)} {
		if _, ok := s.Board.Case(d.Container.Key); !ok {
			t.Errorf("the diagnosis of %s has no case", d.Container.Key)
		}
		for i, step := range d.Steps {
			if step.Title == "" || step.Question == "" || step.Answer == "" || step.Meaning == "" || len(step.Commands) == 0 {
				t.Errorf("%s: step %d lacks a part", d.Container.Key, i+1)
			}
		}
	}
}
