package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/oomedic/oomedic/cmd/score/second"
	"github.com/oomedic/oomedic/cmd/score/simulate"
)

// sectionHead begins the section of the document that holds the other generator's cases, which is its last.
const sectionHead = "# Another generator\n"

// ofSecond reports whether a part is the other generator's.
func ofSecond(p simulate.Part) bool { return p == second.Dev || p == second.Held }

// writeDocument writes the tables with what they mean into the document, and keeps the other generator's section of it.
func writeDocument(o options, results []result) error {
	old, err := os.ReadFile(o.md)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the tables of before: %w", err)
	}
	var b bytes.Buffer
	if ofSecond(o.part) {
		writeSecondPreface(&b, o)
	} else {
		writePreface(&b, o)
	}
	writeTables(&b, o, results)
	if err := os.WriteFile(o.md, joined(old, b.Bytes(), ofSecond(o.part)), 0o644); err != nil {
		return fmt.Errorf("write the tables: %w", err)
	}
	return nil
}

// joined puts what is new in the place of the section that it belongs to.
func joined(old, fresh []byte, section bool) []byte {
	at := bytes.Index(old, []byte(sectionHead))
	if at > 0 && old[at-1] != '\n' {
		at = -1
	}
	first, last := old, []byte(nil)
	if at >= 0 {
		first, last = old[:at], old[at:]
	}
	if section {
		last = fresh
	} else {
		first = fresh
	}
	first = bytes.TrimRight(first, "\n")
	switch {
	case len(last) == 0:
		return append(first, '\n')
	case len(first) == 0:
		return last
	}
	return append(append(append([]byte(nil), first...), "\n\n"...), last...)
}
