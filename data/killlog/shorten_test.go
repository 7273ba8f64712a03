package killlog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

func TestACutDropsTheOldestWhateverTheOrderOfTheLines(t *testing.T) {
	t.Parallel()
	const n = 12000
	for name, chunk := range map[string]int{"in one write": n, "in several": 4000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := New(t.TempDir(), "c", clock)
			var cs []data.Container
			for i := range n { // the store tells of containers by name: here the first is the newest
				cs = append(cs, killed(fmt.Sprintf("api-%05d", i), noon.Add(-time.Duration(i)*time.Minute)))
			}
			for len(cs) > 0 {
				if err := l.Record(cs[:chunk]); err != nil {
					t.Fatal(err)
				}
				cs = cs[chunk:]
			}
			info, err := os.Stat(l.Path())
			if err != nil || info.Size() > maxFile {
				t.Fatalf("%d bytes, %v", info.Size(), err)
			}
			got, began := New(filepath.Dir(l.Path()), "c", clock).Load(time.Time{})
			at := map[data.Text]bool{}
			for i := range got {
				at[got[i].Key.Pod] = true
			}
			if len(got) < 2000 || !at["api-00000"] || !at["api-01999"] || at["api-11999"] {
				t.Errorf("%d containers; the newest %v, the oldest %v", len(got), at["api-00000"], at["api-11999"])
			}
			if oldest := noon.Add(-time.Duration(len(got)-1) * time.Minute); began.After(oldest) || began.Before(oldest.Add(-time.Minute)) {
				t.Errorf("it begins at %s, and its oldest kill was at %s", began, oldest)
			}
		})
	}
}

func TestAVeryLongFileIsReadFromItsEnd(t *testing.T) {
	t.Parallel()
	l := New(t.TempDir(), "c", clock)
	var long strings.Builder
	const n = 3 * maxFile / 400
	for i := range n {
		r := recordOf(ptr(killed(fmt.Sprintf("api-%05d", i), noon)), data.Kill{At: noon.Add(time.Duration(i-n) * time.Minute)})
		line, err := r.line()
		if err != nil {
			t.Fatal(err)
		}
		long.Write(line)
	}
	if err := os.WriteFile(l.Path(), []byte(long.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.Record([]data.Container{killed("newest", noon)}); err != nil {
		t.Fatal(err)
	}
	next := New(filepath.Dir(l.Path()), "c", clock)
	got, _ := next.Load(time.Time{})
	names := map[data.Text]bool{}
	for i := range got {
		names[got[i].Key.Pod] = true
	}
	info, err := os.Stat(l.Path())
	if err != nil || info.Size() > maxFile || !names["newest"] || !names[data.Textf("api-%05d", n-1)] || next.Problem() != "" {
		t.Errorf("%d bytes, %v, %d containers, %q", info.Size(), err, len(got), next.Problem())
	}
}

// One program may know the workload of a kill before another writes the kill without it.
func TestAWorkloadIsNotLostToALaterLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := New(dir, "c", clock), New(dir, "c", clock)
	whole := killed("api-1", noon)
	bare := whole
	bare.Workload = data.Workload{}
	for _, err := range []error{a.Record([]data.Container{whole}), b.Record([]data.Container{bare})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	known := func(when string) {
		t.Helper()
		cs, _ := New(dir, "c", clock).Load(time.Time{})
		if len(cs) != 1 || cs[0].Workload.Name != "api" || len(cs[0].Kills) != 1 {
			t.Errorf("%s: %+v", when, cs)
		}
	}
	known("two lines")
	if err := a.shorten(nil); err != nil {
		t.Fatal(err)
	}
	known("cut down")
	if raw, err := os.ReadFile(a.Path()); err != nil || strings.Count(string(raw), "\n") != 2 {
		t.Errorf("%v: want the beginning and one kill:\n%s", err, raw)
	}
}
