package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/filelock"
)

// lockWait is how long a writer waits for another program; a write takes milliseconds.
const lockWait = 3 * time.Second

// locked calls do with the file open for appending, while no other program writes. Its errors wrap data.ErrNoJournal.
func (j *Journal) locked(do func(*os.File) error) (err error) {
	defer func() { err = j.problem(err) }()
	if j.path == "" { // else a lock would be made in the working folder
		return errors.New("there is no folder for it: set XDG_STATE_HOME")
	}
	dir := filepath.Dir(j.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	lock, err := os.OpenFile(j.path+".lock", os.O_CREATE|os.O_RDWR|filelock.NoFollow, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close() //nolint:errcheck // it holds nothing
	if err := filelock.Take(lock, lockWait); err != nil {
		return fmt.Errorf("lock %s: %w", j.path, err)
	}
	_, missing := os.Lstat(j.path)
	f, err := os.OpenFile(j.path, os.O_CREATE|os.O_APPEND|os.O_RDWR|filelock.NoFollow, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := private(f); err != nil {
		return err
	}
	if errors.Is(missing, os.ErrNotExist) {
		syncFolder(dir)
	}
	return do(f)
}

// private refuses what is not a plain file and takes rights of others away.
func private(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a plain file", f.Name())
	}
	if info.Mode().Perm()&0o077 != 0 {
		return f.Chmod(0o600)
	}
	return nil
}

// syncFolder makes a new name in a folder last. File systems that cannot sync a folder need not.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// endsWhole reports whether the file is empty or ends with a line break.
func endsWhole(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return true, err
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, info.Size()-1)
	return last[0] == '\n', err
}

// read returns the newest part of the file, at most twice maxFile.
func (j *Journal) read() ([]byte, error) {
	f, err := os.OpenFile(j.path, os.O_RDONLY|filelock.NoFollow, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read the journal: %s is not a plain file", j.path)
	}
	from := max(0, info.Size()-2*maxFile)
	text, err := io.ReadAll(io.NewSectionReader(f, from, info.Size()-from))
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return text, nil
}

// lines splits text and drops empty lines. A last line without a break is one too: it may be whole.
func lines(text []byte) [][]byte {
	var out [][]byte
	for _, l := range bytes.Split(text, []byte{'\n'}) {
		if len(bytes.TrimSpace(l)) > 0 {
			out = append(out, l)
		}
	}
	return out
}

// compact cuts a file that has grown too long down to the newest state of the newest entries. Until the new file has
// its name the old one is whole.
func (j *Journal) compact() error {
	info, err := os.Lstat(j.path)
	if err != nil || info.Size() < maxFile {
		return nil //nolint:nilerr // what is wrong with the file is said when it is written
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.locked(func(old *os.File) error {
		entries, _, err := j.Entries()
		if err != nil {
			return err
		}
		return j.replace(keep(entries))
	})
}

// keep returns the newest entries, and the older ones that are not finished.
func keep(all []data.JournalEntry) []data.JournalEntry {
	var out []data.JournalEntry
	for i := range all {
		open := all[i].State == data.JournalIntent || all[i].State == data.JournalUnknown
		if open || i >= len(all)-keepEntries {
			out = append(out, all[i])
		}
	}
	return out
}

// replace puts a file with these entries in the place of the journal.
func (j *Journal) replace(entries []data.JournalEntry) error {
	f, err := os.CreateTemp(filepath.Dir(j.path), ".changes-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it has its new name by then
	enc := json.NewEncoder(f)
	for i := range entries {
		if err = enc.Encode(recordOf(&entries[i])); err != nil {
			break
		}
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), j.path); err != nil {
		return err
	}
	syncFolder(filepath.Dir(j.path))
	return nil
}
