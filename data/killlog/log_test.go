package killlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

func ptr[T any](v T) *T { return &v }

// killed is a container of pod that was killed at each of the times.
func killed(pod string, at ...time.Time) data.Container {
	c := data.Container{
		Key: data.Key{Namespace: "shop", Pod: data.Text(pod), UID: data.Text("uid-" + pod), Container: "api"}, Kind: data.SidecarContainer,
		Node: "n1", Image: "img", Resources: data.Resources{Limit: ptr(512 * data.Mi)}, Restarts: 3, PodCreated: noon.Add(-48 * time.Hour),
		Workload: data.Workload{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "api"},
	}
	for _, t := range at {
		c.Kills = append(c.Kills, data.Kill{At: t, StartedAt: t.Add(-time.Hour), Reason: "OOMKilled", ExitCode: ptr(int32(137)), From: "kubectl"})
	}
	return c
}

func TestWhatOneRunSawTheNextOneKnows(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "not", "there")
	a := New(dir, "cluster", clock)
	if cs, began := a.Load(time.Time{}); len(cs) != 0 || !began.IsZero() || a.Problem() != "" {
		t.Fatalf("a new log: %v %v %q", cs, began, a.Problem())
	}
	want := killed("api-1", noon.Add(-3*time.Hour), noon.Add(-time.Hour))
	for range 3 { // the same kills again are no new lines
		if err := a.Record([]data.Container{want}); err != nil {
			t.Fatal(err)
		}
	}
	b := New(dir, "cluster", clock)
	cs, began := b.Load(noon.Add(-24 * time.Hour))
	if len(cs) != 1 || !began.Equal(noon) {
		t.Fatalf("%d containers, began %v", len(cs), began)
	}
	c := cs[0]
	if c.Key != want.Key || c.Kind != want.Kind || *c.Resources.Limit != 512*data.Mi || c.State != data.Unknown || c.Known != data.KnownFromJournal ||
		!c.Workload.Same(want.Workload) || !c.PodCreated.Equal(want.PodCreated) || len(c.Kills) != 2 || !c.Kills[1].At.Equal(want.Kills[1].At) ||
		*c.Kills[0].ExitCode != 137 || !c.Kills[0].StartedAt.Equal(want.Kills[0].StartedAt) {
		t.Errorf("%+v", c)
	}
	if from := c.Kills[0].From.String(); !strings.HasPrefix(from, "grep api-1 ") {
		t.Errorf("from %q", from)
	}
	if err := b.Record([]data.Container{want}); err != nil {
		t.Fatal(err)
	}
	if raw, _ := os.ReadFile(b.Path()); strings.Count(string(raw), "\n") != 3 {
		t.Errorf("want the beginning and two kills:\n%s", raw)
	}
	if cs, _ := b.Load(noon.Add(-2 * time.Hour)); len(cs) != 1 || len(cs[0].Kills) != 1 {
		t.Errorf("kills before the time asked for: %+v", cs)
	}
	if cs, _ := New(dir, "another", clock).Load(time.Time{}); len(cs) != 0 {
		t.Error("another cluster's kills were read")
	}
	if info, err := os.Stat(b.Path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestALateWorkloadIsAdded(t *testing.T) {
	t.Parallel()
	l := New(t.TempDir(), "c", clock)
	c := killed("api-1", noon)
	bare := c
	bare.Workload = data.Workload{}
	for _, v := range []data.Container{bare, bare, c, c, bare} {
		if err := l.Record([]data.Container{v}); err != nil {
			t.Fatal(err)
		}
	}
	raw, _ := os.ReadFile(l.Path())
	cs, _ := l.Load(time.Time{})
	if strings.Count(string(raw), "\n") != 3 || len(cs) != 1 || cs[0].Workload.Name != "api" || len(cs[0].Kills) != 1 {
		t.Errorf("%+v from\n%s", cs, raw)
	}
}

func TestWhatMetricsOrTheLogKnowIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	l := New(t.TempDir(), "c", clock)
	for _, from := range []data.KnownFrom{data.KnownFromJournal, data.KnownFromMetrics} {
		c := killed("api-1", noon)
		c.Known = from
		if err := l.Record([]data.Container{c}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(l.Path()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was made: %v", err)
	}
}

func TestTwoProgramsAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wg sync.WaitGroup
	const programs, kills = 4, 25
	for p := range programs {
		wg.Go(func() {
			l := New(dir, "c", clock)
			for i := range kills {
				if err := l.Record([]data.Container{killed(fmt.Sprintf("p%d-%d", p, i), noon)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	l := New(dir, "c", clock)
	if cs, began := l.Load(time.Time{}); len(cs) != programs*kills || began.IsZero() || l.Problem() != "" {
		t.Errorf("%d containers, %v, %q", len(cs), began, l.Problem())
	}
}

func TestLinesThatAreNoneAreLeftOutAndSaidOnce(t *testing.T) {
	t.Parallel()
	l := New(t.TempDir(), "c", clock)
	if err := l.Record([]data.Container{killed("api-1", noon)}); err != nil {
		t.Fatal(err)
	}
	raw, _ := os.ReadFile(l.Path())
	broken := "\x00\x00\nnull\n{\"v\":99}\n" + strings.Repeat("x", 3*maxLine) + "\n" + string(raw) + `{"v":1,"at":"2026-11-23T1`
	if err := os.WriteFile(l.Path(), []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	l = New(filepath.Dir(l.Path()), "c", clock)
	cs, _ := l.Load(time.Time{})
	if len(cs) != 1 || !strings.Contains(l.Problem().String(), "5 lines") {
		t.Errorf("%d containers, %q", len(cs), l.Problem())
	}
	if err := l.Record([]data.Container{killed("api-2", noon)}); err != nil {
		t.Fatal(err)
	}
	if cs, _ := New(filepath.Dir(l.Path()), "c", clock).Load(time.Time{}); len(cs) != 2 {
		t.Errorf("a line after one that was cut is lost: %d containers", len(cs))
	}
}

func TestHostileTextOfTheFileIsCleaned(t *testing.T) {
	t.Parallel()
	l := New(t.TempDir(), "c", clock)
	line := `{"v":1,"at":"2026-11-23T11:00:00Z","namespace":"shop","pod":"\u001b[31mred\u202e","container":"c","reason":"\u0007","kind":"root"}` + "\n"
	if err := os.WriteFile(l.Path(), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	cs, _ := l.Load(time.Time{})
	if len(cs) != 1 || strings.ContainsAny(cs[0].Key.Pod.String()+cs[0].Kills[0].Reason.String(), "\x1b\x07\u202e") || cs[0].Kind != data.RegularContainer {
		t.Errorf("%+v", cs)
	}
}

func TestAFullDiskIsSaidOnceAndTriedAgain(t *testing.T) {
	t.Parallel()
	l := New(t.TempDir(), "c", clock)
	full := true
	write := l.write
	l.write = func(f *os.File, b []byte) error {
		if full {
			_, _ = f.Write(b[:len(b)/2])
			return &os.PathError{Op: "write", Path: f.Name(), Err: errors.New("no space left on device")}
		}
		return write(f, b)
	}
	for range 2 {
		if err := l.Record([]data.Container{killed("api-1", noon)}); err == nil {
			t.Fatal("no error")
		}
	}
	if p := l.Problem().String(); strings.Count(p, "no space") != 1 || strings.Contains(p, "\n") {
		t.Errorf("%q", p)
	}
	full = false
	if err := l.Record([]data.Container{killed("api-1", noon)}); err != nil {
		t.Fatal(err)
	}
	if cs, _ := New(filepath.Dir(l.Path()), "c", clock).Load(time.Time{}); len(cs) != 1 {
		t.Errorf("%d containers", len(cs))
	}
}

func TestAFolderThatCannotBeWrittenTo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l := New(file, "c", clock) // a file where the folder should be: root may write everywhere else
	st := data.NewStore(clock)
	l.Recall(st, nil, time.Hour)
	one := killed("api-1", noon)
	if l.keep(st, []*data.Container{&one}) {
		t.Error("it says that all was written")
	}
	if g := st.Snapshot().Gaps; len(g) != 1 || g[0].What != gapWhat || !strings.Contains(g[0].Why.String(), "not a directory") {
		t.Errorf("%v", g)
	}
	link := New(t.TempDir(), "c", clock)
	if err := os.Symlink(file, link.Path()); err != nil {
		t.Fatal(err)
	}
	if err := link.Record([]data.Container{killed("api-1", noon)}); err == nil {
		t.Error("it wrote through a symbolic link")
	}
}

func TestALongFileIsCutDownToTheNewest(t *testing.T) {
	t.Parallel()
	l := New(t.TempDir(), "c", clock)
	var cs []data.Container
	const n = 12000
	for i := range n {
		cs = append(cs, killed(fmt.Sprintf("api-%d", i), noon.Add(time.Duration(i-n)*time.Minute)))
		if len(cs) == 500 {
			if err := l.Record(cs); err != nil {
				t.Fatal(err)
			}
			cs = nil
		}
	}
	info, err := os.Stat(l.Path())
	if err != nil || info.Size() > maxFile {
		t.Fatalf("%d bytes, %v", info.Size(), err)
	}
	got, began := New(filepath.Dir(l.Path()), "c", clock).Load(time.Time{})
	last := got[len(got)-1]
	if len(got) < 1000 || last.Key.Pod != data.Textf("api-%d", n-1) || began.After(got[0].Kills[0].At) || began.Before(noon.Add(-n*time.Minute)) {
		t.Errorf("%d containers, the last %s, began %s", len(got), last.Key.Pod, began)
	}
}
