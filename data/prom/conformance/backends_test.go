//go:build e2e

package conformance

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/oomedic/oomedic/data/demo"
	"github.com/oomedic/oomedic/data/prom"
)

// backend is one server with the fixture in it.
type backend struct {
	name      string
	address   string
	transport http.RoundTripper // nil for the network
	pid       int               // of the server's process; 0 within the process
}

// reader returns a Reader of the backend at the fixture's present. over, when not nil, stands before the server.
func (b backend) reader(t testing.TB, over func(http.RoundTripper) http.RoundTripper, o prom.Options) *prom.Reader {
	t.Helper()
	o.Transport = b.transport
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if over != nil {
		o.Transport = over(o.Transport)
	}
	if o.Now == nil {
		o.Now = func() time.Time { return present }
	}
	r, err := prom.Dial(b.address, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// backends starts all servers over the fixture, once for all tests.
func backends(t *testing.T) []backend {
	t.Helper()
	return []backend{embedded(t), embeddedLate(t), prometheus(t, blocks(t, fixture())), prometheusLate(t), victoria(t, fixture())}
}

// blocks writes series into a block of the format that Prometheus keeps on disk.
func blocks(t testing.TB, all []line) string {
	t.Helper()
	var series []storage.Series
	for _, l := range all {
		if len(l.samples) > 0 {
			series = append(series, storage.NewListSeries(l.labels, l.chunk()))
		}
	}
	return blockOf(t, series)
}

// blockOf is blocks for any kind of series.
func blockOf(t testing.TB, series []storage.Series) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := tsdb.CreateBlock(series, dir, blockRange, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// blockRange is the length of the one block in milliseconds: all of the fixture.
const blockRange = int64(90 * 24 * time.Hour / time.Millisecond)

func embedded(t *testing.T) backend {
	t.Helper()
	o := tsdb.DefaultOptions()
	o.RetentionDuration, o.MinBlockDuration, o.MaxBlockDuration = 0, blockRange, blockRange
	db, err := tsdb.Open(blocks(t, fixture()), nil, nil, o, tsdb.NewDBStats())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return backend{name: "embedded", address: "http://embedded", transport: demo.Engine(db, func() time.Time { return present })}
}

// binary finds a server. Where tests must be complete a missing one fails them.
func binary(t testing.TB, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: apt-get install %s", name, debian)
	}
	t.Skipf("%s is missing: apt-get install %s", name, debian)
	return ""
}

// freeAddress is an address on the loopback that nobody listens at now.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// start runs a server until the test ends and waits until path answers.
func start(t testing.TB, address, path string, cmd *exec.Cmd) {
	t.Helper()
	log := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	deadline := time.Now().Add(time.Minute)
	for {
		resp, err := http.Get("http://" + address + path)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", cmd.Path, err, log)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not ready after a minute\n%s", cmd.Path, log)
		}
	}
}

// lockedBuffer takes what a server writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// prometheus starts a real one over a folder of blocks.
func prometheus(t testing.TB, dir string) backend {
	t.Helper()
	return startPrometheus(t, dir, "global: {scrape_interval: 1h}\n")
}

// startPrometheus starts a real one over a folder, with a configuration and flags.
func startPrometheus(t testing.TB, dir, configuration string, more ...string) backend {
	t.Helper()
	path := binary(t, "prometheus", "prometheus")
	config := filepath.Join(t.TempDir(), "prometheus.yml")
	if err := os.WriteFile(config, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	cmd := exec.CommandContext(context.Background(), path, append([]string{"--config.file=" + config, "--storage.tsdb.path=" + dir,
		"--storage.tsdb.retention.time=50y", "--web.listen-address=" + address, "--log.level=warn"}, more...)...)
	start(t, address, "/-/ready", cmd)
	return backend{name: "Prometheus", address: "http://" + address, pid: cmd.Process.Pid}
}

// victoria starts a real VictoriaMetrics and imports series.
func victoria(t testing.TB, all []line) backend {
	t.Helper()
	path := binary(t, "victoria-metrics", "victoria-metrics")
	address := freeAddress(t)
	start(t, address, "/health", exec.CommandContext(context.Background(), path, "-storageDataPath="+t.TempDir(), "-httpListenAddr="+address,
		"-retentionPeriod=50y", "-search.latencyOffset=0s", "-loggerLevel=WARN"))
	var text strings.Builder
	lateRounds(all, func(l line, some []sample) {
		for _, s := range some {
			fmt.Fprintf(&text, "%s %s %d\n", l.labels.Get("__name__")+pairs(l), number(s.v), s.t)
		}
	})
	for _, ask := range []struct{ path, body string }{{"/api/v1/import/prometheus", text.String()}, {"/internal/force_flush", ""}} {
		resp, err := http.Post("http://"+address+ask.path, "text/plain", strings.NewReader(ask.body))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode/100 != 2 {
			t.Fatalf("%s: %s", ask.path, resp.Status)
		}
	}
	return backend{name: "VictoriaMetrics", address: "http://" + address}
}

func number(v float64) string {
	if math.IsInf(v, 1) {
		return "+Inf"
	}
	return fmt.Sprint(v)
}
