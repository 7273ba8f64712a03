//go:build scale

package scale

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// How the two programs are measured on a screen.
const (
	peerKeys   = 200
	peerSettle = 30 * time.Second // pods, owners and events are read
	peerFor    = 20 * time.Second
)

// TestBesideK9s measures the list of this program and the pod list of k9s, one after the other on the same API server. They do
// not show the same: k9s has a row for each pod, this program one for each that was OOMKilled. K9S names the program.
func TestBesideK9s(t *testing.T) {
	k9s := os.Getenv("K9S")
	if k9s == "" {
		t.Skip("K9S is not set to the path of k9s")
	}
	n := 5000
	if s := os.Getenv("SCALE_PODS"); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		must(t, err)
	}
	load := loadAverage(t)
	c := newCluster(t, n)
	ours := c.peer(t, `service-\d{4}`, built(t), "-A", "--since", "24h")
	theirs := c.peer(t, `service-\d{4}`, k9s, "-A", "-c", "pods", "--headless", "--logoless", "--splashless")
	var b strings.Builder
	fmt.Fprintf(&b, "%d pods at 120x40; load average before: %s.\n\n| | oomedic | k9s |\n|---|---:|---:|\n", n, load)
	for i, row := range ours {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", row.what, row.got, theirs[i].got)
	}
	t.Log("\n" + b.String())
}

// peerRow is one figure of a program.
type peerRow struct{ what, got string }

// peer measures one program on a pseudo-terminal of 120x40.
func (c *cluster) peer(t *testing.T, first, program string, args ...string) []peerRow {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(environment(t, c.kubeconfig), "XDG_CONFIG_HOME="+t.TempDir(), "XDG_DATA_HOME="+t.TempDir(), "COLORTERM=truecolor")
	began := time.Now()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	must(t, err)
	p := &peerScreen{}
	go p.read(tty)
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait(); _ = tty.Close() }()
	rows := regexp.MustCompile(first)
	for !rows.MatchString(p.text()) {
		if time.Since(began) > screenWait {
			t.Fatalf("%s shows no row:\n%q", filepath.Base(program), p.text())
		}
		time.Sleep(time.Millisecond)
	}
	out := []peerRow{{"start to the first row", fmt.Sprintf("%.0f ms", float64(time.Since(began).Microseconds())/1000)}}
	time.Sleep(peerSettle)
	use := func(what string) {
		written, ticks := p.length(), cpu(t, cmd.Process.Pid)
		time.Sleep(peerFor)
		out = append(out,
			peerRow{what + ": of a core", fmt.Sprintf("%.1f %%", 100*float64(cpu(t, cmd.Process.Pid)-ticks)/float64(peerFor))},
			peerRow{what + ": bytes written in " + peerFor.String(), strconv.Itoa(p.length() - written)})
	}
	use("idle")
	took, sizes := p.press(t, tty)
	out = append(out, peerRow{"key to the first byte, median / p99", fmt.Sprintf("%.1f / %.1f ms", ms(took[len(took)/2]), ms(took[len(took)*99/100]))},
		peerRow{"bytes a key press, median", strconv.Itoa(sizes[len(sizes)/2])})
	stop, sent := c.storm(t)
	before := sent.Load()
	use("beside status updates")
	out[len(out)-2].got += fmt.Sprintf(" at %.0f a second", float64(sent.Load()-before)/peerFor.Seconds())
	stop()
	peak, own := inUse(cmd.Process.Pid)
	return append(out, peerRow{"peak memory, of it now not of files", fmt.Sprintf("%d MB, %d MB", peak>>20, own>>20)})
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// peerScreen is what a program wrote.
type peerScreen struct {
	mu  sync.Mutex
	out []byte
}

func (p *peerScreen) read(tty *os.File) {
	buf := make([]byte, 64<<10)
	for {
		n, err := tty.Read(buf)
		p.mu.Lock()
		p.out = append(p.out, buf[:n]...)
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (p *peerScreen) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.out)
}

func (p *peerScreen) length() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.out)
}

// press moves down and up and measures the time to the first byte that is written then, and how many bytes a key costs.
func (p *peerScreen) press(t *testing.T, tty *os.File) (took []time.Duration, sizes []int) {
	t.Helper()
	for i := range peerKeys {
		before, began := p.length(), time.Now()
		_, err := tty.WriteString(string("jk"[i%2]))
		must(t, err)
		for p.length() == before && time.Since(began) < time.Second {
			time.Sleep(100 * time.Microsecond)
		}
		took = append(took, time.Since(began))
		time.Sleep(time.Duration(60+7*(i%5)) * time.Millisecond) // not in step with frames
		sizes = append(sizes, p.length()-before)
	}
	slices.Sort(took)
	slices.Sort(sizes)
	return took, sizes
}
