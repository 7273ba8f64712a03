// Package killlog keeps the kills that the program saw, in one file of JSON lines a cluster in the user's state folder:
// the API server remembers one former end of a container and nothing of a deleted pod. The file is bounded, safe with
// several programs at once, and never in the way: whatever is wrong with it is said once and work goes on.
package killlog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Bounds of the file. A line is some 600 bytes, so that four MiB hold about 7,000 kills; more is cut down to the newest
// half, and what is older than remembered is left out then.
const (
	maxFile    = 4 << 20
	longest    = 2 * maxFile // bytes that are read at most, from the end
	maxLine    = 16 << 10
	remembered = 90 * 24 * time.Hour
	lockWait   = 2 * time.Second
)

// Log is the file of one cluster. It is safe for concurrent use, also by several programs.
type Log struct {
	path string
	now  func() time.Time

	mu       sync.Mutex
	known    map[string]bool // kills that are in the file
	complete map[string]bool // kills whose line has the workload
	problem  data.Text       // the first trouble
	write    func(*os.File, []byte) error
}

// Folder returns the folder of all clusters' files below the user's state folder: $XDG_STATE_HOME/oomedic/kills, by
// default ~/.local/state/oomedic/kills. The error says that there is no home folder.
func Folder() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "oomedic", "kills"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no folder for the journal of kills: %w", err)
	}
	return filepath.Join(home, ".local", "state", "oomedic", "kills"), nil
}

// New returns the log of a cluster in a folder, which is made when the first kill is written. identity tells clusters
// apart (see kube.Client.Identity); the file's name is a hash of it.
func New(folder, identity string, now func() time.Time) *Log {
	sum := sha256.Sum256([]byte(identity))
	return &Log{
		path: filepath.Join(folder, hex.EncodeToString(sum[:8])+".jsonl"), now: now, known: map[string]bool{}, complete: map[string]bool{},
		write: func(f *os.File, b []byte) error { _, err := f.Write(b); return err },
	}
}

// Path is where the file is.
func (l *Log) Path() string { return l.path }

// Problem returns the first trouble in one line; empty when there was none.
func (l *Log) Problem() data.Text {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.problem
}

// trouble notes an error once. The caller holds the lock.
func (l *Log) trouble(err error) {
	if err != nil && l.problem == "" {
		l.problem = data.Textf("%s: %v", l.path, bare(err))
	}
}

// bare takes the path off an error of the file system, which is said already.
func bare(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Load reads what earlier runs saw since the given time: containers with their kills, as not yet known to exist, and
// when the file was begun (zero without one). Lines that can't be read are left out and counted in Problem.
func (l *Log) Load(since time.Time) (cs []data.Container, began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines, bad, err := l.read()
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			l.trouble(fmt.Errorf("kills of earlier runs can't be read: %w", bare(err)))
		}
		return nil, time.Time{}
	}
	if bad > 0 {
		what := strconv.Itoa(bad) + " lines"
		if bad == 1 {
			what = "1 line"
		}
		l.trouble(fmt.Errorf("%s of the journal of kills can't be read and were left out", what))
	}
	byKey := map[data.Key]*data.Container{}
	var order []data.Key
	for i := range lines {
		r := &lines[i]
		if r.Began != nil {
			began = *r.Began
			continue
		}
		l.known[r.id()] = true
		l.complete[r.id()] = l.complete[r.id()] || r.Workload != nil && r.Workload.Kind != ""
		if r.At.Before(since) {
			continue
		}
		c := r.container(l.path)
		if old := byKey[c.Key]; old != nil {
			c.Kills = data.MergeKills(old.Kills, c.Kills)
			if c.Workload.Kind == "" { // another program wrote the line before it knew
				c.Workload = old.Workload
			}
		} else {
			order = append(order, c.Key)
		}
		byKey[c.Key] = &c
	}
	for _, k := range order {
		cs = append(cs, *byKey[k])
	}
	return cs, began
}

// Record writes the kills of the containers that the file does not have yet. It returns the error of this write; the
// first is kept as Problem. A kill whose workload became known only later gets a second line, which counts.
func (l *Log) Record(cs []data.Container) error {
	all := make([]*data.Container, len(cs))
	for i := range cs {
		all[i] = &cs[i]
	}
	return l.record(all)
}

// record is Record for containers of a snapshot.
func (l *Log) record(cs []*data.Container) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []byte
	var ids, whole []string
	for _, c := range cs {
		if c.Known != data.KnownFromAPI {
			continue
		}
		for _, k := range c.Kills {
			r := recordOf(c, k)
			id := r.id()
			if l.known[id] && (l.complete[id] || r.Workload == nil) {
				continue
			}
			if b, err := r.line(); err == nil && len(b) <= maxLine {
				out = append(out, b...)
				ids = append(ids, id)
				if r.Workload != nil {
					whole = append(whole, id)
				}
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	if err := l.append(out); err != nil {
		err = fmt.Errorf("kills can't be kept for the next run: %w", bare(err))
		l.trouble(err)
		return err
	}
	for _, id := range ids {
		l.known[id] = true
	}
	for _, id := range whole {
		l.complete[id] = true
	}
	return nil
}

// clean makes text of the file safe: whoever can write it must not reach the terminal.
func clean(t data.Text) data.Text { return data.Clean(strings.ToValidUTF8(t.String(), "\uFFFD")) }
