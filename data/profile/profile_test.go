package profile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	lib "github.com/google/pprof/profile"

	"github.com/oomedic/oomedic/data"
)

// spot is one place of a made profile: a function, its line and the bytes in use there.
type spot struct {
	function string
	line     int64
	bytes    int64
}

// made builds a heap profile at a time, each spot called by main.main.
func made(t *testing.T, at time.Time, spots ...spot) []byte {
	t.Helper()
	p := &lib.Profile{TimeNanos: at.UnixNano(), PeriodType: &lib.ValueType{Type: "space", Unit: "bytes"}, Period: 512 << 10}
	for _, name := range []string{"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"} {
		p.SampleType = append(p.SampleType, &lib.ValueType{Type: name, Unit: "count"})
	}
	add := func(name string, line int64) *lib.Location {
		f := &lib.Function{ID: uint64(len(p.Function) + 1), Name: name, Filename: "/src/" + strings.ToLower(name) + ".go"}
		p.Function = append(p.Function, f)
		l := &lib.Location{ID: uint64(len(p.Location) + 1), Line: []lib.Line{{Function: f, Line: line}}}
		p.Location = append(p.Location, l)
		return l
	}
	caller := add("main.main", 7)
	for _, s := range spots {
		p.Sample = append(p.Sample, &lib.Sample{Location: []*lib.Location{add(s.function, s.line), caller}, Value: []int64{9, 9 << 20, 1, s.bytes}})
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, raw []byte) *data.MemoryProfile {
	t.Helper()
	p, err := Read(bytes.NewReader(raw), data.HeapProfile)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestReadAddsUpByLine(t *testing.T) {
	t.Parallel()
	p := read(t, made(t, noon, spot{"cache.put", 12, 300}, spot{"cache.put", 12, 100}, spot{"cache.put", 40, 50}, spot{"freed", 1, 0}, spot{"big", 3, 500}))
	var got []string
	for _, l := range p.Lines {
		got = append(got, fmt.Sprintf("%s:%d %d %d", l.Function, l.Line, l.Flat, l.Objects))
	}
	if want := "[big:3 500 1 cache.put:12 400 2 cache.put:40 50 1]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	if p.Total != 950 || !p.At.Equal(noon) || p.Size == 0 {
		t.Errorf("total %d at %s, %d bytes", p.Total, p.At, p.Size)
	}
	if s := fmt.Sprint(p.Lines[0].Stack); s != "[main.main /src/main.main.go:7]" {
		t.Errorf("stack %s", s)
	}
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	a := read(t, made(t, noon, spot{"leak", 5, 100}, spot{"steady", 6, 900}, spot{"gone", 7, 80}))
	b := read(t, made(t, noon.Add(30*time.Minute), spot{"leak", 5, 700}, spot{"steady", 6, 900}, spot{"new", 8, 50}))
	var got []string
	for _, g := range Growth(a, b) {
		got = append(got, fmt.Sprintf("%s %+d %.0f", g.Function, g.Grown, *g.PerHour))
	}
	if want := "[leak +600 1200 new +50 100 gone -80 -160]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	for _, g := range Growth(a, a) {
		t.Errorf("a profile grew against itself: %+v", g)
	}
	if g := Growth(nil, b); g != nil {
		t.Errorf("without a first profile: %v", g)
	}
}

// kept holds what the test below leaks.
var kept [][]byte

//go:noinline
func leakInTheTest() { kept = append(kept, bytes.Repeat([]byte{1}, 64<<20)) }

func TestARealProfileNamesTheLeak(t *testing.T) {
	snap := func() *data.MemoryProfile {
		runtime.GC()
		var b bytes.Buffer
		if err := pprof.Lookup("heap").WriteTo(&b, 0); err != nil {
			t.Fatal(err)
		}
		return read(t, b.Bytes())
	}
	first := snap()
	leakInTheTest()
	second := snap()
	runtime.KeepAlive(kept)
	grown := Growth(first, second)
	if len(grown) == 0 || grown[0].Grown < 60<<20 {
		t.Fatalf("grown: %+v", grown)
	}
	way := grown[0].Function.String() + " " + fmt.Sprint(grown[0].Stack)
	if !strings.Contains(way, "leakInTheTest") || !strings.Contains(way, "profile_test.go") {
		t.Errorf("the leak is not named: %s", way)
	}
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 0); err != nil {
		t.Fatal(err)
	}
	g, err := Read(&b, data.GoroutineProfile)
	if err != nil || g.Total < 1 || len(g.Lines) == 0 {
		t.Errorf("goroutines: %+v, %v", g, err)
	}
}

// packed returns the gzip of n zeros.
func packed(t *testing.T, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(z, zeros{}, n); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestWhatIsNoProfile(t *testing.T) {
	t.Parallel()
	whole := made(t, noon, spot{"a", 1, 100})
	goroutines := func() []byte {
		var b bytes.Buffer
		_ = pprof.Lookup("goroutine").WriteTo(&b, 0)
		return b.Bytes()
	}()
	for _, c := range []struct {
		name string
		r    io.Reader
		is   error
		says string
	}{
		{"nothing", strings.NewReader(""), ErrNotAProfile, "empty"},
		{"a web page", strings.NewReader("<!DOCTYPE html><html><body>Sign in</body></html>"), ErrNotAProfile, ""},
		{"metrics", strings.NewReader("# HELP go_goroutines\ngo_goroutines 12\n"), ErrNotAProfile, ""},
		{"JSON", strings.NewReader(`{"error":"not found"}`), ErrNotAProfile, ""},
		{"another kind", bytes.NewReader(goroutines), ErrNotAProfile, "it counts goroutine"},
		{"cut on the way", io.MultiReader(bytes.NewReader(whole[:len(whole)/2]), cutReader{}), io.ErrUnexpectedEOF, "cut after"},
		{"cut by the other side", bytes.NewReader(whole[:len(whole)/2]), io.ErrUnexpectedEOF, "cut after"},
		{"damaged", bytes.NewReader(append([]byte{0x1f, 0x8b, 8, 0}, "rubbish that is no gzip at all"...)), ErrNotAProfile, "damaged"},
		{"a bomb", bytes.NewReader(packed(t, MaxBytes+2)), ErrTooLarge, "unpacked"},
		{"far too large", io.LimitReader(zeros{}, MaxBytes+2), ErrTooLarge, "200Mi"},
	} {
		p, err := Read(c.r, data.HeapProfile)
		if p != nil || !errors.Is(err, c.is) || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v, %v", c.name, p, err)
		}
		if strings.ContainsAny(fmt.Sprint(err), "\n\x1b") {
			t.Errorf("%s: more than a line: %q", c.name, err)
		}
	}
}

type cutReader struct{}

func (cutReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestHostileNamesAreCleaned(t *testing.T) {
	t.Parallel()
	p := read(t, made(t, noon, spot{"evil\x1b[2J\nname", 1, 100}, spot{strings.Repeat("x", 5000), 2, 50}))
	for _, l := range p.Lines {
		if strings.ContainsAny(l.Function.String()+l.File.String(), "\x1b\n") || len(l.Function) > maxName+8 {
			t.Errorf("%q", l.Function)
		}
	}
}
