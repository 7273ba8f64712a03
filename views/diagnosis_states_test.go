package views

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// diagnosisState is a diagnosis screen in one state, as goldens and the tests of all screens draw it.
type diagnosisState struct {
	name string
	key  data.Key
	load func(t testing.TB) *Loaded[analysis.Diagnosis]
	keys []string
}

func finished(d *analysis.Diagnosis) *Loaded[analysis.Diagnosis] {
	return &Loaded[analysis.Diagnosis]{Value: d, At: fixedNow}
}

func database(t testing.TB) *Loaded[analysis.Diagnosis] { return finished(fixtureDiagnosis(t)) }
func leak(t testing.TB) *Loaded[analysis.Diagnosis]     { return finished(fixtureLeak(t)) }

// withoutMetrics is the database's diagnosis as it is when no Prometheus answers.
func withoutMetrics(t testing.TB) *analysis.Diagnosis {
	d := fixtureDiagnosis(t)
	d.Usage, d.History, d.ClippedAtLimit = nil, nil, nil
	d.Cause = analysis.Cause{Class: analysis.UnknownCause, Title: "Cause unknown", Summary: "Without history, a leak and a low limit look the same."}
	d.Recommendation = analysis.Recommendation{Warnings: []data.Text{"Twice the limit is a common first try, and a guess."}}
	d.Cost = analysis.Cost{Currency: "USD"}
	d.Commands.Fix, d.Steps[4].Commands = "", nil
	d.Gaps = []data.Gap{{What: "memory history", Why: "no Prometheus is configured"}, {What: "events in namespace data", Why: "forbidden: list events"}}
	for _, i := range []int{2, 3, 4} {
		st := &d.Steps[i]
		st.State, st.Answer, st.Evidence, st.Against, st.Detail = analysis.StepUnknown, "Unknown without memory history.", nil, nil, nil
		st.Doubt = "Start with --prometheus-url to give this step its numbers."
	}
	return d
}

var diagnosisStates = []diagnosisState{
	{"database-1", databaseKey, database, nil},
	{"database-2", databaseKey, database, []string{"enter"}},
	{"database-3", databaseKey, database, []string{"enter", "enter"}},
	{"database-4", databaseKey, database, []string{"1", "2", "3", "4"}},
	{"database-5", databaseKey, database, []string{"2", "3", "4", "5"}},
	{"database-5-second-command", databaseKey, database, []string{"5", "tab"}},
	{"database-4-end", databaseKey, database, []string{"4", "G"}},
	{"leak-3", leakyKey, leak, []string{"3"}},
	{"leak-4", leakyKey, leak, []string{"4"}},
	{"leak-5", leakyKey, leak, []string{"5"}},
	{"sizes", databaseKey, sizes, []string{"5"}},
	{"sizes-other", databaseKey, sizes, []string{"5", "o"}},
	{"sizes-leak", leakyKey, leakSizes, []string{"5"}},
	{"lesson-1", databaseKey, database, []string{"w"}},
	{"lesson-4", databaseKey, database, []string{"w", "4"}},
	{"no-metrics-1", databaseKey, func(t testing.TB) *Loaded[analysis.Diagnosis] { return finished(withoutMetrics(t)) }, nil},
	{"no-metrics-3", databaseKey, func(t testing.TB) *Loaded[analysis.Diagnosis] { return finished(withoutMetrics(t)) }, []string{"3"}},
	{"no-metrics-5", databaseKey, func(t testing.TB) *Loaded[analysis.Diagnosis] { return finished(withoutMetrics(t)) }, []string{"5"}},
	{"loading", databaseKey, func(testing.TB) *Loaded[analysis.Diagnosis] {
		return &Loaded[analysis.Diagnosis]{Loading: true, Done: 12, Total: 30}
	}, nil},
	{"not-asked", databaseKey, func(testing.TB) *Loaded[analysis.Diagnosis] { return nil }, nil},
	{"loading-known", databaseKey, func(t testing.TB) *Loaded[analysis.Diagnosis] {
		return &Loaded[analysis.Diagnosis]{Value: withoutMetrics(t), Loading: true, Done: 12, Total: 30, At: fixedNow}
	}, []string{"2", "3"}},
	{"problem", databaseKey, func(testing.TB) *Loaded[analysis.Diagnosis] {
		return &Loaded[analysis.Diagnosis]{Problem: "Prometheus at http://prometheus.monitoring:9090 did not answer within 30s"}
	}, nil},
	{"problem-known", databaseKey, func(t testing.TB) *Loaded[analysis.Diagnosis] {
		return &Loaded[analysis.Diagnosis]{Value: withoutMetrics(t), Problem: "Prometheus answers 503: not ready", At: fixedNow}
	}, []string{"3"}},
}

// sizes is the database's diagnosis with the sizes that other statistics would give, and what comes next.
func sizes(t testing.TB) *Loaded[analysis.Diagnosis] {
	d := fixtureDiagnosis(t)
	d.Recommendation.Options = []analysis.SizeOption{
		{Stat: "p95", Base: 5e8, Limit: 576 * data.Mi, Request: 512 * data.Mi, Above: 0.004, Says: "p95 500Mi + 20%, rounded up"},
		{Stat: "p99", Base: 5.1e8, Limit: 640 * data.Mi, Request: 512 * data.Mi, Says: "p99 510Mi + 20%, rounded up"},
		{Stat: "max", Base: 5.2e8, Limit: 640 * data.Mi, Request: 512 * data.Mi, Says: "max 512Mi + 20%, rounded up"},
		{Stat: "policy", Base: 5.1e8, Limit: 768 * data.Mi, Request: 512 * data.Mi, Says: "stateful: p99 + 30%"},
	}
	d.Forecast = analysis.Forecast{Low: ptr(24 * time.Hour), Likely: ptr(40 * time.Hour), High: ptr(72 * time.Hour), From: "12 times between kills"}
	d.Cost.RestartsPerWeek, d.Cost.MinutesLost = ptr(3.0), ptr(3.2)
	d.Cost.Steps = append(d.Cost.Steps, "doing nothing: 3 restarts a week, each 61 s until the next start is seen: 3 minutes lost")
	return finished(d)
}

// leakSizes is the leak's, which no size cures.
func leakSizes(t testing.TB) *Loaded[analysis.Diagnosis] {
	d := fixtureLeak(t)
	d.Cause.Baseline, d.Cause.GrowthPerHour = ptr(14*data.Mi), ptr(float64(190*data.Mi))
	d.Recommendation.Options = []analysis.SizeOption{
		{Stat: "p95", Base: 4.7e7, Limit: 64 * data.Mi, Request: 48 * data.Mi, Says: "p95 45Mi + 20%, rounded up"},
		{Stat: "policy", Base: 5e7, Limit: 96 * data.Mi, Request: 48 * data.Mi, Says: "leak: buy time"},
	}
	d.Cost.BandAid = "the larger limit costs $0.15 a pod a month and puts the kill off to 26 minutes after a start"
	d.Cost.Steps = append(d.Cost.Steps, d.Cost.BandAid)
	return finished(d)
}

func (ds diagnosisState) screen(t testing.TB) *DiagnosisScreen {
	t.Helper()
	st := fixtureState(t)
	if l := ds.load(t); l != nil {
		st.Diagnoses[ds.key] = l
	}
	s := NewDiagnosis(ds.key)
	s.Set(st)
	s.View(frameOf(t, "dark", 80, 21))
	press(s, ds.keys...)
	return s
}

func init() {
	for _, ds := range diagnosisStates {
		register("diagnosis/"+ds.name, func(t *testing.T) Screen { return ds.screen(t) })
	}
}

func TestDiagnosisGoldens(t *testing.T) {
	t.Parallel()
	for _, ds := range diagnosisStates {
		t.Run(ds.name, func(t *testing.T) { goldens(t, "diagnosis/"+ds.name, ds.screen(t)) })
	}
}
