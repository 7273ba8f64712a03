package ui

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestFarewell(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	var kept []Resume
	d := drive(t, func(o *Options) {
		o.Farewell = &out
		o.Keep = func(r Resume) error { kept = append(kept, r); return errors.New("the disk is full") }
	}, oomKilled("database-0", 3*time.Minute))
	d.app.part()
	if out.Len() != 0 {
		t.Errorf("nothing was opened, and the summary says %q", out.String())
	}
	d.press("s", "d", "T", "j", "enter")
	d.app.part()
	for _, want := range []string{"data/database-0 postgres: OOMKilled 3m ago (2026-11-23 03:09:00 UTC), limit 512Mi, request 256Mi\n", "\n  "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the summary lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "applied") {
		t.Errorf("nothing was applied:\n%s", out.String())
	}
	d.press("esc", "esc", "f", "y")
	out.Reset()
	d.app.part()
	if !strings.Contains(out.String(), "applied at 03:12:00: limit 768Mi") {
		t.Errorf("the summary does not say what was applied:\n%s", out.String())
	}
	if last := kept[len(kept)-1]; last.List.Sort != "kills" || last.Theme != "deutan" {
		t.Errorf("kept %+v", last)
	}
}

func TestTheAppResumes(t *testing.T) {
	t.Parallel()
	left := Resume{Theme: "nord"}
	left.List.Sort, left.List.Tab = "name", 1
	d := drive(t, func(o *Options) { o.Resume = left })
	d.sees("▍Not OOM 0", "by namespace and workload")
	if got := d.app.place(); got != left {
		t.Errorf("left as %+v, now %+v", left, got)
	}
}
