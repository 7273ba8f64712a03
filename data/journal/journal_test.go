package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// moment is when the tests' entries begin.
var moment = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func fresh(t *testing.T) *Journal {
	t.Helper()
	return New(filepath.Join(t.TempDir(), "state", "oomedic", "changes.jsonl"), func() time.Time { return moment })
}

func size(mi int64) *int64 { mi *= data.Mi; return &mi }

// full is an entry with everything in it.
func full() data.JournalEntry {
	return data.JournalEntry{
		As: "admin", Context: "prod", Server: "https://10.0.0.1", Container: "main", ContainerKind: data.RegularContainer, Way: data.WayBoth,
		Workload: data.Workload{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "api", UID: "u"},
		Before:   data.Resources{Limit: size(512)}, After: data.Resources{Limit: size(768), Request: size(512)},
		Knobs:      []data.KnobChange{{Place: data.KnobInEnv, Name: "JAVA_OPTS", Before: "-Xmx300m", After: "-Xmx450m"}},
		SizeBefore: &data.VolumeSize{Volume: "shm"}, SizeAfter: &data.VolumeSize{Volume: "shm", Bytes: 256 * data.Mi},
		Targets: []data.Target{
			{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "api-1", UID: "p", Before: data.Resources{Limit: size(512)}, After: data.Resources{Limit: size(768)}, State: data.TargetStored, Resize: data.ResizeDone, ResourceVersion: "7", Generation: 2},
			{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "api", UID: "u", State: data.TargetWaiting, Error: "not sent"},
		},
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	j := fresh(t)
	e, err := j.Begin(full())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(e.ID, "20260301-120000-") || e.PID != os.Getpid() || e.State != data.JournalIntent || e.User == "" || !e.At.Equal(moment) {
		t.Errorf("%+v", e)
	}
	e.State, e.Ended, e.Error = data.JournalPartly, moment.Add(time.Second), "no room"
	if err := j.Write(e); err != nil {
		t.Fatal(err)
	}
	all, skipped, err := j.Entries()
	if err != nil || skipped != 0 || len(all) != 1 || !reflect.DeepEqual(all[0], e) {
		t.Errorf("read %+v\nwrote %+v\n%d skipped, %v", all, e, skipped, err)
	}
	if got, err := j.Entry(e.ID[len(e.ID)-8:]); err != nil || got.ID != e.ID {
		t.Errorf("by the end of its ID: %v, %v", got.ID, err)
	}
	if _, err := j.Entry("nope"); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("an unknown ID: %v", err)
	}
}

func TestUndoRestoresWhatWasAbsent(t *testing.T) {
	t.Parallel()
	e := full()
	e.ID = "x"
	ch := e.Undo()
	if ch.Limit == nil || *ch.Limit != 512*data.Mi || ch.Request != nil || !ch.DropRequest || ch.DropLimit || ch.DropSize != "shm" || ch.SizeLimit != nil {
		t.Errorf("%+v", ch)
	}
	if ch.Way != data.WayInPlace || len(ch.Expect) != 1 || ch.Expect[0].UID != "p" || ch.UndoOf != "x" {
		t.Errorf("only the pod was changed: way %s, expects %+v", ch.Way, ch.Expect)
	}
	if k := ch.Knobs[0]; k.Before != "-Xmx450m" || k.After != "-Xmx300m" {
		t.Errorf("%+v", k)
	}
}

func TestFileIsPrivate(t *testing.T) {
	t.Parallel()
	j := fresh(t)
	if err := j.Ready(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{j.Path(): 0o600, filepath.Dir(j.Path()): 0o700 | os.ModeDir} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
	if err := os.Chmod(j.Path(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := j.Ready(); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(j.Path()); info.Mode().Perm() != 0o600 {
		t.Errorf("rights of others stay: %v", info.Mode())
	}
}

func TestJournalThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, j *Journal){
		"a symbolic link": func(t *testing.T, j *Journal) {
			other := filepath.Join(t.TempDir(), "other")
			if err := os.WriteFile(other, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.MkdirAll(filepath.Dir(j.path), 0o700), os.Symlink(other, j.path)); err != nil {
				t.Fatal(err)
			}
		},
		"a folder in its place": func(t *testing.T, j *Journal) {
			if err := os.MkdirAll(j.path, 0o700); err != nil {
				t.Fatal(err)
			}
		},
		"a file in the place of its folder": func(t *testing.T, j *Journal) {
			if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Dir(j.path)), 0o700), os.WriteFile(filepath.Dir(j.path), nil, 0o600)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		j := fresh(t)
		spoil(t, j)
		if err := j.Ready(); !errors.Is(err, data.ErrNoJournal) {
			t.Errorf("%s: %v, want ErrNoJournal", name, err)
		}
		if _, err := j.Begin(full()); !errors.Is(err, data.ErrNoJournal) {
			t.Errorf("%s: Begin: %v, want ErrNoJournal", name, err)
		}
	}
}

func TestBrokenLinesCostThemselvesAlone(t *testing.T) {
	t.Parallel()
	j := fresh(t)
	first, err := j.Begin(full())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(j.path)
	if err != nil {
		t.Fatal(err)
	}
	// a line that was cut by a full disk, noise, a newer version, an entry without an ID
	broken := append(bytes.Clone(text), "\x00\xff\n{\"version\":99,\"id\":\"z\"}\n{\"version\":1}\n"...)
	broken = append(broken, text[:len(text)/2]...)
	if err := os.WriteFile(j.path, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := j.Begin(full())
	if err != nil {
		t.Fatal(err)
	}
	all, skipped, err := j.Entries()
	if err != nil || len(all) != 2 || skipped != 4 || all[0].ID == all[1].ID {
		t.Fatalf("%d entries, %d skipped, %v; want 2 and 4", len(all), skipped, err)
	}
	for _, e := range all {
		if e.ID != first.ID && e.ID != second.ID {
			t.Errorf("entry %s", e.ID)
		}
	}
}

func TestHostileText(t *testing.T) {
	t.Parallel()
	j := fresh(t)
	if err := j.Ready(); err != nil {
		t.Fatal(err)
	}
	line, _ := json.Marshal(map[string]any{"version": 1, "id": "a\x1b[31m", "error": "x\x1b]0;y\a", "targets": []any{map[string]any{"name": "\x1b[2J", "state": "\x1b"}}})
	if err := os.WriteFile(j.path, append(line, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	all, _, err := j.Entries()
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if text := fmt.Sprintf("%q", fmt.Sprint(all[0])); strings.Contains(text, `\x1b`) || strings.Contains(text, `\a`) {
		t.Errorf("an escape sequence went through: %s", text)
	}
}

func TestManyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	j := fresh(t)
	const writers, each = 8, 25
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			own := New(j.path, j.now) // as another program: its own lock, its own file
			for range each {
				e, err := own.Begin(full())
				if err != nil {
					t.Error(err)
					return
				}
				e.State = data.JournalApplied
				if err := own.Write(e); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	all, skipped, err := j.Entries()
	if err != nil || skipped != 0 || len(all) != writers*each {
		t.Fatalf("%d entries, %d skipped, %v", len(all), skipped, err)
	}
	for _, e := range all {
		if e.State != data.JournalApplied {
			t.Errorf("%s is %s", e.ID, e.State)
		}
	}
}

func TestLongFileIsCutDown(t *testing.T) {
	t.Parallel()
	j := fresh(t)
	if err := j.Ready(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	n := 0
	for ; b.Len() < maxFile; n++ {
		e := full()
		e.ID, e.State, e.At = fmt.Sprintf("e%06d", n), data.JournalApplied, moment.Add(time.Duration(n)*time.Second)
		if n == 0 {
			e.State = data.JournalIntent
		}
		if err := enc.Encode(recordOf(&e)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(j.path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Begin(full()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(j.path)
	if err != nil || info.Size() > maxFile/2 || info.Mode().Perm() != 0o600 {
		t.Errorf("%d bytes, %v, %v", info.Size(), info.Mode(), err)
	}
	all, skipped, err := j.Entries()
	if err != nil || skipped != 0 || len(all) != keepEntries+2 || all[0].ID != "e000000" && all[1].ID != "e000000" {
		t.Errorf("%d entries, %d skipped, %v; the unfinished one must stay", len(all), skipped, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(j.path), ".changes-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	j := fresh(t)
	put := func(change func(*data.JournalEntry)) string {
		e, err := j.Begin(full())
		if err != nil {
			t.Fatal(err)
		}
		change(&e)
		if err := j.Write(e); err != nil {
			t.Fatal(err)
		}
		return e.ID
	}
	put(func(*data.JournalEntry) {}) // this very program is at it
	dead := put(func(e *data.JournalEntry) { e.PID = 1 << 30 })
	put(func(e *data.JournalEntry) { e.Host = "another" }) // it may be at it there
	away := put(func(e *data.JournalEntry) { e.Host, e.At = "another", moment.Add(-2*awayFor) })
	former := put(func(e *data.JournalEntry) { // the process of before had the same number, as in a container
		begun.Delete(e.ID)
	})
	lost := put(func(e *data.JournalEntry) { e.State = data.JournalUnknown })
	old := put(func(e *data.JournalEntry) { e.At = moment.Add(-2 * underWay) })
	put(func(e *data.JournalEntry) { e.State = data.JournalApplied })
	resized := func(state data.ResizeState, change func(*data.JournalEntry)) string {
		return put(func(e *data.JournalEntry) {
			e.State, e.Targets = data.JournalPartly, []data.Target{{Kind: "Pod", Name: "x", State: data.TargetStored, Resize: state}}
			change(e)
		})
	}
	plainly := func(*data.JournalEntry) {}
	deferred, pending := resized(data.ResizeDeferred, plainly), resized(data.ResizePending, func(e *data.JournalEntry) { e.State = data.JournalApplied })
	for _, ended := range []data.ResizeState{data.ResizeDone, data.ResizeInfeasible, data.ResizeGone} {
		resized(ended, plainly)
	}
	resized(data.ResizeDeferred, func(e *data.JournalEntry) { e.State = data.JournalUndone })
	resized("", func(e *data.JournalEntry) { e.Way, e.State = data.WayEvict, data.JournalApplied })
	resized(data.ResizeDeferred, func(e *data.JournalEntry) { e.Targets[0].State = data.TargetFailed })
	left, err := j.Unfinished()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, e := range left {
		got[e.ID] = true
	}
	want := []string{dead, away, former, lost, old, deferred, pending}
	for _, id := range want {
		if !got[id] {
			t.Errorf("%s is missing", id)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestPath(t *testing.T) {
	for _, c := range []struct{ state, home, want string }{
		{"/s", "/h", "/s/oomedic/changes.jsonl"},
		{"", "/h", "/h/.local/state/oomedic/changes.jsonl"},
		{"relative", "/h", "/h/.local/state/oomedic/changes.jsonl"},
	} {
		t.Setenv("XDG_STATE_HOME", c.state)
		t.Setenv("HOME", c.home)
		if got, err := Path(); got != c.want || err != nil {
			t.Errorf("%q %q: %q, %v, want %q", c.state, c.home, got, err, c.want)
		}
	}
}

// TestJournalWithoutAFolder holds that nothing is written anywhere when there is no place for the journal.
func TestJournalWithoutAFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	j := New("", nil)
	if err := j.Ready(); !errors.Is(err, data.ErrNoJournal) || !strings.Contains(err.Error(), "XDG_STATE_HOME") {
		t.Errorf("ready: %v", err)
	}
	if _, err := j.Begin(data.JournalEntry{}); !errors.Is(err, data.ErrNoJournal) {
		t.Errorf("begin: %v", err)
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 0 {
		t.Errorf("it made %v, %v", left, err)
	}
}
