package killlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/oomedic/oomedic/data/filelock"
)

// read returns the records of the file, and how many lines are none. It takes no lock: a line is appended by one write.
func (l *Log) read() (out []record, bad int, err error) {
	f, err := os.OpenFile(l.path, os.O_RDONLY|filelock.NoFollow, 0)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	in := bufio.NewReaderSize(io.LimitReader(f, 2*maxFile), 64<<10)
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
	if err := l.write(f, lines); err != nil {
		return err
	}
	if size+int64(len(lines)) > maxFile {
		return l.shorten()
	}
	return nil
}

// cut reports whether the file ends within a line: a program died, or the disk was full.
func cut(f *os.File, size int64) bool {
	last := make([]byte, 1)
	_, err := f.ReadAt(last, size-1)
	return err == nil && last[0] != '\n'
}

// shorten keeps the newest lines, half of what the file may have, in a new file that takes the place of the old. The
// caller holds the lock of the file.
func (l *Log) shorten() error {
	all, _, err := l.read()
	if err != nil {
		return err
	}
	oldest := l.now().Add(-remembered)
	var kept [][]byte
	var began *record
	size := 0
	for i := len(all) - 1; i >= 0 && size < maxFile/2; i-- {
		if all[i].Began != nil || all[i].At.Before(oldest) {
			continue
		}
		line, err := all[i].line()
		if err != nil {
			return err
		}
		kept = append(kept, line)
		size += len(line)
		// What was before the oldest line kept is forgotten: the file begins there.
		at := all[i].At
		if began == nil || at.Before(*began.Began) {
			began = &record{Version: version, Began: &at}
		}
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
	tmp, err := os.CreateTemp(filepath.Dir(l.path), ".kills-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // it is gone when all went well
	_, err = tmp.Write(out.Bytes())
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), l.path); err != nil {
		return fmt.Errorf("shorten: %w", err)
	}
	return nil
}
