package main

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data/prom"
	"github.com/oomedic/oomedic/views"
)

// costing is a Prometheus that knows the prices of nodes, as an answer of the API.
func costing(t *testing.T, result string) *prom.Reader {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		result := result
		if !strings.Contains(r.FormValue("query"), "node_ram_hourly_cost") {
			result = ""
		}
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"vector","result":[` + result + `]}}`))
	}))
	t.Cleanup(s.Close)
	r, err := prom.Dial(s.URL, prom.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestThePriceOfOpenCost holds that a flag goes over the metric, and the metric over the default.
func TestThePriceOfOpenCost(t *testing.T) {
	t.Parallel()
	const two = `{"metric":{"node":"a"},"value":[1,"0.002"]},{"metric":{"node":"b"},"value":[1,"0.004"]}`
	for name, c := range map[string]struct {
		result, flag string
		want         float64
		from         string
	}{
		"metric":          {two, "", 0.003 * 730, "OpenCost's max by (node)(node_ram_hourly_cost) > 0, the mean of 2 nodes"},
		"one node":        {`{"metric":{"node":"a"},"value":[1,"0.002"]}`, "", 1.46, "OpenCost's max by (node)(node_ram_hourly_cost) > 0, 1 node"},
		"no metric":       {"", "", analysis.DefaultPrice.PerGiBMonth, "opencost default"},
		"flag and metric": {two, "2.5", 2.5, "--price"},
		"default by name": {two, "opencost", analysis.DefaultPrice.PerGiBMonth, "opencost default"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &options{price: analysis.DefaultPrice, priceText: c.flag, priceGiBMonth: analysis.DefaultPrice.PerGiBMonth}
			if err := o.choosePrice(); err != nil {
				t.Fatal(err)
			}
			f := &finder{now: time.Now, priced: o.priceNamed()}
			got := priceOr(views.Metrics{Price: f.price(t.Context(), costing(t, c.result), true)}, o.price)
			if math.Abs(got.PerGiBMonth-c.want) > 1e-9 || got.From.String() != c.from {
				t.Errorf("%+v, want %v from %s", got, c.want, c.from)
			}
		})
	}
}
