package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// usageMetrics are metrics that also know the memory of every container.
type usageMetrics struct {
	*fakeMetrics
	usages []data.Usage
	err    error
	looks  int
}

// Usage returns copies, as a reader does.
func (m *usageMetrics) Usage(context.Context, []data.Text) (*data.ClusterUsage, error) {
	m.looks++
	if m.err != nil {
		return nil, m.err
	}
	return &data.ClusterUsage{At: start, Source: "http://prom", Usages: append([]data.Usage(nil), m.usages...), GrowthWindow: time.Hour, Selector: `container!=""`}, nil
}

// nearLimit is a container of pod web-0 at a share of its limit of 512 MiB.
func nearLimit(share float64) data.Usage {
	use := share * float64(512*data.Mi)
	return data.Usage{Key: data.Key{Namespace: "shop", Pod: "web-0", Container: "nginx"}, WorkingSet: &use, Specified: true,
		Resources: data.Resources{Limit: mib(512), Request: mib(512)}}
}

// webPod is what the API server says of the pod.
func webPod() data.Pod {
	c := data.Container{Key: data.Key{Namespace: "shop", Pod: "web-0", UID: "u-web", Container: "nginx"}, State: data.Running, Resources: data.Resources{Limit: mib(512), Request: mib(512)},
		Workload: data.Workload{Kind: "StatefulSet", Namespace: "shop", Name: "web"}}
	return data.Pod{Key: c.PodKey(), Containers: []data.Container{c}}
}

func driveRisks(t *testing.T, m *usageMetrics) *driver {
	t.Helper()
	d := drive(t, func(o *Options) {
		m.fakeMetrics = o.Metrics.(*fakeMetrics)
		o.Metrics = m
		o.Cluster.(*fakeCluster).pod = webPod()
	})
	return d
}

// A look comes by itself, its rows open the same case and the same five steps, and the next look waits for its time.
func TestRisksAreListedAndOpened(t *testing.T) {
	t.Parallel()
	m := &usageMetrics{usages: []data.Usage{nearLimit(0.9)}}
	d := driveRisks(t, m)
	if m.looks != 1 {
		t.Fatalf("%d looks at the start", m.looks)
	}
	d.press("3")
	d.sees("At risk 1", "warning", "statefulset/web", "90%")
	d.press("enter")
	d.sees("web-0")
	d.press("d")
	d.sees("Not yet", "at 90% of its limit")
	d.press("esc", "esc")
	d.sees("At risk 1")
	d.pass(10 * time.Second)
	if m.looks != 1 {
		t.Errorf("%d looks within ten seconds", m.looks)
	}
	m.usages[0] = nearLimit(0.97)
	d.pass(riskEvery)
	d.sees("critical", "97%")
	if m.looks != 2 {
		t.Errorf("%d looks", m.looks)
	}
	d.changed()
	d.sees("critical") // a new list of kills leaves the look standing
}

// What can't be read is said; the former look stays.
func TestRisksThatFail(t *testing.T) {
	t.Parallel()
	m := &usageMetrics{err: errors.New("the answer is too large")}
	d := driveRisks(t, m)
	d.press("3")
	d.sees("could not be read: the answer is too large")
	m.err, m.usages = nil, []data.Usage{nearLimit(0.9)}
	d.pass(riskSoon + time.Second)
	d.sees("statefulset/web")
	m.err = errors.New("connection refused")
	d.pass(riskEvery + time.Second)
	d.sees("statefulset/web", "The last look failed", "connection refused")
}

// Metrics without a memory of everything leave the tab empty, with what to do.
func TestRisksWithoutSource(t *testing.T) {
	t.Parallel()
	d := drive(t, func(o *Options) { o.Metrics = nil; o.MetricsProblem = "no Prometheus is configured" })
	d.press("3")
	d.sees("no source of memory", "metrics-server")
}

// look looks once at some usages with a cluster.
func look(t *testing.T, l *RiskLooks) []analysis.Risk {
	t.Helper()
	_, _, risks, err := l.Look(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return risks
}

// A pod that is gone, and one that was started again, are told by the API server; a calm one is asked about once.
func TestRiskLooksReadPods(t *testing.T) {
	t.Parallel()
	now := start
	m := &usageMetrics{usages: []data.Usage{nearLimit(0.9)}}
	c := &fakeCluster{pod: webPod()}
	l := &RiskLooks{Metrics: m, Cluster: c, Price: analysis.DefaultPrice, Now: func() time.Time { return now }}
	if r := look(t, l); len(r) != 1 || r[0].Usage.Container == nil || r[0].Usage.Key.UID != "u-web" || r[0].Usage.Owner.Ref() != "statefulset/web" {
		t.Fatalf("%+v", r)
	}
	look(t, l)
	if len(c.fetched) != 1 {
		t.Errorf("a calm pod was read %d times", len(c.fetched))
	}
	again := int32(3)
	m.usages[0].Restarts = &again
	look(t, l)
	if len(c.fetched) != 2 {
		t.Errorf("after a restart the pod was read %d times", len(c.fetched))
	}
	c.podErr = data.ErrForbidden
	now = now.Add(riskPodAge + time.Second)
	b, _, risks, err := l.Look(t.Context(), nil)
	if err != nil || len(risks) != 1 || len(b.Gaps) != 1 {
		t.Errorf("without the right to read pods: %d risks, gaps %v, %v", len(risks), b.Gaps, err)
	}
	c.podErr = data.ErrNotFound
	if r := look(t, l); len(r) != 0 {
		t.Errorf("a pod that is gone: %+v", r)
	}
	calm := nearLimit(0.2)
	calm.Key.Pod, calm.Restarted = "flap-0", true
	m.usages = []data.Usage{calm}
	look(t, l)
	if n := len(c.fetched); c.fetched[n-1] != "shop/flap-0" {
		t.Errorf("one that was started again was not read: %v", c.fetched)
	}
}

// While a limit is being changed in place, the pod tells the one in force; a source of metrics tells the one that is wanted.
func TestRiskLooksTakeTheLimitInForce(t *testing.T) {
	t.Parallel()
	now := start
	wanted := nearLimit(0.9) // 460 MiB, by metrics of 512
	m := &usageMetrics{usages: []data.Usage{wanted}}
	c := &fakeCluster{pod: webPod()}
	c.pod.Containers[0].Resources.Limit = mib(480)
	l := &RiskLooks{Metrics: m, Cluster: c, Price: analysis.DefaultPrice, Now: func() time.Time { return now }}
	if r := look(t, l); len(r) != 1 || *r[0].Usage.Limit != 480*data.Mi || r[0].Level != analysis.RiskCritical {
		t.Fatalf("%+v", r)
	}
	c.pod = webPod() // the kubelet has got to it
	if r := look(t, l); len(c.fetched) != 2 || *r[0].Usage.Limit != 512*data.Mi || r[0].Level != analysis.RiskWarning {
		t.Errorf("read %d times, %+v", len(c.fetched), r)
	}
	look(t, l)
	if len(c.fetched) != 2 {
		t.Errorf("where both agree the pod was read %d times", len(c.fetched))
	}
}
