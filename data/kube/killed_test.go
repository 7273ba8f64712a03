//go:build unix

package kube_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/data/kube"
)

// The child process of TestKilledAtEachStep is told by these what to do.
const (
	dieAt     = "OOMEDIC_TEST_DIE_AT"
	dieServer = "OOMEDIC_TEST_DIE_SERVER"
	dieFile   = "OOMEDIC_TEST_DIE_FILE"
)

// mortal ends its process, as kill -9 does, at the nth thing that it is asked for.
type mortal struct {
	left int
	next *journal.Journal
}

func (m *mortal) step() {
	if m.left--; m.left == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func (m *mortal) Ready() error { return m.next.Ready() }

func (m *mortal) Begin(e data.JournalEntry) (data.JournalEntry, error) {
	m.step()
	e, err := m.next.Begin(e)
	m.step()
	return e, err
}

func (m *mortal) Write(e data.JournalEntry) error {
	m.step()
	err := m.next.Write(e)
	m.step()
	return err
}

func (m *mortal) Undone(id, by string) error { return m.next.Undone(id, by) }

// mortalWire is mortal around each write to the cluster.
type mortalWire struct {
	m    *mortal
	next http.RoundTripper
}

func (w mortalWire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPatch || strings.Contains(r.URL.RawQuery, "dryRun") {
		return w.next.RoundTrip(r)
	}
	w.m.step()
	resp, err := w.next.RoundTrip(r)
	w.m.step()
	return resp, err
}

// TestChildThatIsKilled is the child: it makes a change of a pod and its template and dies at the step it was told.
func TestChildThatIsKilled(t *testing.T) {
	at, err := strconv.Atoi(os.Getenv(dieAt))
	if err != nil {
		t.Skip("runs as a child of TestKilledAtEachStep")
	}
	m := &mortal{left: at, next: journal.New(os.Getenv(dieFile), time.Now)}
	cfg := &rest.Config{Host: os.Getenv(dieServer)}
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { return mortalWire{m, next} })
	c := connect(t, cfg, kube.Options{Journal: m})
	p, err := c.Plan(t.Context(), data.Change{Workload: workload("Deployment", "shop", "api"), Container: "app", Limit: bytes(768 * data.Mi), Way: data.WayBoth})
	must(t, err)
	_, err = c.Apply(t.Context(), p)
	must(t, err)
}

// TestKilledAtEachStep kills the program with SIGKILL at every step of a change of two objects, and asks what the next
// start reports: it must say of each object exactly what the server stored.
func TestKilledAtEachStep(t *testing.T) {
	t.Parallel()
	deaths := 0
	for at := 1; ; at++ {
		s := newSmall()
		s.shown[types.UID("deployment-1")], s.shown[types.UID("pod-1")] = "512Mi/256Mi", "512Mi/256Mi"
		server := httptest.NewServer(s)
		path := filepath.Join(t.TempDir(), fmt.Sprint(at), "changes.jsonl")
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildThatIsKilled$") //nolint:gosec // this very test
		cmd.Env = append(os.Environ(), dieAt+"="+strconv.Itoa(at), dieServer+"="+server.URL, dieFile+"="+path)
		out, err := cmd.CombinedOutput()
		var ended *exec.ExitError
		killed := errors.As(err, &ended) && ended.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
		if err != nil && !killed {
			t.Fatalf("step %d: %v\n%s", at, err, out)
		}
		nextStart(t, s, server, path, at, killed)
		server.Close()
		if !killed {
			break
		}
		deaths++
	}
	// begin and end of: the intent, each of two writes to the cluster, the journal's line after the first, the outcome
	if deaths != 10 {
		t.Errorf("%d steps to die at, want 10", deaths)
	}
}

// nextStart reads the journal as the next start does and compares it with what the server stored.
func nextStart(t *testing.T, s *small, server *httptest.Server, path string, at int, killed bool) {
	t.Helper()
	j := journal.New(path, time.Now)
	left, err := j.Unfinished()
	must(t, err)
	all, skipped, err := j.Entries()
	must(t, err)
	switch {
	case skipped != 0 || len(all) > 1 || len(left) > len(all):
		t.Fatalf("step %d: %d entries, %d unfinished, %d broken lines", at, len(all), len(left), skipped)
	case len(all) == 0 && len(s.ours) > 0:
		t.Fatalf("step %d: the server stored %v, and the journal has nothing", at, s.ours)
	case len(all) == 0:
		return
	case !killed && (len(left) != 0 || all[0].State != data.JournalApplied):
		t.Fatalf("nobody was killed, and the journal says %s", all[0].State)
	}
	e := all[0]
	if len(left) == 1 {
		e = connect(t, &rest.Config{Host: server.URL}, kube.Options{}).Reconcile(t.Context(), e)
	}
	want := []data.JournalState{data.JournalFailed, data.JournalPartly, data.JournalApplied}[len(s.ours)]
	if e.State != want {
		t.Errorf("step %d: %d objects were stored, and the next start says %s", at, len(s.ours), e.State)
	}
	agree(t, s, e, fmt.Sprintf("step %d", at))
	for _, b := range s.breaches {
		t.Errorf("step %d: %s", at, b)
	}
}
