package killlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/oomedic/oomedic/data/filelock"
)

// read returns the records of the file, and how many lines are none. It takes no lock: a line is appended by one write.
func (l *Log) read() (out []record, bad int, err error) {
	f, err := os.OpenFile(l.path, os.O_RDONLY|filelock.NoFollow, 0)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	from := io.Reader(f)
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(max(0, size-longest), io.SeekStart)
		from = io.LimitReader(f, longest)
	}
	if err != nil {
		return nil, 0, err
	}
	in := bufio.NewReaderSize(from, 64<<10)
	if size > longest {
		if _, err := in.ReadBytes('\n'); err != nil { // what is left of a line; the newest stand at the end
			return nil, 1, nil
		}
	}
	for {
		line, err := in.ReadBytes('\n')
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			if r, ok := parse(trimmed); ok && len(trimmed) <= maxLine {
				out = append(out, r)
			} else {
				bad++
			}
		}
		if errors.Is(err, io.EOF) {
			return out, bad, nil
		}
		if err != nil {
			return out, bad, err
		}
	}
}

// append adds lines to the file while no other program writes, and cuts the file down when it is too long.
func (l *Log) append(lines []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return err
	}
	lock, err := os.OpenFile(l.path+".lock", os.O_CREATE|os.O_RDWR|filelock.NoFollow, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close() //nolint:errcheck // it holds nothing
	if err := filelock.Take(lock, lockWait); err != nil {
		return err
	}
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_RDWR|filelock.NoFollow, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size == 0 {
		began := l.now().UTC()
		head, err := (&record{Version: version, Began: &began}).line()
		if err != nil {
			return err
		}
		lines = append(head, lines...)
	} else if cut(f, size) {
		lines = append([]byte("\n"), lines...)
	}
	if size+int64(len(lines)) > maxFile {
		return l.shorten(lines)
	}
	return l.write(f, lines)
}

// cut reports whether the file ends within a line: a program died, or the disk was full.
func cut(f *os.File, size int64) bool {
	last := make([]byte, 1)
	_, err := f.ReadAt(last, size-1)
	return err == nil && last[0] != '\n'
}

// shorten puts the newest kills of the file and of more lines, half of what the file may have, into a new file that takes
// the place of the old. The time of a kill counts and not the place of its line: a first look at a cluster tells of all
// its kills in the order of their names. The caller holds the lock of the file.
func (l *Log) shorten(more []byte) error {
	all, _, err := l.read()
	if err != nil {
		return err
	}
	for line := range bytes.Lines(more) {
		if r, ok := parse(bytes.TrimSpace(line)); ok {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b record) int { return a.At.Compare(b.At) })
	owners := map[string]*workload{} // a line that was written before its workload was known may be the later one
	for i := range all {
		if w := all[i].Workload; w != nil {
			owners[all[i].id()] = w
		}
	}
	oldest := l.now().Add(-remembered)
	var kept [][]byte
	var began *record
	written := map[string]bool{}
	size := 0
	for i := len(all) - 1; i >= 0 && size < maxFile/2; i-- {
		if all[i].Began != nil || all[i].At.Before(oldest) || written[all[i].id()] {
			continue
		}
		written[all[i].id()] = true // of two lines about one kill the later counts
		all[i].Workload = owners[all[i].id()]
		line, err := all[i].line()
		if err != nil {
			return err
		}
		kept = append(kept, line)
		size += len(line)
		// What was before the oldest kill kept is forgotten: the file begins there.
		at := all[i].At
		began = &record{Version: version, Began: &at}
	}
	var out bytes.Buffer
	if began != nil {
		line, err := began.line()
		if err != nil {
			return err
		}
		out.Write(line)
	}
	for i := len(kept) - 1; i >= 0; i-- {
		out.Write(kept[i])
	}
	return l.renew(out.Bytes())
}

// renew puts a new file in the place of the old.
func (l *Log) renew(text []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(l.path), ".kills-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // it is gone when all went well
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), l.path); err != nil {
		return fmt.Errorf("shorten: %w", err)
	}
	return nil
}
