// Package journal keeps the list of changes that the program made, in one file of JSON lines in the user's state folder.
//
// Each step of a change is one line that repeats the whole entry, written and synced before the next step is taken, so
// that a program that dies anywhere leaves the truth: the newest line of an ID counts. Two programs may write at once.
package journal

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Bounds of the file. A line of a change of a thousand pods is some 400 KiB; more than maxFile is cut down to the
// newest keepEntries when the next entry begins. underWay is longer than any change takes: an intent that is older was
// left behind, whatever process has its number now. awayFor is the same for an intent of another host, of whose processes
// nothing is known here: a change takes seconds, and 15 more while the first pod of a resize is watched.
const (
	maxLine     = 1 << 20
	maxFile     = 8 << 20
	keepEntries = 1000
	underWay    = time.Hour
	awayFor     = 2 * time.Minute
)

// begun are the IDs of the entries that this very process began. In a container the next process has the same number.
var begun sync.Map

// Journal is the file. It is safe for concurrent use, also by several programs.
type Journal struct {
	path string
	now  func() time.Time
	mu   sync.Mutex
	// step is called between the parts of a write, for tests of sudden ends.
	step func(name string)
}

// Path returns where the journal lies: $XDG_STATE_HOME/oomedic/changes.jsonl, or below ~/.local/state. The error says
// that there is no home folder.
func Path() (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // a relative one is invalid (XDG Base Directory Specification)
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("there is no folder for the journal: set XDG_STATE_HOME: %w", err)
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "oomedic", "changes.jsonl"), nil
}

// New returns the journal at path. Nothing is made before the first entry. now tells the time; nil means time.Now.
func New(path string, now func() time.Time) *Journal {
	if now == nil {
		now = time.Now
	}
	return &Journal{path: path, now: now, step: func(string) {}}
}

// Path returns where the file lies.
func (j *Journal) Path() string { return j.path }

// Ready reports why nothing can be written; nil when it can. It makes the folder and the file where they are missing.
func (j *Journal) Ready() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.locked(func(f *os.File) error { return nil })
}

// Begin fills in who, where and when, gives the entry its ID and writes it as an intent. When it returns without an
// error the line is on the disk. Errors wrap data.ErrNoJournal.
func (j *Journal) Begin(e data.JournalEntry) (data.JournalEntry, error) {
	now := j.now()
	random := make([]byte, 4)
	if _, err := rand.Read(random); err != nil {
		return e, fmt.Errorf("%w: no random number: %w", data.ErrNoJournal, err)
	}
	e.ID = now.UTC().Format("20060102-150405-") + hex.EncodeToString(random)
	e.At, e.State, e.PID = now, data.JournalIntent, os.Getpid()
	e.Host = hostname()
	e.User = data.Clean(username()) + "@" + e.Host
	if err := j.compact(); err != nil {
		return e, err
	}
	begun.Store(e.ID, true)
	return e, j.Write(e)
}

// Write appends the newest state of an entry and syncs it. Errors wrap data.ErrNoJournal.
func (j *Journal) Write(e data.JournalEntry) error {
	line, err := json.Marshal(recordOf(&e))
	if err != nil {
		return fmt.Errorf("%w: %w", data.ErrNoJournal, err)
	}
	if len(line) >= maxLine {
		return fmt.Errorf("%w: an entry of %d bytes is too long", data.ErrNoJournal, len(line))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.locked(func(f *os.File) error {
		j.step("before " + string(e.State))
		whole, err := endsWhole(f)
		if err != nil {
			return err
		}
		if !whole { // a program died or the disk was full within a line: that line is lost, this one is not
			line = append([]byte{'\n'}, line...)
		}
		if _, err := f.Write(append(line, '\n')); err != nil {
			return err
		}
		j.step("written " + string(e.State))
		if err := f.Sync(); err != nil {
			return err
		}
		j.step("after " + string(e.State))
		return nil
	})
}

// Undone marks the entry id as taken back by the entry by. An id that is not there is an error.
func (j *Journal) Undone(id, by string) error {
	e, err := j.Entry(id)
	if err != nil {
		return err
	}
	e.State, e.UndoneBy, e.Ended = data.JournalUndone, by, j.now()
	return j.Write(e)
}

// Entries returns the newest state of every entry, oldest first, and how many lines could not be read. A journal that
// does not exist is empty.
func (j *Journal) Entries() (entries []data.JournalEntry, skipped int, err error) {
	text, err := j.read()
	if err != nil || len(text) == 0 {
		return nil, 0, err
	}
	at := map[string]int{}
	for _, line := range lines(text) {
		var r Record
		if json.Unmarshal(line, &r) != nil || r.Version != version || r.ID == "" {
			skipped++
			continue
		}
		e := r.entry()
		if i, ok := at[e.ID]; ok {
			entries[i] = e
			continue
		}
		at[e.ID] = len(entries)
		entries = append(entries, e)
	}
	slices.SortStableFunc(entries, func(a, b data.JournalEntry) int { return a.At.Compare(b.At) })
	return entries, skipped, nil
}

// Entry returns the entry with an ID, or the only one whose ID ends with it. Errors wrap data.ErrNotFound.
func (j *Journal) Entry(id string) (data.JournalEntry, error) {
	all, _, err := j.Entries()
	if err != nil {
		return data.JournalEntry{}, err
	}
	var found []data.JournalEntry
	for _, e := range all {
		if e.ID == id {
			return e, nil
		}
		if len(id) >= 4 && len(e.ID) > len(id) && e.ID[len(e.ID)-len(id):] == id {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return data.JournalEntry{}, fmt.Errorf("%w: the journal has no change %s; \"oomedic history\" lists them", data.ErrNotFound, data.Clean(id))
	}
	return data.JournalEntry{}, fmt.Errorf("%w: %d changes end with %s; write the whole ID", data.ErrNotFound, len(found), data.Clean(id))
}

// Unfinished returns the entries whose outcome nobody wrote down and that no living program is working on, and those with
// a resize that its node had not ended when they were written.
func (j *Journal) Unfinished() ([]data.JournalEntry, error) {
	all, _, err := j.Entries()
	var out []data.JournalEntry
	for i := range all {
		e := &all[i]
		if e.State == data.JournalIntent && !j.UnderWay(*e) || e.State == data.JournalUnknown || e.ResizeOpen() {
			out = append(out, *e)
		}
	}
	return out, err
}

// UnderWay reports whether a program is at work on an intent, as far as can be told: one of this host that lives, or one
// of another host a short while ago.
func (j *Journal) UnderWay(e data.JournalEntry) bool {
	age := j.now().Sub(e.At)
	switch {
	case e.State != data.JournalIntent:
		return false
	case e.Host != hostname():
		return age < awayFor
	case e.PID == os.Getpid():
		_, mine := begun.Load(e.ID)
		return mine && age < underWay
	}
	return age < underWay && alive(e.PID)
}

// username is who runs the program, as the operating system has it.
func username() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

func hostname() data.Text {
	h, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return data.Clean(h)
}

// problem words an error of the file system.
func (j *Journal) problem(err error) error {
	if err == nil || errors.Is(err, data.ErrNoJournal) {
		return err
	}
	return fmt.Errorf("%w: %w", data.ErrNoJournal, err)
}
