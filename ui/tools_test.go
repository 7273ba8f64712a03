package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// lookingCluster is a cluster that can look into containers.
type lookingCluster struct {
	*fakeCluster
	replica  data.Text // another pod that runs in place of the case's own; empty when that runs
	gone     bool      // nothing runs
	log      data.LogTail
	logOf    data.Text             // the pod whose log can be read; every one when empty
	profiles []*data.MemoryProfile // the answers, one after the other; nil fails
	asked    []data.Key
}

func (c *lookingCluster) Replica(_ context.Context, of *data.Container) (*data.Container, error) {
	if c.gone {
		return nil, errors.New("no pod runs it")
	}
	out := *of
	if c.replica != "" {
		out.Key.Pod = c.replica
	}
	return &out, nil
}

func (c *lookingCluster) LastLog(_ context.Context, k data.Key) (data.LogTail, error) {
	c.asked = append(c.asked, k)
	if len(c.log.Lines) == 0 || (c.logOf != "" && c.logOf != k.Pod) {
		return data.LogTail{}, errors.New("the log may not be read")
	}
	return c.log, nil
}

func (c *lookingCluster) Profile(_ context.Context, k data.Key, kind data.ProfileKind) (*data.MemoryProfile, error) {
	c.asked = append(c.asked, k)
	if len(c.profiles) == 0 || c.profiles[0] == nil {
		return nil, errors.New("the profile was cut after 3Mi")
	}
	p := c.profiles[0]
	c.profiles = c.profiles[1:]
	p.Kind = kind
	return p, nil
}

// heapAt is a profile in which one function holds so many MiB.
func heapAt(minute int, held int64) *data.MemoryProfile {
	return &data.MemoryProfile{At: start.Add(time.Duration(minute) * time.Minute), Total: held << 20, Port: 6060, From: "kubectl port-forward",
		Lines: []data.ProfileLine{{Function: "api.(*Cache).Put", File: "/src/cache.go", Line: 41, Flat: held << 20}}}
}

// looking drives an app to the profile of the one case.
func looking(t *testing.T, c *lookingCluster) *driver {
	t.Helper()
	c.fakeCluster = &fakeCluster{}
	d := drive(t, func(o *Options) { o.Cluster = c }, oomKilled("api-0", time.Minute))
	d.open()
	d.press("p")
	return d
}

// open goes from the list to the case under the cursor.
func (d *driver) open() {
	d.t.Helper()
	for range 3 {
		if _, ok := d.app.top().(*views.CaseScreen); ok {
			return
		}
		d.press("enter")
	}
}

func TestProfileFindsTheLineThatGrew(t *testing.T) {
	c := &lookingCluster{log: data.LogTail{Lines: []data.LogLine{{Text: "java.lang.OutOfMemoryError: Metaspace"}}}, profiles: []*data.MemoryProfile{heapAt(0, 20), heapAt(10, 32)}}
	d := looking(t, c)
	d.sees("Profile", "Runtime", "the JVM's metaspace was full", "Do next", "If the program is written in Go, h")
	d.press("h")
	d.sees("20Mi in use", "cache.go:41")
	d.press("h")
	d.sees("Grew most within 10m: api.(*Cache).Put by 12Mi")
}

func TestProfileAfterARestartBeginsAnew(t *testing.T) {
	c := &lookingCluster{profiles: []*data.MemoryProfile{heapAt(0, 40), heapAt(10, 5)}}
	d := looking(t, c)
	d.press("h", "h")
	d.sees("5Mi in use", "the log may not be read", "restarted since the profile before")
	if strings.Contains(d.screen(), "Grew most") || strings.Contains(d.screen(), "Nothing grew") {
		t.Errorf("two lives are compared:\n%s", d.screen())
	}
}

// A later life may hold as much as the one before: the start of the container tells them apart.
func TestProfileOfALifeThatGrewAgain(t *testing.T) {
	for name, same := range map[string]bool{"of one life": true, "of two": false} {
		a, b := heapAt(0, 40), heapAt(10, 38)
		a.Started, b.Started = start, start
		if !same {
			b.Started = start.Add(time.Minute)
		}
		d := looking(t, &lookingCluster{profiles: []*data.MemoryProfile{a, b}})
		d.press("h", "h")
		if got := strings.Contains(d.screen(), "restarted since"); got == same {
			t.Errorf("%s:\n%s", name, d.screen())
		}
	}
}

func TestProfileThatFailsKeepsTheFirst(t *testing.T) {
	c := &lookingCluster{profiles: []*data.MemoryProfile{heapAt(0, 40), nil}}
	d := looking(t, c)
	d.press("h", "h")
	d.sees("the profile was cut after 3Mi", "40Mi in use")
}

func TestProfileOfAnotherReplica(t *testing.T) {
	c := &lookingCluster{replica: "api-9", profiles: []*data.MemoryProfile{heapAt(0, 40)}}
	d := looking(t, c)
	d.sees("The pod of the case does not run; this is api-9")
	d.press("h")
	var asked []string
	for _, k := range c.asked {
		asked = append(asked, k.Pod.String())
	}
	if got := strings.Join(asked, " "); got != "api-0 api-9 api-9" {
		t.Errorf("asked the log of the own pod, the log of the other, and its profile: %s", got)
	}
	d.sees("the log may not be read")
	none := looking(t, &lookingCluster{gone: true})
	none.sees("Nothing can be fetched now: no pod runs it", "kubectl exec")
}

func TestLogOfTheContainerThatWasKilled(t *testing.T) {
	log := data.LogTail{Lines: []data.LogLine{{Text: "java.lang.OutOfMemoryError: Metaspace"}}}
	own := looking(t, &lookingCluster{replica: "api-9", log: log, logOf: "api-0"})
	own.sees("the JVM's metaspace was full")
	if strings.Contains(own.screen(), "cannot be read any more") {
		t.Errorf("the own log is said to be away:\n%s", own.screen())
	}
	gone := looking(t, &lookingCluster{replica: "api-9", log: log, logOf: "api-9"})
	gone.sees("the JVM's metaspace was full", "the log of api-0 cannot be read any more")
}

func TestArtifactsAreMadeAndSaved(t *testing.T) {
	folder := t.TempDir()
	d := drive(t, func(o *Options) { o.Folder = folder }, oomKilled("api-0", time.Minute))
	d.open()
	d.press("a")
	d.sees("Artifacts", "PrometheusRule", "kind: PrometheusRule")
	d.press("s", "s")
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v: a second save must not touch the first file", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(text), "monitoring.coreos.com/v1") {
		t.Errorf("%v\n%s", err, text)
	}
	d.press("esc")
	if _, ok := d.app.top().(*views.CaseScreen); !ok {
		t.Errorf("esc leads to %s", d.app.top().Title())
	}
}

func TestGlossaryFromTheHelp(t *testing.T) {
	d := drive(t, nil, oomKilled("api-0", time.Minute))
	d.press("?")
	d.sees("tab: what the words mean")
	d.press("tab")
	d.sees("Glossary", "this is what kills", "container_memory_working_set_bytes")
	d.press("esc")
	if len(d.app.stack) != 1 || d.app.help {
		t.Errorf("%d screens, help %v", len(d.app.stack), d.app.help)
	}
}
