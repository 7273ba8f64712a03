package journal

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// version is the version of the file's format.
const version = 1

// Record is one line of the file, and one element of "oomedic history -o json". Memory is in bytes, null where unset.
type Record struct {
	Version   int            `json:"version"`
	ID        string         `json:"id"`
	State     string         `json:"state"`
	At        time.Time      `json:"at"`
	Ended     *time.Time     `json:"ended,omitempty"`
	User      data.Text      `json:"user"`
	As        data.Text      `json:"as,omitempty"`
	Host      data.Text      `json:"host"`
	PID       int            `json:"pid"`
	Context   data.Text      `json:"context"`
	Server    data.Text      `json:"server"`
	Workload  ObjectRecord   `json:"workload"`
	Container data.Text      `json:"container"`
	Kind      string         `json:"containerKind,omitempty"`
	Way       string         `json:"way"`
	Before    MemoryRecord   `json:"before"`
	After     MemoryRecord   `json:"after"`
	Knobs     []KnobRecord   `json:"knobs,omitempty"`
	Size      *SizeRecord    `json:"sizeLimit,omitempty"`
	Targets   []TargetRecord `json:"targets,omitempty"`
	Error     data.Text      `json:"error,omitempty"`
	UndoOf    string         `json:"undoOf,omitempty"`
	UndoneBy  string         `json:"undoneBy,omitempty"`
}

// ObjectRecord names an object.
type ObjectRecord struct {
	APIVersion data.Text `json:"apiVersion,omitempty"`
	Kind       data.Text `json:"kind"`
	Namespace  data.Text `json:"namespace"`
	Name       data.Text `json:"name"`
	UID        data.Text `json:"uid,omitempty"`
}

// MemoryRecord is limit and request in bytes.
type MemoryRecord struct {
	Limit   *int64 `json:"limit"`
	Request *int64 `json:"request"`
}

// KnobRecord is the change of a runtime's setting.
type KnobRecord struct {
	Place  string    `json:"place"`
	Name   data.Text `json:"name,omitempty"`
	Before data.Text `json:"before"`
	After  data.Text `json:"after"`
}

// SizeRecord is the change of an emptyDir's sizeLimit in bytes; zero means that there was or is none.
type SizeRecord struct {
	Volume data.Text `json:"volume"`
	Before int64     `json:"before"`
	After  int64     `json:"after"`
}

// TargetRecord is one object that was changed.
type TargetRecord struct {
	ObjectRecord
	Before          MemoryRecord `json:"before"`
	After           MemoryRecord `json:"after"`
	State           string       `json:"state"`
	ResourceVersion string       `json:"resourceVersion,omitempty"`
	Generation      int64        `json:"generation,omitempty"`
	Resize          string       `json:"resize,omitempty"`
	Error           data.Text    `json:"error,omitempty"`
}

// RecordOf returns the entry in the form of the file.
func RecordOf(e data.JournalEntry) Record { return recordOf(&e) }

func recordOf(e *data.JournalEntry) Record {
	r := Record{
		Version: version, ID: e.ID, State: string(e.State), At: e.At, User: e.User, As: e.As, Host: e.Host, PID: e.PID,
		Context: e.Context, Server: e.Server, Workload: objectOf(e.Workload), Container: e.Container, Kind: string(e.ContainerKind),
		Way: string(e.Way), Before: MemoryRecord(e.Before), After: MemoryRecord(e.After), Error: e.Error, UndoOf: e.UndoOf, UndoneBy: e.UndoneBy,
	}
	if !e.Ended.IsZero() {
		r.Ended = &e.Ended
	}
	for _, k := range e.Knobs {
		r.Knobs = append(r.Knobs, KnobRecord{string(k.Place), k.Name, k.Before, k.After})
	}
	if e.SizeBefore != nil && e.SizeAfter != nil {
		r.Size = &SizeRecord{e.SizeAfter.Volume, e.SizeBefore.Bytes, e.SizeAfter.Bytes}
	}
	for _, t := range e.Targets {
		r.Targets = append(r.Targets, TargetRecord{
			ObjectRecord: objectOf(t.Workload()), Before: MemoryRecord(t.Before), After: MemoryRecord(t.After), State: string(t.State),
			ResourceVersion: t.ResourceVersion, Generation: t.Generation, Resize: string(t.Resize), Error: t.Error,
		})
	}
	return r
}

func objectOf(w data.Workload) ObjectRecord {
	return ObjectRecord{w.APIVersion, w.Kind, w.Namespace, w.Name, w.UID}
}

func (o ObjectRecord) workload() data.Workload {
	return data.Workload{
		APIVersion: data.Clean(o.APIVersion.String()), Kind: data.Clean(o.Kind.String()), Namespace: data.Clean(o.Namespace.String()),
		Name: data.Clean(o.Name.String()), UID: data.Clean(o.UID.String()),
	}
}

// entry returns what the line says. The file may have been edited by anybody, so its text is cleaned.
func (r *Record) entry() data.JournalEntry {
	clean := func(t data.Text) data.Text { return data.Clean(t.String()) }
	e := data.JournalEntry{
		ID: data.Clean(r.ID).String(), State: data.JournalState(data.Clean(r.State)), At: r.At, User: clean(r.User), As: clean(r.As),
		Host: clean(r.Host), PID: r.PID, Context: clean(r.Context), Server: clean(r.Server), Workload: r.Workload.workload(),
		Container: clean(r.Container), ContainerKind: data.ContainerKind(data.Clean(r.Kind)), Way: data.Way(data.Clean(r.Way)),
		Before: data.Resources(r.Before), After: data.Resources(r.After), Error: clean(r.Error),
		UndoOf: data.Clean(r.UndoOf).String(), UndoneBy: data.Clean(r.UndoneBy).String(),
	}
	if r.Ended != nil {
		e.Ended = *r.Ended
	}
	for _, k := range r.Knobs {
		e.Knobs = append(e.Knobs, data.KnobChange{Place: data.KnobPlace(data.Clean(k.Place)), Name: clean(k.Name), Before: clean(k.Before), After: clean(k.After)})
	}
	if r.Size != nil {
		e.SizeBefore = &data.VolumeSize{Volume: clean(r.Size.Volume), Bytes: r.Size.Before}
		e.SizeAfter = &data.VolumeSize{Volume: clean(r.Size.Volume), Bytes: r.Size.After}
	}
	for _, t := range r.Targets {
		w := t.workload()
		e.Targets = append(e.Targets, data.Target{
			APIVersion: w.APIVersion, Kind: w.Kind, Namespace: w.Namespace, Name: w.Name, UID: w.UID,
			Before: data.Resources(t.Before), After: data.Resources(t.After), State: data.TargetState(data.Clean(t.State)),
			ResourceVersion: data.Clean(t.ResourceVersion).String(), Generation: t.Generation,
			Resize: data.ResizeState(data.Clean(t.Resize)), Error: clean(t.Error),
		})
	}
	return e
}
