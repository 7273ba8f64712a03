package profile

import (
	"fmt"
	"io"
	"time"

	pprof "github.com/google/pprof/profile"

	"github.com/oomedic/oomedic/data"
)

// Frame is a place in a program that a stack goes through.
type Frame struct {
	Function, File string
	Line           int64
}

// Spot is a stack, the innermost frame first, and what it holds: objects with their bytes in use in a heap profile, or
// so many goroutines as Objects in a goroutine profile.
type Spot struct {
	Stack          []Frame
	Objects, Bytes int64
}

// sampleEvery is how many bytes lie between two samples of a heap profile: runtime.MemProfileRate.
const sampleEvery = 512 << 10

// Write writes a profile of a kind as package runtime/pprof does, packed by gzip, for programs that are simulated. Spots
// that hold nothing are left out, as the runtime leaves them out of its own. The error is that of w.
func Write(w io.Writer, kind data.ProfileKind, at time.Time, spots []Spot) error {
	b := builder{p: &pprof.Profile{TimeNanos: at.UnixNano(), Period: 1}, places: map[Frame]*pprof.Location{}}
	unit := func(name, of string) *pprof.ValueType { return &pprof.ValueType{Type: name, Unit: of} }
	if kind == data.HeapProfile {
		b.p.SampleType = []*pprof.ValueType{unit("alloc_objects", "count"), unit("alloc_space", "bytes"), unit("inuse_objects", "count"), unit("inuse_space", "bytes")}
		b.p.PeriodType, b.p.Period, b.p.DefaultSampleType = unit("space", "bytes"), sampleEvery, "inuse_space"
	} else {
		b.p.SampleType, b.p.PeriodType = []*pprof.ValueType{unit(string(kind), "count")}, unit(string(kind), "count")
	}
	for _, s := range spots {
		if s.Objects <= 0 {
			continue
		}
		values := []int64{s.Objects}
		if kind == data.HeapProfile {
			values = []int64{s.Objects, s.Bytes, s.Objects, s.Bytes}
		}
		b.p.Sample = append(b.p.Sample, &pprof.Sample{Location: b.stack(s.Stack), Value: values})
	}
	if err := b.p.CheckValid(); err != nil {
		return fmt.Errorf("write a profile: %w", err)
	}
	if err := b.p.Write(w); err != nil {
		return fmt.Errorf("write a profile: %w", err)
	}
	return nil
}

// builder numbers the places of a profile, each once.
type builder struct {
	p      *pprof.Profile
	places map[Frame]*pprof.Location
}

// stack returns the locations of some frames.
func (b *builder) stack(frames []Frame) []*pprof.Location {
	out := make([]*pprof.Location, 0, len(frames))
	for _, f := range frames {
		at := b.places[f]
		if at == nil {
			id := uint64(len(b.places) + 1)
			of := &pprof.Function{ID: id, Name: f.Function, SystemName: f.Function, Filename: f.File}
			at = &pprof.Location{ID: id, Address: 0x400000 + 64*id, Line: []pprof.Line{{Function: of, Line: f.Line}}}
			b.p.Function, b.p.Location = append(b.p.Function, of), append(b.p.Location, at)
			b.places[f] = at
		}
		out = append(out, at)
	}
	return out
}
