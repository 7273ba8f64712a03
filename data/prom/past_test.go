package prom

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// owned are the owner series of a pod of the namespace shop while it lived.
func owned(pod, kind, name string, from, to time.Time) line {
	return newLine("kube_pod_owner", "namespace", "shop", "pod", pod, "uid", "u1", "owner_kind", kind, "owner_name", name, "owner_is_controller", "true").
		with(from, to, scrape, always(1))
}

func TestPastKnowsKillsOfDeletedPods(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	const gone, jobPod, alive = "api-7d9f8b6c5-aaaaa", "nightly-29-bbbbb", "api-56789bcdf-ccccc"
	lines := kubeState(gone, "OOMKilled", ago(4*day), ago(6*day), ago(5*day))
	lines = append(lines, kubeState(alive, "OOMKilled", testNow, ago(3*time.Hour))...)
	lines = append(lines, kubeState("api-7d9f8b6c5-zzzzz", "Error", testNow, ago(2*time.Hour))...) // no kill for memory
	job := []string{"namespace", "shop", "pod", jobPod, "container", "export", "uid", "u2"}
	lines = append(lines,
		owned(gone, "ReplicaSet", "api-7d9f8b6c5", ago(8*day), ago(4*day)), owned(alive, "ReplicaSet", "api-56789bcdf", ago(day), testNow),
		newLine("kube_replicaset_owner", "namespace", "shop", "replicaset", "api-7d9f8b6c5", "owner_kind", "Deployment", "owner_name", "api").with(ago(8*day), ago(4*day), scrape, always(1)),
		newLine(data.MetricLimits, "namespace", "shop", "pod", gone, "container", "api", "resource", "memory", "node", "n7").with(ago(8*day), ago(4*day), scrape, always(512*mi)),
		newLine(data.MetricTerminatedReason, append(job, "reason", "OOMKilled")...).with(ago(3*day), ago(2*day), scrape, always(1)),
		newLine(data.MetricCompletion, "namespace", "shop", "pod", jobPod, "uid", "u2").with(ago(3*day), ago(2*day), scrape, always(float64(ago(3*day).Unix()))),
		newLine("kube_pod_container_info", job...).with(ago(3*day), ago(2*day), scrape, always(1)),
		owned(jobPod, "Job", "nightly-29", ago(3*day), ago(2*day)),
		newLine("kube_job_owner", "namespace", "shop", "job_name", "nightly-29", "owner_kind", "CronJob", "owner_name", "nightly").with(ago(3*day), ago(2*day), scrape, always(1)),
		newLine("kube_node_info", "node", "n7").with(ago(20*day), testNow, scrape, always(1)))
	e.load(t, lines...)
	past, gaps := e.reader(t, Options{}).Past(t.Context(), nil)
	if len(gaps) != 0 {
		t.Errorf("gaps %v", gaps)
	}
	if d := past.Since.Sub(ago(20 * day)); d < 0 || d > killStep {
		t.Errorf("since %s, want within %s of %s", past.Since, killStep, ago(20*day))
	}
	want := []struct {
		pod   string
		ref   data.Text
		kills []time.Time
	}{
		{alive, "replicaset/api-56789bcdf", []time.Time{ago(3 * time.Hour)}}, // its Deployment is not in the series
		{gone, "deployment/api", []time.Time{ago(6 * day), ago(5 * day)}},
		{jobPod, "cronjob/nightly", []time.Time{ago(3 * day)}},
	}
	if len(past.Containers) != len(want) {
		t.Fatalf("%d containers: %+v", len(past.Containers), past.Containers)
	}
	for i, w := range want {
		c := past.Containers[i]
		if c.Key.Pod.String() != w.pod || c.Workload.Ref() != w.ref || len(c.Kills) != len(w.kills) || c.Known != data.KnownFromMetrics || c.State != data.Gone {
			t.Errorf("%d: %s of %s with %d kills, want %+v", i, c.Key, c.Workload.Ref(), len(c.Kills), w)
			continue
		}
		for j, k := range c.Kills {
			if !k.At.Equal(w.kills[j]) || k.From == "" {
				t.Errorf("%s: kill %d at %s from %q, want %s", w.pod, j, k.At, k.From, w.kills[j])
			}
		}
	}
	c := past.Containers[1]
	if c.Key.UID != "u1" || c.Node != "n7" || c.Resources.Limit == nil || *c.Resources.Limit != 512*data.Mi || c.Workload.APIVersion != "apps/v1" {
		t.Errorf("%+v", c)
	}
	if other, _ := e.reader(t, Options{}).Past(t.Context(), []data.Text{"data", `x"} or vector(1)`}); len(other.Containers) != 0 {
		t.Errorf("of other namespaces: %+v", other.Containers)
	}
}

func TestPastOfPodsThatFollowedEachOther(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	var lines []line
	for i, at := range []time.Time{ago(5 * day), ago(2 * day)} {
		name := []string{"namespace", "data", "pod", "db-0", "container", "postgres", "uid", fmt.Sprint("u", i)}
		lines = append(lines,
			newLine(data.MetricLastEnd, name...).with(at.Add(scrape), at.Add(day), scrape, always(float64(at.Unix()))),
			newLine(data.MetricLastReason, append(name, "reason", "OOMKilled")...).with(at.Add(scrape), at.Add(day), scrape, always(1)))
	}
	e.load(t, lines...)
	past, _ := e.reader(t, Options{}).Past(t.Context(), []data.Text{"data"})
	if len(past.Containers) != 1 || past.Containers[0].Key.UID != "" || len(past.Containers[0].Kills) != 2 {
		t.Errorf("%+v", past.Containers)
	}
}

func TestPastCountsBeforeItReads(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	var lines []line
	crowded := ago(10 * day).Truncate(countStep)
	for i := range maxStickySeries + 1 {
		pod := fmt.Sprintf("p-%d", i)
		lines = append(lines, newLine(data.MetricLastReason, "namespace", "shop", "pod", pod, "container", "c", "reason", "OOMKilled").
			with(crowded.Add(-countStep), crowded.Add(countStep), 5*time.Minute, always(1)))
	}
	lines = append(lines, kubeState("api-7d9f8b6c5-aaaaa", "OOMKilled", testNow, ago(3*day))...)
	e.load(t, lines...)
	past, gaps := e.reader(t, Options{}).Past(t.Context(), nil)
	why, ok := gapOf(gaps, "former kills of the cluster")
	if !ok || !strings.Contains(why, "too many") || len(past.Containers) != 1 {
		t.Errorf("%d containers, gaps %v", len(past.Containers), gaps)
	}
	if len(past.Containers) == 1 && past.Since.Before(ago(7*day+time.Minute)) {
		t.Errorf("since %s although only a week was read", past.Since)
	}
}

func TestPastWithoutPrometheus(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	r := e.reader(t, Options{})
	e.Close()
	past, gaps := r.Past(t.Context(), nil)
	if len(past.Containers) != 0 || len(gaps) == 0 || !past.Since.IsZero() {
		t.Errorf("%+v %v", past, gaps)
	}
}
