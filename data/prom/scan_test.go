package prom

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// byLibrary is what the library makes of an answer.
func byLibrary(t testing.TB, body string) (model.Value, v1.Warnings, v1.Infos, error) {
	t.Helper()
	client, err := api.NewClient(api.Config{Address: "http://engine", RoundTripper: bodies(func(*http.Request) string { return body })})
	if err != nil {
		t.Fatal(err)
	}
	return v1.NewAPI(client).Query(context.Background(), "x", testNow)
}

const (
	matrixHead = `{"status":"success","data":{"resultType":"matrix","result":[`
	vectorHead = `{"status":"success","data":{"resultType":"vector","result":[`
)

// answers are bodies, and whether they are scanned: what is not is left to the library.
var answers = map[string]struct {
	body    string
	scanned bool
}{
	"empty matrix":        {matrixHead + `]}}`, true},
	"a series":            {matrixHead + `{"metric":{"__name__":"up","pod":"p"},"values":[[1435781430.781,"1"],[1435781445.7,"2.5"],[1435781460,"-0"]]}]}}`, true},
	"without labels":      {matrixHead + `{"metric":{},"values":[[1,"1"]]}]}}`, true},
	"numbers":             {matrixHead + `{"metric":{},"values":[[1,"NaN"],[2,"+Inf"],[3,"-Inf"],[4,"1e+09"],[5,"123456789012345"],[6,"12345678901234567890"],[7,"0.1"]]}]}}`, true},
	"labels with escapes": {matrixHead + `{"metric":{"id":"/a\"b\u00e9\n"},"values":[[1,"1"]]}]}}`, true},
	"labels beyond ASCII": {matrixHead + `{"metric":{"pod":"größe"},"values":[[1,"1"]]}]}}`, true},
	"a vector":            {vectorHead + `{"metric":{"pod":"p"},"value":[1435781430.781,"12"]},{"metric":{"pod":"q"},"value":[1435781430.781,"NaN"]}]}}`, true},
	"spaces":              {" {\n\"status\" : \"success\" ,\t\"data\":{ \"resultType\" : \"vector\", \"result\" : [ { \"metric\" : { } , \"value\" : [ 1 , \"2\" ] } ] } } \n", true},
	"warnings and infos":  {vectorHead + `]},"warnings":["partial","slow"],"infos":["a metric might be no counter"]}`, true},
	"more than is known":  {`{"status":"success","isPartial":false,"data":{"resultType":"vector","result":[],"stats":{"samples":{"peak":[1,{"a":"]]"}]}}},"stats":{"seriesFetched":"0"}}`, true},
	"no warnings":         {vectorHead + `]},"warnings":null}`, true},

	"an error":                {`{"status":"error","errorType":"execution","error":"too many samples"}`, false},
	"an error with an answer": {vectorHead + `]},"error":"half"}`, false},
	"a scalar":                {`{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}`, false},
	"a histogram":             {vectorHead + `{"metric":{},"histogram":[1,{"count":"1","sum":"2","buckets":[]}]}]}}`, false},
	"four decimals":           {vectorHead + `{"metric":{},"value":[1.2345,"2"]}]}}`, false},
	"an exponent":             {vectorHead + `{"metric":{},"value":[1.4e9,"2"]}]}}`, false},
	"before 1970":             {vectorHead + `{"metric":{},"value":[-1,"2"]}]}}`, false},
	"a bare number":           {vectorHead + `{"metric":{},"value":[1,2]}]}}`, false},
	"no number":               {vectorHead + `{"metric":{},"value":[1,"two"]}]}}`, false},
	"type after result":       {`{"status":"success","data":{"result":[],"resultType":"vector"}}`, false},
	"no result":               {`{"status":"success","data":{"resultType":"vector"}}`, false},
	"two results":             {vectorHead + `],"result":[]}}`, false},
	"values in a vector":      {vectorHead + `{"metric":{},"values":[[1,"2"]]}]}}`, false},
	"a value in a matrix":     {matrixHead + `{"metric":{},"value":[1,"2"]}]}}`, false},
	"cut off":                 {matrixHead + `{"metric":{},"values":[[1,"1"],[2,"`, false},
	"cut off after a sample":  {matrixHead + `{"metric":{},"values":[[1,"1"]`, false},
	"more after the end":      {vectorHead + `]}}{}`, false},
	"a web page":              {"<html></html>", false},
	"nothing":                 {"", false},
}

func TestScanReadsWhatTheLibraryReads(t *testing.T) {
	t.Parallel()
	for name, c := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ok := scan([]byte(c.body))
			if ok != c.scanned {
				t.Fatalf("scanned: %v, want %v", ok, c.scanned)
			}
			if ok {
				same(t, c.body, s)
			}
		})
	}
}

// same holds that the library reads the same from a body. NaN differs from itself, so values are compared as text.
func same(t testing.TB, body string, s *scanned) {
	t.Helper()
	v, warnings, infos, err := byLibrary(t, body)
	if err != nil {
		t.Fatalf("the library refuses it: %v", err)
	}
	if v.Type() != s.value.Type() || fmt.Sprint(v) != fmt.Sprint(s.value) {
		t.Errorf("scanned\n%v\nwant\n%v", s.value, v)
	}
	if len(warnings)+len(s.warnings) > 0 && !reflect.DeepEqual([]string(warnings), s.warnings) || len(infos)+len(s.infos) > 0 && !reflect.DeepEqual([]string(infos), s.infos) {
		t.Errorf("warnings %q, infos %q; want %q, %q", s.warnings, s.infos, warnings, infos)
	}
}

// TestUnscannedAnswersAreTheLibrarys holds that what scan leaves aside still arrives.
func TestUnscannedAnswersAreTheLibrarys(t *testing.T) {
	t.Parallel()
	ask := func(body string) (model.Value, error) {
		client, err := api.NewClient(api.Config{Address: "http://engine", RoundTripper: bodies(func(*http.Request) string { return body })})
		if err != nil {
			t.Fatal(err)
		}
		v, _, _, err := newAPI(client).Query(t.Context(), "x", testNow)
		return v, err
	}
	for name, want := range map[string]string{"a scalar": "scalar: 2", "four decimals": "{} => 2", "a histogram": "Count: 1", "a vector": `{pod="p"} => 12`} {
		if v, err := ask(answers[name].body); err != nil || !strings.Contains(fmt.Sprint(v), want) {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
	for _, name := range []string{"an error", "cut off", "more after the end", "a web page"} {
		if v, err := ask(answers[name].body); err == nil {
			t.Errorf("%s: %v", name, v)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, c := range answers {
		f.Add(c.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		// The library takes "WARNINGS" for "warnings", which nothing writes.
		plain := strings.NewReplacer("resultType", "", "errorType", "", "isPartial", "", "seriesFetched", "").Replace(body)
		if s, ok := scan([]byte(body)); ok && plain == strings.ToLower(plain) {
			same(t, body, s)
		}
	})
}

// BenchmarkScan reads one day of a pod at 30 s, as the library and as this package do.
func BenchmarkScan(b *testing.B) {
	var text strings.Builder
	text.WriteString(matrixHead + `{"metric":{"namespace":"shop","pod":"p","container":"api","id":"/a"},"values":[`)
	const n = 2880
	for i := range n {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `[%d.412,"%d"]`, testNow.Unix()+int64(i)*30, 200<<20+i*4096)
	}
	_, _ = io.WriteString(&text, "]}]}}")
	body := text.String()
	perSample := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/sample")
	}
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, _, err := byLibrary(b, body); err != nil {
				b.Fatal(err)
			}
		}
		perSample(b)
	})
	b.Run("scan", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := scan([]byte(body)); !ok {
				b.Fatal("not scanned")
			}
		}
		perSample(b)
	})
}
