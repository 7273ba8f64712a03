package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/demo"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/data/prom"
	"github.com/oomedic/oomedic/themes"
	"github.com/oomedic/oomedic/views"
)

// profileSizes are the bodies that the profile of a sandbox's workload is drawn in: the frame takes three lines.
var profileSizes = []struct{ width, height int }{{40, 9}, {80, 21}, {120, 37}, {200, 47}}

// TestProfilesOfTheSandbox holds what the screen says of each workload to a file: its log, its runtime's figures and,
// where the program serves them, two heap profiles.
func TestProfilesOfTheSandbox(t *testing.T) {
	origin := time.Date(2026, 11, 18, 9, 40, 0, 0, time.UTC)
	now := func() time.Time { return origin }
	box, err := demo.Start(context.Background(), demo.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	client := kube.NewFor(box.Clientset(), "embedded", kube.Options{Now: now, Dial: box.DialPod})
	reader, err := prom.Dial(box.Address(), prom.Options{Transport: box.Transport(), Timeout: 10 * time.Minute, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	store := data.NewStore(now)
	if err := client.List(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	killed, _ := analysis.Cases(store.Snapshot().Containers, nil, maxSince, origin)
	want := map[data.Text]string{
		"api-server": "goroutines rose from", "database": "The log", "ledger": "the collector ran at its end", "catalog-cache": "bytes in use", "nightly-report": "sorting in memory",
		"renderer": "The log", "checkout": "its heap was nearly full by its own account", "thumbnailer": "holds=", "migrator": "accounts", "log-shipper": "open_buffers rose from",
	}
	for i := range killed {
		c := &killed[i].Container
		name := c.Workload.Name
		if want[name] == "" {
			continue
		}
		t.Run(name.String(), func(t *testing.T) {
			p := sandboxProfile(t, client, reader, c)
			st := &views.State{Profiles: map[data.Key]*views.Profile{c.Key: p}}
			whole := drawProfile(t, st, c.Key, 120, 300)
			if !strings.Contains(whole, want[name]) || !strings.HasPrefix(whole, " Do next") {
				t.Errorf("%q is not in\n%s", want[name], whole)
			}
			for _, size := range profileSizes {
				compareGolden(t, fmt.Sprintf("profile/%s@%dx%d", name, size.width, size.height+3), drawProfile(t, st, c.Key, size.width, size.height))
			}
		})
		want[name] = ""
	}
	for name, left := range want {
		if left != "" {
			t.Errorf("%s is not among those that were killed", name)
		}
	}
}

// sandboxProfile asks the doors for what the app asks them for.
func sandboxProfile(t *testing.T, client *kube.Client, reader *prom.Reader, c *data.Container) *views.Profile {
	t.Helper()
	p := &views.Profile{Of: c.Key}
	of, err := client.Replica(t.Context(), c)
	switch {
	case err != nil:
		p.None, of = data.Clean(err.Error()), c
	case of.Key.Pod != c.Key.Pod:
		p.Instead = of.Key.Pod
	}
	p.Of, p.Guide = of.Key, analysis.ProfilingOf(of)
	tail, err := client.LastLog(t.Context(), c.Key)
	if err != nil {
		t.Fatal(err)
	}
	p.Log, p.Hints = &views.Loaded[data.LogTail]{Value: &tail}, analysis.LogHints(&tail)
	mem, err := reader.RuntimeMemory(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	p.Runtime, p.NoRuntime = &views.Loaded[data.RuntimeMemory]{Value: mem}, mem == nil
	if name := c.Workload.Name; name != "api-server" && name != "thumbnailer" {
		return p
	}
	first, err := client.Profile(t.Context(), of.Key, data.HeapProfile)
	fetched := &views.Loaded[views.ProfilePair]{}
	if err != nil {
		fetched.Problem = data.Clean(err.Error())
	} else {
		fetched.Value = &views.ProfilePair{First: first}
	}
	p.Fetched = map[data.ProfileKind]*views.Loaded[views.ProfilePair]{data.HeapProfile: fetched}
	return p
}

// drawProfile draws the screen without colours.
func drawProfile(t *testing.T, st *views.State, k data.Key, width, height int) string {
	t.Helper()
	theme, err := themes.Get("mono", true)
	if err != nil {
		t.Fatal(err)
	}
	s := views.NewProfileScreen(k)
	s.Set(st)
	out := ansi.Strip(s.View(views.Frame{Width: width, Height: height, Theme: theme, Zone: time.UTC}))
	for _, line := range strings.Split(out, "\n") {
		if ansi.StringWidth(line) > width {
			t.Errorf("%d cells wide, not %d: %s", ansi.StringWidth(line), width, line)
		}
	}
	lines := strings.Split(out, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// compareGolden compares text with a file of testdata, or writes it with -update.
func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs:\n%s", path, got)
	}
}
