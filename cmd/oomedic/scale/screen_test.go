//go:build scale

package scale

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	probes     = 5   // kills whose way to the screen is measured, in peace and under load
	updates    = 200 // status updates a second of the load
	calmFor    = 20 * time.Second
	loadFor    = 20 * time.Second
	screenWait = 3 * time.Minute
)

// terminal is the program in a tmux of its own.
type terminal struct {
	socket string
	pid    int
}

// screen measures the program on a terminal: how soon it shows rows, how soon a kill, and what it uses.
func (c *cluster) screen(t *testing.T, program string, f *figures) {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Log("no tmux: the screen is not measured")
		return
	}
	for i := range 2 * probes {
		c.create(t, probe(i))
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	began := time.Now()
	s := c.open(t, dir, program, "-A", "--since", "24h", "--log-file", log)
	s.shows(t, `service-\d{4}`)
	f.firstRow = time.Since(began)
	for !strings.Contains(read(log), `msg="read all pods"`) {
		if time.Since(began) > screenWait {
			t.Fatal("the pods are not read")
		}
		time.Sleep(5 * time.Millisecond)
	}
	f.verified = time.Since(began)
	time.Sleep(20 * time.Second) // owners and events are looked up
	f.idle = s.share(t, calmFor)
	s.types(t, "/", "p", "r", "o", "b", "e", "-", "Enter") // the list may be longer than the screen
	for i := range probes {
		f.calmKills = append(f.calmKills, c.kill(t, s, probe(i)))
	}
	stop, sent := c.storm(t)
	before := sent.Load()
	f.busy = s.share(t, loadFor)
	f.rate = float64(sent.Load()-before) / loadFor.Seconds()
	for i := range probes {
		f.busyKills = append(f.busyKills, c.kill(t, s, probe(probes+i)))
	}
	stop()
	f.screenPeak, f.screenOwn = inUse(s.pid)
}

func probe(i int) string { return fmt.Sprintf("probe-%02d-kill", i) }

// create makes a pod that runs.
func (c *cluster) create(t *testing.T, name string) {
	t.Helper()
	p := generated(1<<20, 1, time.Now())
	p.ObjectMeta = metav1.ObjectMeta{Namespace: namespace(0), Name: name}
	p.Spec.ServiceAccountName = ""
	status := p.Status
	made, err := c.cs.CoreV1().Pods(p.Namespace).Create(t.Context(), p, metav1.CreateOptions{})
	must(t, err)
	made.Status = status
	_, err = c.cs.CoreV1().Pods(p.Namespace).UpdateStatus(t.Context(), made, metav1.UpdateOptions{})
	must(t, err)
}

// kill writes the status of a kill and returns how long it took from the server's answer until the screen showed it.
func (c *cluster) kill(t *testing.T, s *terminal, name string) time.Duration {
	t.Helper()
	p, err := c.cs.CoreV1().Pods(namespace(0)).Get(t.Context(), name, metav1.GetOptions{})
	must(t, err)
	st := &p.Status.ContainerStatuses[0]
	st.RestartCount++
	st.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
		Reason: "OOMKilled", ExitCode: 137, StartedAt: metav1.NewTime(time.Now().Add(-time.Hour)), FinishedAt: metav1.Now(),
	}
	_, err = c.cs.CoreV1().Pods(p.Namespace).UpdateStatus(t.Context(), p, metav1.UpdateOptions{})
	must(t, err)
	began := time.Now()
	s.shows(t, regexp.QuoteMeta(name))
	return time.Since(began)
}

// storm updates statuses of pods that run until stop is called.
func (c *cluster) storm(t *testing.T) (stop func(), sent *atomic.Int64) {
	t.Helper()
	l, err := c.cs.CoreV1().Pods(namespace(1)).List(t.Context(), metav1.ListOptions{FieldSelector: "status.phase=Running"})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	sent = &atomic.Int64{}
	var wg sync.WaitGroup
	const writers = 20
	for w := range writers {
		wg.Go(func() {
			beat := time.NewTicker(time.Second * writers / updates)
			defer beat.Stop()
			for i := w; ; i += writers {
				select {
				case <-ctx.Done():
					return
				case <-beat.C:
				}
				p := &l.Items[i%len(l.Items)]
				patch := fmt.Sprintf(`{"status":{"message":"beat %d"}}`, i)
				if _, err := c.cs.CoreV1().Pods(p.Namespace).Patch(ctx, p.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}, "status"); err == nil {
					sent.Add(1)
				}
			}
		})
	}
	return func() { cancel(); wg.Wait() }, sent
}

// open starts the program on a terminal.
func (c *cluster) open(t *testing.T, dir, program string, args ...string) *terminal {
	t.Helper()
	s := &terminal{socket: filepath.Join(dir, "s")}
	pidFile := filepath.Join(dir, "pid")
	line := []string{"-u", "-f", "/dev/null", "-S", s.socket, "new-session", "-d", "-x", "180", "-y", "50", "sh", "-c", `echo $$ >"` + pidFile + `"; exec "$0" "$@"`, program}
	cmd := exec.Command("tmux", append(line, args...)...)
	cmd.Env = environment(t, c.kubeconfig)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v\n%s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", s.socket, "kill-server").Run() })
	for s.pid == 0 {
		s.pid, _ = strconv.Atoi(strings.TrimSpace(read(pidFile)))
	}
	return s
}

// types presses keys.
func (s *terminal) types(t *testing.T, keys ...string) {
	t.Helper()
	if out, err := exec.Command("tmux", append([]string{"-S", s.socket, "send-keys"}, keys...)...).CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v\n%s", err, out)
	}
}

// shows waits until the screen has a text.
func (s *terminal) shows(t *testing.T, pattern string) {
	t.Helper()
	re := regexp.MustCompile(pattern)
	var out []byte
	for deadline := time.Now().Add(screenWait); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if out, _ = exec.Command("tmux", "-S", s.socket, "capture-pane", "-p").Output(); re.Match(out) {
			return
		}
	}
	t.Fatalf("the screen does not show %s:\n%s", pattern, out)
}

// share is the share of one core that the program uses over a while.
func (s *terminal) share(t *testing.T, over time.Duration) float64 {
	t.Helper()
	before, began := cpu(t, s.pid), time.Now()
	time.Sleep(over)
	return float64(cpu(t, s.pid)-before) / float64(time.Since(began))
}

func read(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(b)
}

func middle(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	s := slices.Clone(all)
	slices.Sort(s)
	return s[len(s)/2]
}
