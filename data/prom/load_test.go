package prom

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// counterFrom is a counter that rises by perSecond.
func counterFrom(from time.Time, perSecond float64) func(time.Time) float64 {
	return func(t time.Time) float64 { return perSecond * t.Sub(from).Seconds() }
}

func TestHistoryReadsLoad(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	c.Workload.Replicas = new(int32)
	*c.Workload.Replicas = 2
	pod, other := c.Key.Pod.String(), "api-7d9f8b6c5-zzzzz"
	from := ago(6 * time.Hour)
	own := func(metric, pod string, more ...string) line {
		return newLine(metric, append([]string{"namespace", "shop", "container", "api", "pod", pod, "id", "/a"}, more...)...)
	}
	net := func(pod, iface, job string) line {
		return newLine(data.MetricReceived, "namespace", "shop", "pod", pod, "interface", iface, "job", job)
	}
	e.load(t,
		memory(pod, "/a").with(from, testNow, scrape, always(100*mi)),
		net(pod, "eth0", "kubelet").with(from, testNow, scrape, counterFrom(from, 1000)),
		net(pod, "eth0", "again").with(from, testNow, scrape, counterFrom(from, 1000)), // a second source of the same
		net(pod, "eth1", "kubelet").with(from, testNow, scrape, counterFrom(from, 500)),
		net(other, "eth0", "kubelet").with(from, testNow, scrape, counterFrom(from, 70)),
		net("web-7d9f8b6c5-zzzzz", "eth0", "kubelet").with(from, testNow, scrape, counterFrom(from, 9e9)),
		own(data.MetricCPU, pod, "cpu", "total").with(from, testNow, scrape, counterFrom(from, 0.25)),
		own(data.MetricSockets, pod).with(from, testNow, scrape, always(12)),
		own(data.MetricCache, pod).with(from, testNow, scrape, always(60*mi)),
		own(data.MetricActiveFile, pod).with(from, testNow, scrape, always(8*mi)),
		own(data.MetricInactiveFile, pod).with(from, testNow, scrape, always(2*mi)))
	h, err := e.reader(t, Options{}).History(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if h.Load.Step != 5*time.Minute || len(h.Load.Received) != 2 {
		t.Fatalf("step %s, %d pods", h.Load.Step, len(h.Load.Received))
	}
	for i, want := range []float64{1500, 70} {
		if s := h.Load.Received[i]; s.Len() < 60 || math.Abs(s.V[20]-want) > 1 {
			t.Errorf("%s received %.1f B/s (%d samples), want %.0f", s.Pod, s.V[20], s.Len(), want)
		}
	}
	if s := h.Load.CPU; len(s) != 1 || s[0].Pod != c.Key.Pod || math.Abs(s[0].V[20]-0.25) > 0.001 {
		t.Errorf("CPU %v", s)
	}
	if s := h.Load.Sockets; len(s) != 1 || s[0].V[0] != 12 {
		t.Errorf("sockets %v", s)
	}
	if h.Shared.Len() == 0 || h.Shared.V[3] != 50*mi || h.ActiveFile.Len() == 0 || h.InactiveFile.V[0] != 2*mi {
		t.Errorf("shared %v", h.Shared.V)
	}
	if why, ok := gapOf(h.Gaps, "load beside memory"); !ok || !strings.Contains(why, data.MetricReads+", "+data.MetricThreads) || strings.Contains(why, data.MetricSockets) {
		t.Errorf("gaps %v", h.Gaps)
	}
	if e.most > maxInFlight {
		t.Errorf("%d queries in flight", e.most)
	}
}

// Many replicas are read in coarser steps, so that no signal has more than some thousands of points.
func TestLoadStepFollowsReplicas(t *testing.T) {
	t.Parallel()
	for n, want := range map[int32]time.Duration{1: 5 * time.Minute, 9: 5 * time.Minute, 10: 15 * time.Minute, 30: time.Hour, 5000: time.Hour} {
		c := apiCase()
		c.Workload.Replicas = &n
		b := &historyBuilder{r: &Reader{}, n: &notes{}, c: c, h: &data.History{To: testNow}}
		l, tasks := b.loadTasks()
		if b.h.Load.Step != want || len(tasks) != 8 {
			t.Errorf("%d replicas: step %s, want %s", n, b.h.Load.Step, want)
		}
		l.sayMissing()
		if len(b.n.gaps) != 0 {
			t.Errorf("nothing was asked, and still %v is missing", b.n.gaps)
		}
	}
}
