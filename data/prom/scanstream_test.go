package prom

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

// rowsText is what readStream makes of a body, in one text.
func rowsText(r io.Reader) (string, v1.Warnings, error) {
	var out strings.Builder
	warnings, err := readStream(r, func(w *row) { writeRow(&out, w) })
	return out.String(), warnings, err
}

func writeRow(out *strings.Builder, w *row) {
	fmt.Fprintf(out, "%q %q %q %q %q %q %q %q %v %v\n", w.name, w.namespace, w.pod, w.container, w.id, w.ownerKind, w.ownerName, w.part, w.t, w.v)
}

// sameStream holds that a body which comes in pieces of any size is read as the whole one, and as the library reads it
// where scan holds that it can.
func sameStream(t testing.TB, body string) {
	t.Helper()
	whole, warnings, err := rowsText(strings.NewReader(body))
	for name, pieces := range map[string]io.Reader{
		"a byte at a time": iotest.OneByteReader(strings.NewReader(body)), "halves": iotest.HalfReader(strings.NewReader(body)),
		"with its end": iotest.DataErrReader(strings.NewReader(body)),
	} {
		got, said, pieceErr := rowsText(pieces)
		if got != whole || fmt.Sprint(said) != fmt.Sprint(warnings) || (pieceErr == nil) != (err == nil) {
			t.Errorf("%s: %q, %v, %v; want %q, %v, %v", name, got, said, pieceErr, whole, warnings, err)
		}
	}
	s, ok := scan([]byte(body))
	if !ok {
		return
	}
	v, _, _, libraryErr := byLibrary(t, body)
	if err != nil || libraryErr != nil {
		t.Fatalf("in pieces: %v; by the library: %v", err, libraryErr)
	}
	var want strings.Builder
	eachSeries(v, func(w *row) { writeRow(&want, w) })
	if whole != want.String() {
		t.Errorf("in pieces\n%s\nby the library\n%s", whole, want.String())
	}
	if n := len(warnings); n != len(s.warnings) && (n != len(s.warnings)+1 || !s.partial) {
		t.Errorf("warnings %q, want %q", warnings, s.warnings)
	}
}

func TestAnswersInPiecesAreTheSame(t *testing.T) {
	t.Parallel()
	for name, c := range answers {
		t.Run(name, func(t *testing.T) { t.Parallel(); sameStream(t, c.body) })
	}
	long := vectorHead + `{"metric":{"pod":"` + strings.Repeat(`ö\"`, windowSize) + `"},"value":[1,"2"]}]}}`
	t.Run("a label longer than the window", func(t *testing.T) { t.Parallel(); sameStream(t, long) })
}

// TestBrokenAnswersInPieces holds that each kind of broken body is told apart.
func TestBrokenAnswersInPieces(t *testing.T) {
	t.Parallel()
	bad := func(words string) func(error) bool {
		return func(err error) bool {
			var e *v1.Error
			return errors.As(err, &e) && e.Type == v1.ErrBadResponse && strings.Contains(e.Msg, words)
		}
	}
	cut := func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }
	series := `{"metric":{"pod":"p"},"value":[1,"2"]}`
	for name, c := range map[string]struct {
		body string
		is   func(error) bool
	}{
		"nothing":               {"", cut},
		"a web page":            {"<html></html>", bad("invalid character '<'")},
		"a long web page":       {"<html>" + strings.Repeat("<br>", windowSize) + "</html>", bad("invalid character '<'")},
		"cut in a series":       {vectorHead + series[:20], cut},
		"cut in a number":       {vectorHead + series[:len(series)-4], cut},
		"cut between series":    {vectorHead + series + ",", cut},
		"cut at the end":        {vectorHead + series + "]}", cut},
		"no JSON in the middle": {vectorHead + series + ";" + strings.Repeat(" ", windowSize) + "]}}", bad("invalid character ';'")},
		"more after the end":    {vectorHead + series + "]}}{}", bad("behind its end")},
		"without a status":      {`{"data":{"result":[]}}`, bad("no status")},
		"nested without end":    {vectorHead + strings.Repeat("[", 1_000_000), bad("invalid character '['")},
		"a label without end":   {vectorHead + `{"metric":{"pod":"` + strings.Repeat("p", 2*maxToken), bad("too long")},
		"an error":              {`{"status":"error","errorType":"execution","error":"too many"}`, func(err error) bool { return err != nil && !cut(err) && !bad("")(err) }},
		"a whole one":           {vectorHead + series + "]}}", func(err error) bool { return err == nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := rowsText(strings.NewReader(c.body)); !c.is(err) {
				t.Errorf("%v", err)
			}
			if _, ok := scan([]byte(c.body)); ok != (name == "a whole one") {
				t.Errorf("scanned: %v", ok)
			}
		})
	}
	if _, _, err := rowsText(io.MultiReader(strings.NewReader(vectorHead+series), iotest.ErrReader(errTooLarge))); !errors.Is(err, errTooLarge) {
		t.Errorf("%v", err)
	}
}

// TestAPartialAnswerIsSaid holds that a cluster of VictoriaMetrics which answers in part is not taken at its word.
func TestAPartialAnswerIsSaid(t *testing.T) {
	t.Parallel()
	body := `{"status":"success","isPartial":%s,"data":{"resultType":"vector","result":[{"metric":{"pod":"p"},"value":[1,"2"]}]}}`
	for is, want := range map[string]int{"true": 1, "false": 0, "null": 0} {
		r := over(t, fmt.Sprintf(body, is))
		a, err := r.instant(t.Context(), "x", testNow)
		streamedAnswer, streamErr := r.streamed(t.Context(), "x", testNow, func(*row) {})
		if err != nil || streamErr != nil {
			t.Fatal(err, streamErr)
		}
		if len(a.query.Warnings) != want || len(streamedAnswer.query.Warnings) != want || a.query.Points != 1 || streamedAnswer.query.Points != 1 {
			t.Errorf("%s: %+v, %+v", is, a.query, streamedAnswer.query)
		}
	}
}

// over is a Reader of a server that says one thing.
func over(t testing.TB, body string) *Reader {
	t.Helper()
	r, err := Dial("http://engine", Options{Transport: bodies(func(*http.Request) string { return body }), Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func FuzzStream(f *testing.F) {
	for _, c := range answers {
		f.Add(c.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		plain := strings.NewReplacer("resultType", "", "errorType", "", "isPartial", "", "seriesFetched", "").Replace(body)
		if plain == strings.ToLower(plain) { // the library takes "WARNINGS" for "warnings", which nothing writes
			sameStream(t, body)
		}
	})
}

// BenchmarkStream reads 20,000 containers of one sample each, as a look at a cluster does.
func BenchmarkStream(b *testing.B) {
	var text strings.Builder
	text.WriteString(vectorHead)
	const n = 20_000
	for i := range n {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"metric":{"__name__":"container_memory_working_set_bytes","container":"app","id":"/kubepods/%d","job":"kubelet","namespace":"team-%d","node":"node-%d","pod":"service-%d-7d9f8b6c5-%05d"},"value":[%d.412,"%d"]}`,
			i, i%200, i%1000, i/10, i, testNow.Unix(), 200<<20+i*4096)
	}
	text.WriteString("]}}")
	body := text.String()
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		rows := 0
		if _, err := readStream(strings.NewReader(body), func(*row) { rows++ }); err != nil || rows != n {
			b.Fatal(rows, err)
		}
	}
}
