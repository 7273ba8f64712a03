package demo

import (
	"encoding/json"
	"math"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// samples returns all raw values of a selector over a window, pooled, and their times by series.
func samples(t *testing.T, s *Sandbox, selector, window string) (values []float64, times [][]float64) {
	t.Helper()
	a := ask(t, s, "/api/v1/query", url.Values{"query": {selector + "[" + window + "]"}})
	var d struct {
		ResultType string
		Result     []struct{ Values [][2]any }
	}
	if err := json.Unmarshal(a.Data, &d); err != nil || d.ResultType != "matrix" {
		t.Fatalf("%s: %s %v", selector, a.Error, err)
	}
	for _, r := range d.Result {
		var at []float64
		for _, p := range r.Values {
			v, err := strconv.ParseFloat(p[1].(string), 64)
			if err != nil {
				t.Fatal(err)
			}
			values, at = append(values, v), append(at, p[0].(float64))
		}
		times = append(times, at)
	}
	return values, times
}

// quantile returns the value below which a share of sorted values lies.
func quantile(sorted []float64, q float64) float64 {
	rank := q * float64(len(sorted)-1)
	lo := int(rank)
	hi := min(lo+1, len(sorted)-1)
	return sorted[lo] + (rank-float64(lo))*(sorted[hi]-sorted[lo])
}

// TestHistoryOfTheCauses reads thirty days over the query engine: the numbers of the database and the leak are those
// of the OOMKilled guide that the scenario follows.
func TestHistoryOfTheCauses(t *testing.T) {
	t.Parallel()
	for _, origin := range []time.Time{epoch, epoch.Add(9*time.Hour + 17*time.Minute)} {
		s := start(t, Options{Now: func() time.Time { return origin }})
		t.Run(origin.Format("15h04 database"), func(t *testing.T) { databaseHistory(t, s) })
		t.Run(origin.Format("15h04 leak"), func(t *testing.T) { leakHistory(t, s) })
		t.Run(origin.Format("15h04 all"), func(t *testing.T) { wholeHistory(t, s) })
		t.Run(origin.Format("15h04 path"), func(t *testing.T) { wholePath(t, s) })
	}
}

func databaseHistory(t *testing.T, s *Sandbox) {
	values, times := samples(t, s, `container_memory_working_set_bytes{namespace="data",pod="database-0",container="postgres"}`, "30d")
	slices.Sort(values)
	var sum float64
	for _, v := range values {
		sum += v / mi
	}
	for _, c := range []struct {
		name           string
		got, want, off float64
	}{
		{"mean", sum / float64(len(values)), 450, 4},
		{"p95", quantile(values, 0.95) / mi, 505, 1},
		{"p99", quantile(values, 0.99) / mi, 510, 1},
		{"max", values[len(values)-1] / mi, 511.5, 0.5},
	} {
		if math.Abs(c.got-c.want) > c.off {
			t.Errorf("%s is %.2fMi, want %.1f ± %.1f", c.name, c.got, c.want, c.off)
		}
	}
	if limit := math.Ceil(quantile(values, 0.99) / mi * 1.3); limit < 640 || limit > 768 {
		t.Errorf("p99 + 30%% is %vMi", limit)
	}
	if len(times) != 13 {
		t.Errorf("%d instances, want 13: twelve kills", len(times))
	}
	kills := vector(t, s, `count_values without() ("at", max_over_time(kube_pod_container_status_restarts_total{pod="database-0"}[30d]) - min_over_time(kube_pod_container_status_restarts_total{pod="database-0"}[30d]))`, "at")
	if len(kills) != 1 || kills["12"] != 1 {
		t.Errorf("restarts rose by %v, want 12", kills)
	}
}

func leakHistory(t *testing.T, s *Sandbox) {
	values, times := samples(t, s, `container_memory_working_set_bytes{namespace="shop",container="api"}`, "30d")
	n := 0
	whole := 0
	for _, at := range times {
		first, last := values[n], values[n+len(at)-1]
		n += len(at)
		life := (at[len(at)-1] - at[0]) / 3600
		running := float64(s.cluster.origin.Unix())-at[len(at)-1] < 300
		if life < 10.5 || running || (at[0]-float64(s.cluster.origin.Add(-history).Unix())) < 300 {
			continue // begun before the history, replaced in the rollout, or not yet at its end
		}
		whole++
		if life > 13.5 {
			t.Errorf("an instance lived for %.1f h", life)
		}
		if last < 465*mi || first < 225*mi || first > 310*mi {
			t.Errorf("an instance went from %s to %s", data.HumanBytes(first), data.HumanBytes(last))
		}
	}
	if whole < 120 {
		t.Errorf("%d whole lives", whole)
	}
	slopes := vector(t, s, `quantile by (container) (0.5, deriv(container_memory_working_set_bytes{namespace="shop",container="api"}[2h] offset 3h)) * 3600 / 1048576`, "container")
	if g := slopes["api"]; g < 15 || g > 21 {
		t.Errorf("the leak grows by %.1fMi an hour, want 18", g)
	}
	owners := vector(t, s, `count by (owner_name) (last_over_time(kube_replicaset_owner{owner_name="api-server"}[30d]))`, "owner_name")
	if owners["api-server"] != 2 {
		t.Errorf("api-server has %v ReplicaSets, want the one before the rollout too", owners["api-server"])
	}
}

func wholeHistory(t *testing.T, s *Sandbox) {
	down := vector(t, s, `count by (job) (count_over_time(container_memory_working_set_bytes{pod="prometheus-0"}[50m] offset 146h5m))`, "job")
	if len(down) != 0 {
		t.Errorf("Prometheus was down six days ago and has samples: %v", down)
	}
	all := vector(t, s, `count by (container) (max by (container, pod) (kube_pod_container_resource_limits{resource="memory",unit="byte"}))`, "container")
	if len(all) < 13 {
		t.Errorf("limits of %v", all)
	}
	if e := vector(t, s, `max by (container) (increase(container_oom_events_total[24h])) > 0`, "container"); len(e) != 1 || e["worker"] == 0 {
		t.Errorf("children were killed in %v, want worker alone", e)
	}
	if k := vector(t, s, `max by (container) (kube_pod_init_container_status_last_terminated_reason{reason="OOMKilled"})`, "container"); k["migrate"] != 1 {
		t.Errorf("the init container's end is %v", k)
	}
	over := vector(t, s, `max by (container) (max_over_time(container_memory_working_set_bytes[30d])) > on (container) max by (container) (kube_pod_container_resource_limits{resource="memory"})`, "container")
	if len(over) != 0 {
		t.Errorf("over their limit: %v", over)
	}
}
