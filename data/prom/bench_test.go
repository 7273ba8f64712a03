package prom

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/oomedic/oomedic/data"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// BenchmarkHistoryDecode reads 86,400 samples, 30 days of one pod at 30 s, from a server that only sends bytes.
func BenchmarkHistoryDecode(b *testing.B) {
	const perDay = 2880
	from := ago(historyDays * day)
	body := func(begin, end time.Time) string {
		var s strings.Builder
		s.WriteString(`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"namespace":"shop","pod":"p","container":"api","id":"/a"},"values":[`)
		for i := begin.Sub(from) / scrape; i < end.Sub(from)/scrape; i++ {
			if i > begin.Sub(from)/scrape {
				s.WriteByte(',')
			}
			fmt.Fprintf(&s, `[%d.412,"%d"]`, from.Add(i*scrape).Unix(), 200<<20+i)
		}
		s.WriteString("]}]}}")
		return s.String()
	}
	parts := map[string]string{}
	part := func(at, promql string) string {
		to, length := floatTime(at), rawLength(b, promql)
		key := fmt.Sprint(to, length)
		if parts[key] == "" {
			parts[key] = body(to.Add(-length), to)
		}
		return parts[key]
	}
	var mu sync.Mutex
	var counts strings.Builder
	for at := from.Add(estimateStep); !at.After(testNow); at = at.Add(estimateStep) {
		fmt.Fprintf(&counts, `,[%d,"1"]`, at.Unix())
	}
	count := `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[` + counts.String()[1:] + `]}]}}`
	rt := bodies(func(req *http.Request) string {
		switch q := req.FormValue("query"); {
		case strings.HasPrefix(q, "count("+data.MetricWorkingSet):
			return count
		case rawLength(b, q) > scrapeLook:
			mu.Lock()
			defer mu.Unlock()
			return part(req.FormValue("time"), q)
		}
		return `{"status":"success","data":{"resultType":"matrix","result":[]}}`
	})
	r, err := Dial("http://engine", Options{Transport: rt, Now: func() time.Time { return testNow }})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		h, err := r.History(b.Context(), apiCase(), nil)
		if err != nil || len(h.Lives) != 1 || h.Lives[0].Len() != historyDays*perDay {
			b.Fatalf("%d lives, gaps %v, %v", len(h.Lives), h.Gaps, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(historyDays*perDay), "ns/sample")
}

// BenchmarkChart asks a real engine over HTTP for seven days at 30 s with 21 lives.
func BenchmarkChart(b *testing.B) {
	e := newEngine(b, 50_000_000)
	c := apiCase()
	e.load(b, sawtooth(c.Key.Pod.String(), 21)...)
	r := e.reader(b, Options{})
	b.ReportAllocs()
	for b.Loop() {
		if ch, err := r.Chart(b.Context(), c, data.Week); err != nil || len(ch.Lives) != 21 {
			b.Fatalf("%v, %v", ch, err)
		}
	}
}

// bodies is a transport within the process.
type bodies func(*http.Request) string

// RoundTrip answers with a body and no network.
func (f bodies) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Header: http.Header{"Content-Type": {jsonKind}}, Request: req,
		Body: readCloser{strings.NewReader(f(req))}, ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

type readCloser struct{ *strings.Reader }

// Close does nothing.
func (readCloser) Close() error { return nil }
