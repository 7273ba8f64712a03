package demo

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

func TestPrometheusErrors(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	end := epoch.Format(time.RFC3339)
	ago := func(d time.Duration) string { return epoch.Add(-d).Format(time.RFC3339) }
	for name, c := range map[string]struct {
		path string
		form url.Values
		code int
		kind string
		says string
	}{
		"broken query":     {"query", url.Values{"query": {"sum("}}, 400, "bad_data", `invalid parameter "query": 1:5: parse error: unclosed left parenthesis`},
		"no query":         {"query", nil, 400, "bad_data", `invalid parameter "query"`},
		"broken time":      {"query", url.Values{"query": {"1"}, "time": {"noon"}}, 400, "bad_data", `cannot parse "noon" to a valid timestamp`},
		"no start":         {"query_range", url.Values{"query": {"1"}, "end": {end}, "step": {"1m"}}, 400, "bad_data", `invalid parameter "start": cannot parse "" to a valid timestamp`},
		"zero step":        {"query_range", url.Values{"query": {"1"}, "start": {end}, "end": {end}, "step": {"0"}}, 400, "bad_data", "zero or negative query resolution step"},
		"end before start": {"query_range", url.Values{"query": {"1"}, "start": {end}, "end": {ago(time.Hour)}, "step": {"1m"}}, 400, "bad_data", "end timestamp must not be before start time"},
		"11,000 points":    {"query_range", url.Values{"query": {"1"}, "start": {ago(11001 * time.Second)}, "end": {end}, "step": {"1"}}, 400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries"},
		"just not":         {"query_range", url.Values{"query": {"1"}, "start": {ago(11000 * time.Second)}, "end": {end}, "step": {"1"}}, 200, "", ""},
		"many to many":     {"query", url.Values{"query": {`kube_pod_info * on (namespace) kube_pod_owner`}}, 422, "execution", "many-to-many matching not allowed"},
		"over in no time":  {"query", url.Values{"query": {`count(count_over_time(container_memory_working_set_bytes[12h:1s]))`}, "timeout": {"1ms"}}, 503, "timeout", "query timed out in"},
		"no match":         {"series", nil, 400, "bad_data", "no match[] parameter provided"},
		"match all":        {"series", url.Values{"match[]": {`{pod=~".*"}`}}, 400, "bad_data", "at least one non-empty matcher"},
		"bad limit":        {"labels", url.Values{"limit": {"-1"}}, 400, "bad_data", "limit must be non-negative"},
	} {
		a := ask(t, s, "/api/v1/"+c.path, c.form)
		if a.Code != c.code || a.ErrorType != c.kind || !strings.Contains(a.Error, c.says) || (c.code == 200) != (a.Status == "success") {
			t.Errorf("%s: %d %s %q", name, a.Code, a.ErrorType, a.Error)
		}
	}
}

func TestPrometheusAnswers(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	at := url.Values{"time": {"1779289445.25"}}
	for query, want := range map[string]string{
		"NaN":             `{"resultType":"scalar","result":[1779289445.250,"NaN"]}`,
		"-1/0":            `{"resultType":"scalar","result":[1779289445.250,"-Inf"]}`,
		"1e21":            `{"resultType":"scalar","result":[1779289445.250,"1e+21"]}`,
		"512*1024*1024":   `{"resultType":"scalar","result":[1779289445.250,"536870912"]}`,
		"vector(0.1)":     `{"resultType":"vector","result":[{"metric":{},"value":[1779289445.250,"0.1"]}]}`,
		`"a\"b"`:          `{"resultType":"string","result":[1779289445.250,"a\"b"]}`,
		"absent(nothing)": `{"resultType":"vector","result":[{"metric":{},"value":[1779289445.250,"1"]}]}`,
		"nothing":         `{"resultType":"vector","result":[]}`,
		`label_replace(vector(1),"a","ü\"","","")`: `{"resultType":"vector","result":[{"metric":{"a":"ü\""},"value":[1779289445.250,"1"]}]}`,
	} {
		at.Set("query", query)
		if a := ask(t, s, "/api/v1/query", at); string(a.Data) != want {
			t.Errorf("%s: %s, want %s", query, a.Data, want)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Address()+"/api/v1/query_range", strings.NewReader(url.Values{
		"query": {"vector(time())"}, "start": {"1779289440"}, "end": {"1779289445"}, "step": {"2.5"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	want := `{"resultType":"matrix","result":[{"metric":{},"values":[[1779289440,"1779289440"],[1779289442.500,"1779289442.5"],[1779289445,"1779289445"]]}]}`
	if a := send(t, s, r); string(a.Data) != want {
		t.Errorf("%s, want %s", a.Data, want)
	}
	a := ask(t, s, "/api/v1/query", url.Values{"query": {"rate(container_memory_rss[5m])"}})
	if len(a.Infos) == 0 || !strings.Contains(a.Infos[0], "metric might not be a counter") {
		t.Errorf("rate of a gauge: infos %q, warnings %q", a.Infos, a.Warnings)
	}
}

// TestClientLibrary reads the API with Prometheus's own client, as the program does.
func TestClientLibrary(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	c, err := api.NewClient(api.Config{Address: s.Address(), RoundTripper: s.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	p := promv1.NewAPI(c)
	v, _, _, err := p.Query(t.Context(), `max_over_time(container_memory_working_set_bytes{container="postgres"}[1h])`, epoch)
	if vec, ok := v.(model.Vector); err != nil || !ok || len(vec) == 0 || float64(vec[0].Value) > 512*mi {
		t.Errorf("%v, %v", v, err)
	}
	m, _, _, err := p.QueryRange(t.Context(), `kube_pod_container_resource_limits{container="api"}`, promv1.Range{Start: epoch.Add(-time.Hour), End: epoch, Step: time.Minute})
	matrix, ok := m.(model.Matrix)
	if err != nil || !ok || len(matrix) != 3 || len(matrix[0].Values) != 61 || math.Abs(float64(matrix[0].Values[0].Value)-512*mi) > 0 {
		t.Errorf("%v, %v", m, err)
	}
	names, _, _, err := p.LabelNames(t.Context(), []string{"kube_pod_owner"}, epoch.Add(-time.Hour), epoch)
	if err != nil || len(names) != 9 {
		t.Errorf("%v, %v", names, err)
	}
	values, _, _, err := p.LabelValues(t.Context(), "job", nil, time.Time{}, time.Time{})
	if err != nil || len(values) < 3 || values[0] != "kube-state-metrics" || values[1] != "kubelet" || values[len(values)-1] != "shop/search" {
		t.Errorf("%v, %v", values, err)
	}
	series, _, _, err := p.Series(t.Context(), []string{`container_memory_working_set_bytes{container="redis"}`}, epoch.Add(-time.Hour), epoch)
	if err != nil || len(series) != 1 || !strings.HasPrefix(string(series[0]["id"]), "/kubepods/burstable/pod") {
		t.Errorf("%v, %v", series, err)
	}
	info, err := p.Buildinfo(t.Context())
	if err != nil || info.Version != prometheusVersion {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := p.Metadata(t.Context(), "", ""); err != nil {
		t.Error(err)
	}
	_, _, _, err = p.Query(t.Context(), "sum(", epoch)
	var e *promv1.Error
	if !errors.As(err, &e) || e.Type != promv1.ErrBadData {
		t.Errorf("a broken query: %v", err)
	}
}

func TestQueriesWaitForTheSeriesAndEndWithTheirContext(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Options{Now: func() time.Time { return epoch }, span: 3 * day})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Address()+"/api/v1/query?query=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Transport().RoundTrip(r); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled request: %v", err)
	}
	if n := vector(t, s, `count by (job) (container_memory_working_set_bytes offset 2d)`, "job"); n["kubelet"] < 15 {
		t.Errorf("%v series two days ago: the query did not wait", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Transport().RoundTrip(r); !errors.Is(err, errClosed) {
		t.Errorf("a closed sandbox answers: %v", err)
	}
}
