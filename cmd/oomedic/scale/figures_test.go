//go:build scale

package scale

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// figures are what was measured on a cluster of one size.
type figures struct {
	pods, podBytes, killed int
	load, noKubectl        string
	kubectlLimit           string // what kubectl was told to keep to; empty for nothing
	ours, kubectl, typed   []run
	replay                 []run // on the replayed pods
	firstRow, verified     time.Duration
	idle, busy, rate       float64
	screenPeak, screenOwn  int64
	calmKills, busyKills   []time.Duration
}

// section is the figures as Markdown.
func (f *figures) section() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("### %s pods", thousands(f.pods))
	line("")
	line("%s, %d cores, %s; load average before: %s. Pods of %s bytes of protobuf, %d containers OOMKilled. Medians of %d runs.",
		model(), runtime.NumCPU(), time.Now().UTC().Format("2 January 2006"), f.load, thousands(f.podBytes), f.killed, runs)
	line("`make bench-scale PODS=%d`", f.pods)
	line("")
	line("| | wall | peak memory | of it not the program's file | own CPU | API server's CPU | of it per 1,000 pods |")
	line("|---|---:|---:|---:|---:|---:|---:|")
	row := func(what string, wall time.Duration, peak, anon int64, own, server time.Duration) {
		mem, o := " | ", ""
		if peak > 0 {
			mem = fmt.Sprintf("%d MB | %d MB", peak/1e6, anon/1e6)
		}
		if own > 0 {
			o = seconds(own)
		}
		line("| %s | %s | %s | %s | %s | %.1f ms |", what, seconds(wall), mem, o, seconds(server), server.Seconds()*1e6/float64(f.pods))
	}
	of := func(what string, rs []run) {
		if len(rs) == 0 {
			line("| %s | not measured: %s | | | | | |", what, f.noKubectl)
			return
		}
		row(what, median(rs, func(r run) time.Duration { return r.wall }), median(rs, func(r run) int64 { return r.peak }), median(rs, func(r run) int64 { return r.own }),
			median(rs, func(r run) time.Duration { return r.cpu }), median(rs, func(r run) time.Duration { return r.server }))
	}
	row("oomedic: every candidate read (of the report below, from its start)", median(f.ours, func(r run) time.Duration { return r.lookAt }), 0, 0, 0,
		median(f.ours, func(r run) time.Duration { return r.lookServer }))
	line("| ‥ the first look alone | %s | | | | | |", seconds(median(f.ours, func(r run) time.Duration { return r.look })))
	line("| ‥ then every pod verified, alone | %s | | | | | |", seconds(median(f.ours, func(r run) time.Duration { return r.pass })))
	of("`oomedic report -A -o json`, complete", f.ours)
	kubectl := "`kubectl get pods -A -o json`"
	if f.kubectlLimit != "" {
		kubectl += ", with GOMEMLIMIT=" + f.kubectlLimit + " to fit beside the server"
	}
	of(kubectl, f.kubectl)
	of("typed list in JSON, in one piece", f.typed)
	line("")
	if len(f.calmKills) > 0 {
		line("| on the screen | |")
		line("|---|---:|")
		line("| first row after the start | %s |", seconds(f.firstRow))
		line("| every pod verified after the start | %s |", seconds(f.verified))
		line("| peak memory, and what is in use at the end without the program's file | %d MB, %d MB |", f.screenPeak/1e6, f.screenOwn/1e6)
		line("| idle | %.1f %% of a core |", 100*f.idle)
		line("| with %.0f status updates a second | %.1f %% of a core |", f.rate, 100*f.busy)
		line("| a kill after its status write: idle, under that load | %s, %s |", seconds(middle(f.calmKills)), seconds(middle(f.busyKills)))
	}
	f.replayLines(line)
	return b.String()
}

// replayLines tells of the replay.
func (f *figures) replayLines(line func(string, ...any)) {
	if len(f.replay) == 0 {
		return
	}
	r := f.replay
	line("")
	line("| %s pods, the recorded answers of this server served again under other names | |", thousands(replayed))
	line("|---|---:|")
	line("| every candidate read, from the start | %s |", seconds(median(r, func(r run) time.Duration { return r.lookAt })))
	line("| ‥ then every pod verified, alone | %s |", seconds(median(r, func(r run) time.Duration { return r.pass })))
	line("| `oomedic report -A -o json`, complete: wall, own CPU | %s, %s |", seconds(median(r, func(r run) time.Duration { return r.wall })), seconds(median(r, func(r run) time.Duration { return r.cpu })))
	line("| peak memory, and what of it is not the program's file | %d MB, %d MB |", median(r, func(r run) int64 { return r.peak })/1e6, median(r, func(r run) int64 { return r.own })/1e6)
}

const docHead = `# Performance

## Scale

Measured by ` + "`make bench-scale`" + ` on a real kube-apiserver and etcd on the same machine. The server and everything that is measured share
its cores, so the ratios tell more than the seconds.

`

// write puts the section into a document, in the place of the same section of an earlier run.
func (f *figures) write(path string) error {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	doc := string(b)
	if !strings.Contains(doc, "\n## Scale\n") {
		if doc == "" {
			doc = docHead
		} else {
			doc = strings.TrimRight(doc, "\n") + "\n\n" + docHead[strings.Index(docHead, "## Scale"):]
		}
	}
	first, last := fmt.Sprintf("<!-- scale %d: begin -->\n", f.pods), fmt.Sprintf("<!-- scale %d: end -->\n", f.pods)
	text := first + f.section() + last
	if before, rest, ok := strings.Cut(doc, first); ok {
		if _, after, ok := strings.Cut(rest, last); ok {
			return os.WriteFile(path, []byte(before+text+after), 0o644)
		}
	}
	head, rest, _ := strings.Cut(doc, "\n## Scale\n")
	end := len(rest)
	if i := strings.Index(rest, "\n## "); i >= 0 {
		end = i + 1
	}
	return os.WriteFile(path, []byte(head+"\n## Scale\n"+strings.TrimRight(rest[:end], "\n")+"\n\n"+text+rest[end:]), 0o644)
}

func seconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// model names the processor.
func model() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, _ := strings.Cut(string(b), "model name\t: ")
	name, _, _ := strings.Cut(rest, "\n")
	return name
}

func loadAverage(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("/proc/loadavg")
	must(t, err)
	return strings.Fields(string(b))[0]
}
