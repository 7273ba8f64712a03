package kube

import (
	"errors"
	"fmt"
	"slices"

	"github.com/oomedic/oomedic/data"
)

// Journal is where a change is written down before it is sent and after each step. Errors wrap data.ErrNoJournal.
type Journal interface {
	// Ready reports why nothing can be written; nil when it can.
	Ready() error
	// Begin gives an entry its ID, time and author and writes it as an intent, on the disk when it returns.
	Begin(e data.JournalEntry) (data.JournalEntry, error)
	// Write writes the newest state of an entry.
	Write(e data.JournalEntry) error
	// Undone marks an entry as taken back by another.
	Undone(id, by string) error
}

// record is the entry of one Apply. It works without a journal too.
type record struct {
	c       *Client
	entry   data.JournalEntry
	journal Journal // nil when nothing is written
	problem error   // the first line that could not be written
	tell    func([]data.Target)
}

// told passes on what became of a target.
func (r *record) told(i int, t data.Target) {
	if r.tell == nil {
		return
	}
	all := slices.Clone(r.entry.Targets)
	all[i] = t
	r.tell(all)
}

// begin writes down what is about to be sent. The error wraps data.ErrNoJournal; nothing may be sent then, unless a
// person said so.
func (c *Client) begin(p *data.Plan, targets []data.Target) (*record, error) {
	ch := p.Change
	r := &record{c: c, journal: c.o.Journal, entry: data.JournalEntry{
		At: c.now(), As: data.Clean(c.o.As), Context: data.Clean(c.o.Context), Server: data.Clean(c.server), Workload: ch.Workload, Container: ch.Container,
		ContainerKind: ch.Kind, Way: ch.Way, Before: p.Before, After: p.After, Knobs: ch.Knobs, Targets: targets, State: data.JournalIntent, UndoOf: ch.UndoOf,
	}}
	if ch.SizeLimit != nil || ch.DropSize != "" {
		r.entry.SizeBefore, r.entry.SizeAfter = p.SizeBefore, ch.SizeLimit
		if ch.SizeLimit == nil {
			r.entry.SizeAfter = &data.VolumeSize{Volume: ch.DropSize}
		}
	}
	if r.journal == nil {
		return r, nil
	}
	e, err := r.journal.Begin(r.entry)
	if err == nil {
		r.entry = e
		return r, nil
	}
	if p.Unrecorded {
		r.journal, r.problem = nil, err
		return r, nil
	}
	if !errors.Is(err, data.ErrNoJournal) {
		err = fmt.Errorf("%w: %w", data.ErrNoJournal, err)
	}
	return nil, fmt.Errorf("nothing was sent: %w", err)
}

// step writes down what became of a target.
func (r *record) step(i int, t data.Target) {
	r.entry.Targets[i] = t
	r.told(i, t)
	if i < len(r.entry.Targets)-1 {
		r.write()
	}
}

func (r *record) write() {
	if r.journal == nil {
		return
	}
	if err := r.journal.Write(r.entry); err != nil && r.problem == nil {
		r.problem = err
		r.c.log.Error("the journal has no outcome of a change", "id", r.entry.ID, "error", err)
	}
}

// end writes down the outcome and returns it.
func (r *record) end(err error) data.Applied {
	e := &r.entry
	e.State, e.Ended = stateOf(e.Targets), r.c.now()
	if err != nil {
		e.Error = data.Clean(err.Error())
	}
	r.write()
	if r.journal != nil && e.UndoOf != "" && e.State == data.JournalApplied {
		if err := r.journal.Undone(e.UndoOf, e.ID); err != nil && r.problem == nil {
			r.problem = err
		}
	}
	a := data.Applied{At: e.Ended, After: e.Before, Way: e.Way, Targets: e.Targets, JournalID: e.ID, Container: e.Container}
	if r.problem != nil {
		a.JournalProblem = data.Clean(r.problem.Error())
	}
	for _, t := range e.Targets {
		if t.State == data.TargetStored {
			a.ResourceVersion, a.Generation, a.After = t.ResourceVersion, t.Generation, t.After
		}
	}
	return a
}

// stateOf is the state of an entry with these targets.
func stateOf(targets []data.Target) data.JournalState {
	stored, lost := 0, 0
	for _, t := range targets {
		switch t.State {
		case data.TargetStored:
			if t.Error == "" { // stored, and the kubelet did not say no
				stored++
			}
		case data.TargetUnknown:
			lost++
		}
	}
	touched := slices.ContainsFunc(targets, func(t data.Target) bool { return t.State == data.TargetStored })
	switch {
	case lost > 0:
		return data.JournalUnknown
	case stored == len(targets):
		return data.JournalApplied
	case touched:
		return data.JournalPartly
	}
	return data.JournalFailed
}
