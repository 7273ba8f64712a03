package demo

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/data/prom"
)

// runningPod returns a pod of a workload whose container runs.
func runningPod(t *testing.T, c *cluster, name string) *pod {
	t.Helper()
	for _, p := range podsOf(t, c, name) {
		if p.run.running {
			return p
		}
	}
	t.Fatalf("no pod of %s runs", name)
	return nil
}

func TestTwoHeapProfilesNameTheLeak(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	s.Step(time.Second)
	// The pod that was restarted last has most of its life before it.
	p := podsOf(t, s.cluster, "api-server")[0]
	for _, one := range podsOf(t, s.cluster, "api-server") {
		if one.run.running && one.run.age < p.run.age {
			p = one
		}
	}
	fetch := func(kind data.ProfileKind) (*data.MemoryProfile, usage) {
		got, err := door(s).Profile(t.Context(), keyOf(p), kind)
		if err != nil {
			t.Fatal(err)
		}
		return got, p.demandNow(s.cluster.clock(), float64(p.limit()))
	}
	first, before := fetch(data.HeapProfile)
	streams, _ := fetch(data.GoroutineProfile)
	s.Step(10 * time.Second)
	last, after := fetch(data.HeapProfile)
	more, _ := fetch(data.GoroutineProfile)
	if !first.At.Equal(epoch.Add(time.Second)) || first.Port != profilePort {
		t.Errorf("at %s, port %d", first.At, first.Port)
	}
	for _, one := range []struct {
		p *data.MemoryProfile
		u usage
	}{{first, before}, {last, after}} {
		if share := float64(one.p.Total) / one.u.set; share < 0.8 || share > 0.97 {
			t.Errorf("the heap is %.2f of the working set", share)
		}
	}
	grown := data.ProfileGrown(first, last)
	if len(grown) == 0 || !strings.HasSuffix(grown[0].Function.String(), "events.(*Hub).Subscribe") || grown[0].Line != 57 {
		t.Fatalf("grown: %+v", grown)
	}
	leaked := after.leaked - before.leaked
	if off := math.Abs(float64(grown[0].Grown) - leaked); leaked < 10*mi || off > 0.1*leaked {
		t.Errorf("it grew by %d, the program by %.0f", grown[0].Grown, leaked)
	}
	if g := data.ProfileGrown(streams, more); len(g) == 0 || !strings.Contains(g[0].Stack[1].String(), "events.(*Hub).pump") || g[0].Grown < 100 {
		t.Errorf("goroutines: %+v", g)
	}
}

func TestWhoServesNoProfiles(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	for name, says := range map[string]string{"checkout": "connection refused", "database": "connection refused", "migrator": "does not run now"} {
		_, err := door(s).Profile(t.Context(), keyOf(podsOf(t, s.cluster, name)[0]), data.HeapProfile)
		if err == nil || !strings.Contains(err.Error(), says) || (says == "connection refused") != errors.Is(err, kube.ErrNoProfile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p, err := door(s).Profile(t.Context(), keyOf(runningPod(t, s.cluster, "log-shipper")), data.HeapProfile); err != nil || !strings.Contains(p.Lines[0].Function.String(), "log-shipper/tail.(*File).reopen") {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := s.DialPod(t.Context(), "shop", "gone", profilePort); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("a pod that is not there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := door(s).Profile(ctx, keyOf(runningPod(t, s.cluster, "api-server")), data.HeapProfile); err == nil {
		t.Error("a request that was given up was answered")
	}
}

func TestProfilesEndWithTheSandbox(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	p := runningPod(t, s.cluster, "api-server")
	if _, err := door(s).Profile(t.Context(), keyOf(p), data.HeapProfile); err != nil {
		t.Fatal(err)
	}
	conn, err := s.DialPod(t.Context(), p.w.namespace, p.name, profilePort)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is still open")
	}
	if _, err := s.DialPod(t.Context(), p.w.namespace, p.name, profilePort); err == nil {
		t.Error("a closed sandbox was connected to")
	}
}

// TestRuntimesExportTheirMemory asks for it as the program does: what the heap holds is part of the working set.
func TestRuntimesExportTheirMemory(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	reader, err := prom.Dial(s.Address(), prom.Options{Transport: s.Transport(), Now: s.now, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"api-server": "go", "log-shipper": "go", "ledger": "java", "search": "java", "checkout": "node", "frontend": "node", "worker": "python", "auth": "dotnet", "web": "", "database": "",
	} {
		c := data.Container{Key: keyOf(runningPod(t, s.cluster, name))}
		m, err := reader.RuntimeMemory(t.Context(), &c)
		if err != nil {
			t.Fatal(err)
		}
		if m == nil {
			if want != "" {
				t.Errorf("%s exports nothing", name)
			}
			continue
		}
		ws := m.WorkingSet.V[m.WorkingSet.Len()-1]
		var sum float64
		for _, p := range m.Parts {
			if v := p.Samples.V[p.Samples.Len()-1]; !p.Bound && p.Name != "heap held" {
				sum += v
			}
		}
		if m.Runtime.String() != want || sum > 1.02*ws || sum < 0.5*ws {
			t.Errorf("%s: %s, %.0f of %.0f MiB", name, m.Runtime, sum/mi, ws/mi)
		}
	}
}

// TestLogsAndProfilesOfOneSeed holds that two sandboxes of one clock and seed say the same, whatever the hour.
func TestLogsAndProfilesOfOneSeed(t *testing.T) {
	t.Parallel()
	for n := range 4 {
		at := epoch.Add(time.Duration(n) * (37*day + 5*time.Hour + 11*time.Minute))
		var said [2]string
		for i := range said {
			c, err := newCluster(newAPIServer(1, func() time.Time { return at }), 1, at, defaultSpeed)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range c.owners {
				for _, p := range o.pods {
					for _, l := range []*life{&p.run.life, p.run.former} {
						if l == nil || l.reason == reasonStartError {
							continue
						}
						scene := newScene(p, l, c.instant())
						scene.init = p.initializing()
						o.w.program().voice(scene)
						for _, line := range scene.sorted(200) {
							if strings.Contains(line.text, "%!") || strings.Contains(line.text, "NaN") || strings.Contains(line.text, "=-") || strings.Contains(line.text, `":-`) {
								t.Errorf("%s at %s: %s", p.name, at, line.text)
							}
							said[i] += line.text
						}
					}
				}
			}
		}
		if said[0] != said[1] || len(said[0]) < 100_000 {
			t.Errorf("at %s the logs differ: %d and %d bytes", at, len(said[0]), len(said[1]))
		}
	}
}
