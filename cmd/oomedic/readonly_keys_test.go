//go:build unix

package main

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/creack/pty"
	"k8s.io/client-go/rest"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/ui"
)

// randomKeys is how many keys are pressed.
const randomKeys = 100_000

// gate counts what reaches the wire below the client.
type gate struct {
	next             http.RoundTripper
	writes, tryOuts  atomic.Int64
	lastWrite        atomic.Value
	reads, questions atomic.Int64
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case r.Method == http.MethodGet:
		g.reads.Add(1)
	case strings.HasSuffix(r.URL.Path, "/selfsubjectaccessreviews"):
		g.questions.Add(1)
	case r.URL.Query().Get("dryRun") == "All":
		g.tryOuts.Add(1)
	default:
		g.writes.Add(1)
		g.lastWrite.Store(r.Method + " " + r.URL.String())
	}
	return g.next.RoundTrip(r)
}

// keyboard writes random keys that lead often to the fix and to a yes, and never out of the program.
func keyboard(n int) []byte {
	rnd := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same keys every time
	often := []string{"f", "y", "y", "\r", "f", "d", "e", "u", "w", "\t", "\x1b[A", "\x1b[B", "x", "Y", "i", "b", "t", "m", "H", "a", "p", "i"}
	var out []byte
	for range n {
		switch k := rnd.IntN(100); {
		case k < 60:
			out = append(out, often[rnd.IntN(len(often))]...)
		case k < 65:
			out = append(out, 0x1b)
		default:
			c := byte(' ' + rnd.IntN('~'-' '))
			if c == 'q' || c == 'Q' {
				c = 'y'
			}
			out = append(out, c)
		}
	}
	return out
}

// drawing counts what the program draws.
type drawing struct{ n, last atomic.Int64 }

func (d *drawing) Write(p []byte) (int, error) {
	d.n.Add(int64(len(p)))
	d.last.Store(time.Now().UnixNano())
	return len(p), nil
}

// until waits for what ok sees: how many bytes were drawn, and for how long nothing was.
func (d *drawing) until(t *testing.T, ok func(n int64, quiet time.Duration) bool) {
	t.Helper()
	deadline := time.NewTimer(5 * time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok(d.n.Load(), time.Since(time.Unix(0, d.last.Load()))) {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("drawn %d bytes", d.n.Load())
		}
	}
}

// TestReadOnlyAgainstRandomKeys presses 100,000 random keys on a terminal, with a cluster that would take every write and
// a client that may not, and counts the writes below the client: none. The screens are not told that nothing may be
// changed, so that no key binding stands before the transport.
func TestReadOnlyAgainstRandomKeys(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a while")
	}
	server := httptest.NewServer(killedCluster())
	t.Cleanup(server.Close)
	g := &gate{}
	cfg := &rest.Config{Host: server.URL}
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { g.next = next; return g })
	j := journal.New(filepath.Join(t.TempDir(), "changes.jsonl"), nil)
	client, err := kube.New(cfg, kube.Options{ReadOnly: true, Context: "prod", Journal: j})
	if err != nil {
		t.Fatal(err)
	}
	store := data.NewStore(time.Now)
	if err := client.List(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	screen, terminal, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminal: ", err)
	}
	t.Cleanup(func() { _, _ = screen.Close(), terminal.Close() })
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	// Keys come by a pipe: Bubble Tea's reader of a terminal looks at its file once more after that was closed.
	in, hand := io.Pipe()
	go func() {
		err := ui.Run(ctx, ui.Options{
			Source: store, Cluster: client, Where: data.Cluster{Context: "prod"}, MetricsProblem: "none here", Since: 24 * time.Hour, Theme: "mono",
			Journal: j, Folder: t.TempDir(), Price: analysis.DefaultPrice, Log: slog.New(slog.DiscardHandler), Now: time.Now, Zone: time.UTC, In: in, Out: terminal,
		})
		_ = in.CloseWithError(io.EOF)
		ended <- err
	}()
	drawn := &drawing{}
	go func() { _, _ = io.Copy(drawn, screen) }()
	drawn.until(t, func(n int64, _ time.Duration) bool { return n > 500 })
	keys := keyboard(randomKeys)
	for len(keys) > 0 {
		n := min(len(keys), 256)
		if _, err := hand.Write(keys[:n]); err != nil {
			t.Fatal(err)
		}
		keys = keys[n:]
		select {
		case err := <-ended:
			t.Fatalf("the program ended with %d bytes of keys left: %v", len(keys), err)
		default:
		}
	}
	drawn.until(t, func(_ int64, quiet time.Duration) bool { return quiet > 500*time.Millisecond }) // the last keys are read
	stop()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Error("the program goes on after its context ended")
	}
	t.Logf("%d reads, %d questions, %d dry runs", g.reads.Load(), g.questions.Load(), g.tryOuts.Load())
	if n := g.writes.Load(); n != 0 {
		t.Errorf("%d writes, the last %v", n, g.lastWrite.Load())
	}
	if g.tryOuts.Load() == 0 {
		t.Error("no dry run was sent: the keys never reached the fix")
	}
	if _, err := os.Stat(j.Path()); err == nil {
		if all, _, err := j.Entries(); err != nil || len(all) > 0 {
			t.Errorf("the journal has %d entries, %v", len(all), err)
		}
	}
}
