//go:build e2e

package conformance

import (
	"bufio"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/demo"
	"github.com/oomedic/oomedic/data/prom"
)

// TestSandboxInARealPrometheus exports thirty days of the sandbox, lets promtool make blocks of them, and reads both by
// the same code. The statistics are the same there as in the process, and those of the samples that were written.
func TestSandboxInARealPrometheus(t *testing.T) {
	promtool := binary(t, "promtool", "prometheus")
	now := time.Now().Truncate(time.Second)
	s, err := demo.Start(t.Context(), demo.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	dir := t.TempDir()
	text := filepath.Join(dir, "sandbox.txt")
	f, err := os.Create(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Export(t.Context(), f, "namespace", "shop"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	blocks := filepath.Join(dir, "blocks")
	cmd := exec.CommandContext(t.Context(), promtool, "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=1488h", text, blocks)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("promtool: %v\n%.400s", err, out)
	}
	server := prometheus(t, blocks)
	written := writtenSamples(t, text)
	clock := prom.Options{Now: func() time.Time { return now }}
	there := server.reader(t, nil, clock)
	here := backend{address: s.Address(), transport: s.Transport()}.reader(t, nil, clock)
	compared := 0
	for _, w := range []struct{ kind, name, container, pod string }{
		{"Deployment", "api-server", "api", ""}, {"StatefulSet", "catalog-cache", "redis", "catalog-cache-0"},
		{"Deployment", "checkout", "checkout", ""}, {"Deployment", "web", "nginx", ""},
	} {
		t.Run(w.name, func(t *testing.T) {
			c := &data.Container{
				Key:      data.Key{Namespace: "shop", Pod: data.Text(w.pod), Container: data.Text(w.container)},
				Workload: data.Workload{Kind: data.Text(w.kind), Namespace: "shop", Name: data.Text(w.name)},
			}
			a, b := statistics(t, here, c), statistics(t, there, c)
			want := quantiles(written.of(w.name, w.container, now))
			for i, name := range []string{"p50", "p95", "p99", "max"} {
				if off := math.Abs(a[i]-b[i]) / a[i]; !(off <= 0.005) {
					t.Errorf("%s is %.0f in the process and %.0f in Prometheus, %.2f %% apart", name, a[i], b[i], 100*off)
				}
				if off := math.Abs(b[i]-want[i]) / want[i]; !(off <= 0.01) {
					t.Errorf("%s is %.0f in Prometheus and %.0f of what was written, %.2f %% apart", name, b[i], want[i], 100*off)
				}
			}
			t.Logf("p50 %.1f, p95 %.1f, p99 %.1f, max %.1f Mi: in the process %.1f %.1f %.1f %.1f, as written %.1f %.1f %.1f %.1f",
				b[0]/mi, b[1]/mi, b[2]/mi, b[3]/mi, a[0]/mi, a[1]/mi, a[2]/mi, a[3]/mi, want[0]/mi, want[1]/mi, want[2]/mi, want[3]/mi)
			compared++
		})
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// statistics are the median, p95, p99 and the highest of a workload's every sample.
func statistics(t *testing.T, r *prom.Reader, c *data.Container) [4]float64 {
	t.Helper()
	h, err := r.History(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, v := values(h)
	if len(v) < 10_000 || h.Resolution != 0 {
		t.Fatalf("%d samples at %s", len(v), h.Resolution)
	}
	return quantiles(v)
}

// quantiles are the median, p95, p99 and the highest.
func quantiles(v []float64) [4]float64 {
	if len(v) == 0 {
		return [4]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	v = slices.Sorted(slices.Values(v))
	at := func(q float64) float64 { return v[int(q*float64(len(v)-1))] }
	return [4]float64{at(0.5), at(0.95), at(0.99), v[len(v)-1]}
}

// written are the samples of the working set in an export, by pod and container.
type written map[[2]string][]sample

var exported = regexp.MustCompile(`^` + data.MetricWorkingSet + `\{(.*)\} (\S+) (\S+)$`)

// writtenSamples reads an export without any of the code under test.
func writtenSamples(t *testing.T, path string) written {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	label := func(labels, name string) string {
		_, rest, _ := strings.Cut(","+labels, ","+name+`="`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	out := written{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		m := exported.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		v, err := strconv.ParseFloat(m[2], 64)
		at, err2 := strconv.ParseFloat(m[3], 64)
		if err != nil || err2 != nil {
			t.Fatalf("%s: %v, %v", lines.Text(), err, err2)
		}
		k := [2]string{label(m[1], "pod"), label(m[1], "container")}
		if !math.IsNaN(v) {
			out[k] = append(out[k], sample{int64(math.Round(at * 1000)), v})
		}
	}
	if lines.Err() != nil || len(out) == 0 {
		t.Fatalf("%d series, %v", len(out), lines.Err())
	}
	return out
}

// of are the values of a workload's container within the thirty days before now.
func (w written) of(workload, container string, now time.Time) []float64 {
	var out []float64
	pod := regexp.MustCompile(`^` + workload + `-([a-z0-9]+-[a-z0-9]{5}|[0-9]+)$`)
	for k, samples := range w {
		if k[1] != container || !pod.MatchString(k[0]) {
			continue
		}
		for _, s := range samples {
			if s.t <= now.UnixMilli() && s.t > now.Add(-30*24*time.Hour).UnixMilli() {
				out = append(out, s.v)
			}
		}
	}
	return out
}
