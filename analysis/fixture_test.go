package analysis

import (
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

const (
	mi = float64(data.Mi)
	gi = float64(data.Gi)
)

// noon is the present of all tests.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// noise is a repeatable sequence of numbers from 0 to 1.
type noise uint64

func (n *noise) next() float64 {
	*n = *n*6364136223846793005 + 1442695040888963407
	return float64(*n>>40) / float64(1<<24)
}

// killed returns a container of a workload that was OOM-killed at the given time.
func killed(kind, workload, name, image string, limit, request int64, at time.Time) data.Container {
	c := data.Container{
		Key:  data.Key{Namespace: "shop", Pod: data.Text(workload + "-0"), UID: "u1", Container: data.Text(name)},
		Kind: data.RegularContainer, Node: "n1", Image: data.Text(image), State: data.Running, StartedAt: at.Add(10 * time.Second),
		Resources: data.Resources{Limit: &limit, Request: &request}, Restarts: 12, PodPhase: "Running", PodCreated: noon.Add(-40 * 24 * time.Hour),
		Workload: data.Workload{APIVersion: "apps/v1", Kind: data.Text(kind), Namespace: "shop", Name: data.Text(workload), Replicas: ptr(int32(5))},
		Last:     &data.Termination{Reason: "OOMKilled", ExitCode: 137, FinishedAt: at, Field: "lastState.terminated"},
	}
	c.Kills = []data.Kill{{At: at, Reason: "OOMKilled", ExitCode: ptr(int32(137)), From: "kubectl"}}
	return c
}

// course gives memory in bytes at an age in hours of a life.
type course func(ageHours float64, n *noise) float64

// historyOf makes a history of one pod that lives and dies by a course over span, in steps. A life ends when its course
// meets the limit, or after most.
func historyOf(pod string, limit int64, span, step, most time.Duration, mem course) *data.History {
	h := &data.History{From: noon.Add(-span), To: noon, First: noon.Add(-span), ScrapeInterval: step,
		Selector: `namespace="shop",container="c",pod=~"x"`, Source: "test"}
	addPod(h, pod, limit, span, step, most, mem)
	h.Limit = data.Samples{T: []int64{noon.Add(-span).UnixMilli()}, V: []float64{float64(limit)}}
	return h
}

// addPod adds the lives of one pod to a history.
func addPod(h *data.History, pod string, limit int64, span, step, most time.Duration, mem course) {
	rnd := noise(7 + len(pod))
	start := noon.Add(-span)
	l := data.Life{Pod: data.Text(pod), ID: data.Text("/" + pod + "/" + start.Format("150405"))}
	for at := start; !at.After(noon); at = at.Add(step) {
		v := mem(at.Sub(start).Hours(), &rnd)
		if v >= float64(limit) || (most > 0 && at.Sub(start) >= most) {
			h.Kills = append(h.Kills, data.PodKill{Pod: l.Pod, Kill: data.Kill{At: at, StartedAt: start, Reason: "OOMKilled", ExitCode: ptr(int32(137))}})
			h.Lives = append(h.Lives, l)
			start = at.Add(step)
			l = data.Life{Pod: l.Pod, ID: data.Text("/" + pod + "/" + start.Format("0102150405"))}
			continue
		}
		l.T, l.V = append(l.T, at.UnixMilli()), append(l.V, v)
	}
	if l.Len() > 0 {
		h.Lives = append(h.Lives, l)
	}
}

// lastKill returns the newest kill of a history, an hour ago without one.
func lastKill(h *data.History) time.Time {
	at := time.Time{}
	for _, k := range h.Kills {
		if k.At.After(at) {
			at = k.At
		}
	}
	if at.IsZero() {
		return noon.Add(-time.Hour)
	}
	return at
}

// diagnose runs a diagnosis of a container with a history.
func diagnose(c data.Container, h *data.History) Diagnosis {
	return Diagnose(Input{Case: NewCase(c, data.Overview{}, noon), History: h, Price: DefaultPrice, Now: noon})
}

// The guide's leaking API: 280Mi after a start, 18Mi an hour, a limit of 512Mi.
func leakingAPI() (data.Container, *data.History) {
	limit := 512 * data.Mi
	h := historyOf("api-0", limit, 7*24*time.Hour, time.Minute, 0, func(age float64, n *noise) float64 { return (280 + 18*age + 2*n.next()) * mi })
	c := killed("Deployment", "api", "api", "registry.example/shop/api:1.4", limit, 256*data.Mi, lastKill(h))
	return c, h
}

// The guide's database: mean 450Mi, p95 505Mi, p99 510Mi under 512Mi, 12 kills in 30 days.
func database() (data.Container, *data.History) {
	limit := 512 * data.Mi
	h := historyOf("database-0", limit, 30*24*time.Hour, time.Minute, 60*time.Hour, plateau)
	c := killed("StatefulSet", "database", "postgres", "postgres:16", limit, 256*data.Mi, lastKill(h))
	c.Workload.Replicas = ptr(int32(3))
	return c, h
}

// plateau spreads so that the mean is near 450Mi, p95 505Mi and p99 510Mi.
func plateau(_ float64, n *noise) float64 {
	switch u := n.next(); {
	case u < 0.90:
		return (390 + 120*u) * mi // 391 to 499
	case u < 0.95:
		return (499 + 6*(u-0.90)/0.05) * mi
	case u < 0.99:
		return (505 + 5*(u-0.95)/0.04) * mi
	default:
		return (510 + 1.5*(u-0.99)/0.01) * mi
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance {
		t.Errorf("%s = %.6g, want %.6g ± %.3g", what, got, want, tolerance)
	}
}

func hasText(list []data.Text, want data.Text) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}
