//go:build e2e && benchui

package terminal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// How much is measured.
const (
	benchKeys = 300              // key presses
	benchIdle = 30 * time.Second // of doing nothing
)

// measured is one figure with the limit that it is held against.
type measured struct{ what, got, limit string }

// TestBenchUI measures the program from outside, through a pseudo-terminal that answers no query, and inside. It prints
// the figures, and with BENCH_UI_DOC puts them into that file. Nothing fails on a slow figure: it is a measurement.
func TestBenchUI(t *testing.T) {
	var out []measured
	add := func(what, got, limit string) {
		out = append(out, measured{what, got, limit})
		t.Logf("%-64s %-22s %s", what, got, limit)
	}
	for line := range strings.Lines(os.Getenv("BENCH_UI_INSIDE")) { // what was measured inside: "Update = figures"
		if what, got, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
			add("`"+what+"`, median / p99 / most", got, map[string]string{"Update": "≤ 2 ms", "View": "≤ 8 ms"}[what])
		}
	}
	busy := startList(t, 200)
	keys, _ := busy.pressKeys(t)
	add("key to frame, 200 updates a second, median / p99 / most", times(keys), "p50 ≤ 5 ms, p99 ≤ 15 ms")
	busy.quit(t)

	calm := startList(t, 0)
	keys, sizes := calm.pressKeys(t)
	add("key to frame, no updates, median / p99 / most", times(keys), "")
	slices.Sort(sizes)
	add("bytes a key press, median / p99", fmt.Sprintf("%d / %d", sizes[len(sizes)/2], sizes[len(sizes)*99/100]), "≤ 400")
	written, cpu := calm.idle(t)
	add("idle for 30 s: bytes written", strconv.Itoa(written), "0")
	add("idle for 30 s: share of a core", fmt.Sprintf("%.2f %%", cpu*100), "≤ 1 %")
	calm.quit(t)

	frames, rows := firstTimes(t, 7)
	add("`demo`: start to the first frame, median / p99 / most", times(frames), "≤ 50 ms")
	add("`demo`: start to the first row, median / p99 / most", times(rows), "≤ 1.5 s")
	if doc := os.Getenv("BENCH_UI_DOC"); doc != "" {
		if err := writeBench(doc, out); err != nil {
			t.Fatal(err)
		}
	}
}

// times writes a median, a 99th percentile and the longest of times.
func times(d []time.Duration) string {
	if len(d) == 0 {
		return "none"
	}
	d = slices.Clone(d)
	slices.Sort(d)
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
	return fmt.Sprintf("%s / %s / %s ms", ms(d[len(d)/2]), ms(d[len(d)*99/100]), ms(d[len(d)-1]))
}

// startList starts the list on a pseudo-terminal and waits until it is there.
func startList(t *testing.T, updates int) *silent {
	t.Helper()
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(me) //nolint:gosec // this program
	cmd.Env = append(environment(t), benchList+"=1", benchUpdates+"="+strconv.Itoa(updates))
	s := startOn(t, cmd)
	s.wait(t, "10,000")
	time.Sleep(2 * time.Second) // what comes with the start is over
	return s
}

// cursorSign is what a frame has that moves the cursor.
var cursorSign = []byte("▍")

// pressKeys moves the cursor to the next row and back, and measures how long it takes until the cursor is written anew, and how much is written.
func (s *silent) pressKeys(t *testing.T) (took []time.Duration, sizes []int) {
	t.Helper()
	for i := range benchKeys {
		before := s.length()
		begin := time.Now()
		if _, err := io.WriteString(s.tty, string("jk"[i%2])); err != nil {
			t.Fatal(err)
		}
		for !s.wrote(before, cursorSign) {
			if time.Since(begin) > patience {
				t.Fatalf("key %d was not answered", i)
			}
			time.Sleep(100 * time.Microsecond)
		}
		took = append(took, time.Since(begin))
		time.Sleep(time.Duration(30+7*(i%5)) * time.Millisecond) // not in step with the frames
		sizes = append(sizes, s.length()-before)
	}
	return took, sizes
}

// length is how many bytes were written so far.
func (s *silent) length() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Len()
}

// wrote reports whether what came after the first from bytes has text in it. It looks without a copy: to copy all that was
// written ten times a millisecond would take the core that is measured.
func (s *silent) wrote(from int, text []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Contains(s.out.Bytes()[from:], text)
}

// idle does nothing and returns what was written meanwhile and the share of a core that was used.
func (s *silent) idle(t *testing.T) (written int, cpu float64) {
	t.Helper()
	time.Sleep(3 * time.Second) // the last key is over
	return s.use(t, benchIdle)
}

// use presses nothing for a while and returns what was written meanwhile and the share of a core that was used.
func (s *silent) use(t *testing.T, during time.Duration) (written int, cpu float64) {
	t.Helper()
	before, ticks := s.length(), cpuTicks(t, s.cmd.Process.Pid)
	time.Sleep(during)
	const ticksPerSecond = 100 // USER_HZ, which is the same on all Linux architectures that matter here
	return s.length() - before, float64(cpuTicks(t, s.cmd.Process.Pid)-ticks) / ticksPerSecond / during.Seconds()
}

// cpuTicks is the processor time that a process has used, in ticks of proc_pid_stat(5).
func cpuTicks(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Skipf("no processor times here: %v", err)
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])   //nolint:errcheck // a number by the kernel's word
	system, _ := strconv.Atoi(fields[12]) //nolint:errcheck // as above
	return user + system
}

func (s *silent) quit(t *testing.T) {
	t.Helper()
	if _, err := io.WriteString(s.tty, "q"); err != nil {
		t.Fatal(err)
	}
	s.end(t)
}

// firstTimes starts the sandbox some times and measures until the first frame and the first row.
func firstTimes(t *testing.T, n int) (frames, rows []time.Duration) {
	t.Helper()
	program(t) // building it is no part of the time
	for range n {
		begin := time.Now()
		s := startSilent(t, "demo")
		s.wait(t, "oomedic")
		frames = append(frames, time.Since(begin))
		s.wait(t, "database")
		rows = append(rows, time.Since(begin))
		s.quit(t)
	}
	return frames, rows
}

// The marks between which the figures stand in a document.
const (
	benchBegin = "<!-- ui:begin -->\n"
	benchEnd   = "<!-- ui:end -->"
)

// writeBench puts the figures between their marks, which are added at the end where there are none.
func writeBench(path string, out []measured) error {
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "A list of %d cases at 120x40, measured on %s through a pseudo-terminal that answers no query; load of the machine at the end: %s.\n\n| what | measured | to be |\n|---|---|---|\n",
		benchCases, time.Now().UTC().Format("2006-01-02"), loadNow())
	for _, m := range out {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", m.what, m.got, m.limit)
	}
	doc := string(text)
	if !strings.Contains(doc, benchBegin) {
		doc += "\n## The screen\n\n`make bench-ui` writes this.\n\n" + benchBegin + benchEnd + "\n"
	}
	head, rest, _ := strings.Cut(doc, benchBegin)
	_, tail, _ := strings.Cut(rest, benchEnd)
	return os.WriteFile(path, []byte(head+benchBegin+b.String()+benchEnd+tail), 0o644) //nolint:gosec // a document that anyone may read
}

// loadNow is the load average of the last minute beside the number of cores, where the system tells.
func loadNow() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	cores, _ := os.ReadFile("/proc/cpuinfo") //nolint:errcheck // zero then
	return fmt.Sprintf("%s on %d cores", strings.Fields(string(text))[0], strings.Count(string(cores), "processor\t"))
}
