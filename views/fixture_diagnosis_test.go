package views

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// fixtureDiagnosis is a database whose limit is too low: every step speaks for a higher limit.
func fixtureDiagnosis(t testing.TB) *analysis.Diagnosis {
	t.Helper()
	s := fixtureState(t)
	c, _ := s.Board.Case(databaseKey)
	mi := func(n float64) float64 { return n * float64(data.Mi) }
	d := &analysis.Diagnosis{
		Case: *c, At: fixedNow, LimitAtKill: ptr(512 * data.Mi), ClippedAtLimit: ptr(true),
		Usage: map[data.Window]analysis.Stats{
			data.Day:       {Mean: mi(470), P50: mi(468), P95: mi(505), P99: mi(510), Max: mi(512), Samples: 2880, Coverage: 0.98},
			data.Week:      {Mean: mi(468), P50: mi(466), P95: mi(503), P99: mi(509), Max: mi(512), Samples: 20160, Coverage: 0.99},
			data.ThirtyDay: {Mean: mi(460), P50: mi(461), P95: mi(500), P99: mi(510), Max: mi(512), Samples: 86400, Coverage: 0.97},
		},
		Cause: analysis.Cause{Class: analysis.LimitTooLow, Title: "Memory limit too low", Confidence: 0.93,
			Summary:  "Memory is steady near the limit and does not grow within a life: the limit is too low for the load.",
			Evidence: []analysis.Evidence{{Says: "p99 of 30d is 510Mi, 99.6% of the limit", From: `quantile_over_time(0.99, container_memory_working_set_bytes{namespace="data",container="postgres"}[30d])`}},
			Against:  []analysis.Evidence{{Says: "samples stop at the limit, so the true need may be higher", From: `max_over_time(container_memory_working_set_bytes{namespace="data",container="postgres"}[30d])`}},
			Plateau:  ptr(505 * data.Mi), Baseline: ptr(290 * data.Mi), GrowthPerHour: ptr(mi(0.2)),
			Alternatives: []analysis.Alternative{{Class: analysis.GradualAccumulation, Confidence: 0.05}},
			Advice:       []data.Text{"Check shared_buffers and work_mem against the new limit."}},
		Recommendation: analysis.Recommendation{Limit: ptr(768 * data.Mi), Request: ptr(512 * data.Mi), Policy: "stateful: p99 + 30%", Cures: true,
			Steps:    []data.Text{"p99 over 30d = 510Mi", "510Mi × 1.30 = 663Mi", "rounded up to 768Mi"},
			Warnings: []data.Text{"Samples stop at the limit: watch the first day after the change."}},
		Cost: analysis.Cost{PerPodMonthly: ptr(0.77), Replicas: ptr(int32(3)), TotalMonthly: ptr(2.32), Currency: "USD", PerGiBMonth: 3.09,
			PriceFrom: "opencost default", Steps: []data.Text{"(512Mi − 256Mi) = 0.25Gi a pod", "0.25 × $3.09 = $0.77 a pod a month", "× 3 replicas = $2.32"}},
		Commands: analysis.Commands{
			Confirm: []data.Text{"kubectl get pod -n data database-0 -o jsonpath='{.status.containerStatuses[?(@.name==\"postgres\")].lastState.terminated}'"},
			Fix:     "kubectl set resources statefulset/database -n data -c postgres --limits=memory=768Mi --requests=memory=512Mi",
			Verify:  []data.Text{"kubectl rollout status statefulset/database -n data", "kubectl get pod -n data -w"},
			Profile: []data.Text{"kubectl exec -n data database-0 -c postgres -- psql -c 'show shared_buffers'"},
		},
		History: fixtureHistory(databaseKey),
	}
	d.Steps = fixtureSteps()
	return d
}

// fixtureSteps are the five steps of the database.
func fixtureSteps() [5]analysis.Step {
	get := data.Text("kubectl get pod -n data database-0 -o jsonpath='{.status.containerStatuses[?(@.name==\"postgres\")].lastState.terminated}'")
	ws := data.Text(`container_memory_working_set_bytes{namespace="data",container="postgres",pod=~"database-.*"}`)
	return [5]analysis.Step{
		{Title: "Confirm", Question: "Was it really an OOM kill?", Answer: "Yes: OOMKilled, exit code 137, 3m ago, 12 kills in 24h.", State: analysis.StepYes,
			Evidence: []analysis.Evidence{{Says: "lastState.terminated.reason is OOMKilled", From: get}, {Says: "exit code 137 is 128 + SIGKILL", From: get}},
			Meaning:  "The kernel killed the main process because the container's own cgroup reached its limit.", Commands: []data.Text{get}},
		{Title: "Limit", Question: "Which limit was in force?", Answer: "512Mi, request 256Mi; unchanged for 30d.", State: analysis.StepYes,
			Evidence: []analysis.Evidence{{Says: "spec.containers[postgres].resources.limits.memory is 512Mi", From: "kubectl get pod -n data database-0 -o yaml"}},
			Meaning:  "The pod may be evicted early too: it uses far more than it requests.", Commands: []data.Text{"kubectl get pod -n data database-0 -o yaml"}},
		{Title: "History", Question: "How did memory get there?", Answer: "Steady at 92% to 99% of the limit for 30d.", State: analysis.StepYes,
			Evidence: []analysis.Evidence{{Says: "p50 468Mi, p95 505Mi, p99 510Mi, max 512Mi over 24h", From: ws}},
			Meaning:  "There is no head room: an ordinary busy minute is enough.", Commands: []data.Text{ws}},
		{Title: "Leak or limit", Question: "Does it leak, or is the limit too low?", Answer: "Limit too low, 93% sure.", State: analysis.StepYes,
			Evidence: []analysis.Evidence{{Says: "growth within a life is 0.2Mi an hour", From: "deriv(" + ws + "[6h])"}},
			Against:  []analysis.Evidence{{Says: "samples stop at the limit", From: "max_over_time(" + ws + "[30d])"}},
			Meaning:  "Memory rises after a start, then stays level: that is a working set, not a leak.",
			Commands: []data.Text{"deriv(" + ws + "[6h])"}, Doubt: "The true need is hidden above the limit."},
		{Title: "Right size", Question: "What is the right size?", Answer: "768Mi limit, 512Mi request; about $2.32 a month more.", State: analysis.StepWarn,
			Detail:  []data.Text{"p99 over 30d = 510Mi", "510Mi × 1.30 = 663Mi", "rounded up to 768Mi"},
			Meaning: "With this limit the highest need seen leaves a third of head room.",
			Commands: []data.Text{"kubectl set resources statefulset/database -n data -c postgres --limits=memory=768Mi --requests=memory=512Mi",
				"kubectl rollout status statefulset/database -n data"}},
	}
}

// fixtureLeak is a Go service that leaks, without metrics older than a day: a limit cures nothing.
func fixtureLeak(t testing.TB) *analysis.Diagnosis {
	t.Helper()
	d := fixtureDiagnosis(t)
	c, _ := fixtureState(t).Board.Case(leakyKey)
	d.Case, d.Runtime, d.RuntimeFrom, d.LimitAtKill, d.ClippedAtLimit = *c, "go", "GOMEMLIMIT is set", ptr(48*data.Mi), ptr(false)
	d.Usage = map[data.Window]analysis.Stats{data.Day: {Mean: 30 << 20, P50: 29 << 20, P95: 45 << 20, P99: 47 << 20, Max: 48 << 20, Samples: 900, Coverage: 0.31}}
	d.Cause = analysis.Cause{Class: analysis.MemoryLeak, Title: "Memory leak", Confidence: 0.88,
		Summary:       "Memory grows by 190Mi an hour in every life until it is killed, whatever the load.",
		Evidence:      []analysis.Evidence{{Says: "9 of 9 lives grow in a straight line", From: "deriv(container_memory_working_set_bytes[10m])"}},
		GrowthPerHour: ptr(190.0 * float64(data.Mi)), Baseline: ptr(14 * data.Mi), ToNextKill: ptr(9 * time.Minute),
		Advice: []data.Text{"Take a heap profile before the next kill.", "Raise the limit to buy time only."}}
	d.Recommendation = analysis.Recommendation{Limit: ptr(96 * data.Mi), Request: ptr(48 * data.Mi), Policy: "leak: buy time", Cures: false,
		ToKill: ptr(26 * time.Minute), Steps: []data.Text{"limit 48Mi × 2 = 96Mi", "at 190Mi an hour: killed again after 26m"},
		Warnings: []data.Text{"No limit cures a leak: this delays the next kill by 17 minutes."}}
	d.Commands.Profile = []data.Text{"kubectl port-forward -n shop pod/leaky-7d9f8b6c54-x2x4q 6060", "go tool pprof http://localhost:6060/debug/pprof/heap"}
	d.Commands.Fix = "kubectl set resources deployment/leaky -n shop -c api --limits=memory=96Mi --requests=memory=48Mi"
	d.Gaps = []data.Gap{{What: "memory before 2026-11-22", Why: "Prometheus keeps 1d"}}
	d.Steps[3].Answer, d.Steps[3].State = "A leak, 88% sure.", analysis.StepNo
	d.Steps[4].Answer, d.Steps[4].State = "No size cures it; 96Mi buys 26 minutes.", analysis.StepNo
	d.History = fixtureHistory(leakyKey)
	return d
}

// fixtureHistory is three lives over a day, one sample in five minutes.
func fixtureHistory(k data.Key) *data.History {
	h := &data.History{Key: k, From: fixedNow.Add(-30 * 24 * time.Hour), To: fixedNow, First: fixedNow.Add(-24 * time.Hour), ScrapeInterval: 30 * time.Second,
		Source: "http://prometheus.monitoring:9090"}
	h.Lives = fixtureLives(k.Pod, fixedNow.Add(-24*time.Hour), fixedNow, 3, 512*float64(data.Mi))
	return h
}

// fixtureLives splits a stretch of time into n lives that grow from 40 % to the top, with ten quiet minutes between.
func fixtureLives(pod data.Text, from, to time.Time, n int, top float64) []data.Life {
	var out []data.Life
	each := to.Sub(from) / time.Duration(n)
	for i := range n {
		l := data.Life{Pod: pod, ID: data.Text(rune('a' + i))}
		start := from.Add(time.Duration(i) * each)
		for at := start; at.Before(start.Add(each - 10*time.Minute)); at = at.Add(5 * time.Minute) {
			l.T = append(l.T, at.UnixMilli())
			l.V = append(l.V, top*(0.4+0.6*float64(at.Sub(start))/float64(each)))
		}
		out = append(out, l)
	}
	return out
}
