//go:build scale

package scale

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tick is the unit of CPU time in /proc, a hundredth of a second on every Linux.
const tick = 10 * time.Millisecond

// cpu is the CPU time that a process has used.
func cpu(t *testing.T, pid int) time.Duration {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	must(t, err)
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	user, err := strconv.Atoi(f[11])
	must(t, err)
	system, err := strconv.Atoi(f[12])
	must(t, err)
	return time.Duration(user+system) * tick
}

// inUse reads the most memory that a process had in use, and how much now is not of files, both in bytes; zeros when it has
// ended.
func inUse(pid int) (peak, anonymous int64) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	return statusLine(b, "VmHWM:"), statusLine(b, "RssAnon:")
}

func statusLine(b []byte, name string) int64 {
	_, rest, _ := strings.Cut(string(b), name)
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0
	}
	return kb << 10
}

// sample takes what a process has in use. A process that becomes another program begins anew, which its peak shows: what
// the kernel tells of the most memory at a process's end counts what its parent had when it was forked.
func (r *run) sample(pid int) {
	peak, anonymous := inUse(pid)
	if peak < r.peak && peak > 0 {
		r.own = 0
	}
	if peak > 0 {
		r.peak, r.own = peak, max(r.own, anonymous)
	}
}

// available is how much memory the machine has to give, in bytes.
func available(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/meminfo")
	must(t, err)
	m := regexp.MustCompile(`MemAvailable:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		return 0
	}
	kb, err := strconv.ParseInt(string(m[1]), 10, 64)
	must(t, err)
	return kb << 10
}

// run is what a command cost.
type run struct {
	wall, cpu, server time.Duration
	// peak is the most memory in bytes, sampled. own is that part of it which is not the program's file: the kernel keeps those
	// pages once for all programs and may drop them at any time. It is sampled too.
	peak, own int64
	// Of our own program, from its log: when the first look and the pass over all pods were done, from its start, how long
	// they took, and what the server had used when the first look was done.
	look, pass, lookServer time.Duration
	lookAt                 time.Duration
}

// cost runs a command to its end and measures it.
func (c *cluster) cost(t *testing.T, logFile, name string, args ...string) run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = environment(t, c.kubeconfig)
	var said strings.Builder
	cmd.Stderr = &said
	var r run
	before, began := cpu(t, c.apiserver), time.Now()
	must(t, cmd.Start())
	done := make(chan struct{})
	sampled, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sampled)
		for {
			r.sample(cmd.Process.Pid)
			select {
			case <-done:
				return
			case <-time.After(3 * time.Millisecond):
			}
		}
	}()
	go func() { // the first look's end is seen in the log while the program goes on
		defer close(watched)
		for logFile != "" {
			if b, _ := os.ReadFile(logFile); strings.Contains(string(b), "first look") {
				r.lookAt, r.lookServer = time.Since(began), cpu(t, c.apiserver)-before
				return
			}
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	err := cmd.Wait()
	r.wall = time.Since(began)
	close(done)
	<-watched
	<-sampled
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, said.String())
	}
	r.server = cpu(t, c.apiserver) - before
	r.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if logFile != "" {
		b, err := os.ReadFile(logFile)
		must(t, err)
		r.look, r.pass = took(t, string(b), "first look"), took(t, string(b), "read all pods")
	}
	return r
}

// took reads how long a thing took from the log.
func took(t *testing.T, log, what string) time.Duration {
	t.Helper()
	m := regexp.MustCompile(`(?m)msg="` + what + `".* took=(\S+)`).FindStringSubmatch(log)
	if m == nil {
		t.Fatalf("the log does not say %q:\n%s", what, log)
	}
	d, err := time.ParseDuration(m[1])
	must(t, err)
	return d
}

// environment has nobody's own settings. On two cores that everything shares a busy server may leave a ping unanswered for
// longer than the program's own 3 s, which is no matter of speed.
func environment(t *testing.T, kubeconfig string) []string {
	dir := t.TempDir()
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "XDG_STATE_HOME=" + dir, "KUBECONFIG=" + kubeconfig, "TERM=xterm-256color", "LANG=C.UTF-8",
		"HTTP2_PING_TIMEOUT_SECONDS=30"}
}

// median returns the median of a figure over runs.
func median[T ~int64](rs []run, of func(run) T) T {
	var all []T
	for _, r := range rs {
		all = append(all, of(r))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
