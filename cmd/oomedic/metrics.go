package main

import (
	"context"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/prom"
	"github.com/oomedic/oomedic/ui"
	"github.com/oomedic/oomedic/views"
)

// noPrometheus is what is said when no address was given.
const noPrometheus data.Text = "no Prometheus is configured: start with --prometheus-url URL"

// metrics lets the app ask a Prometheus in the words of screens.
type metrics struct {
	*prom.Reader
	name data.Text // of the source, where its address says nothing
}

// Probe asks whether Prometheus is there.
func (m metrics) Probe(ctx context.Context) views.Metrics {
	s := m.Reader.Probe(ctx)
	if m.name != "" {
		s.Source = m.name
	}
	return views.Metrics{Source: s.Source, Checked: true, Reachable: s.Reachable, Problem: s.Problem}
}

// openMetrics returns the door to Prometheus, or nil and why there is none.
func (o *options) openMetrics() (ui.Metrics, data.Text, error) {
	if o.prometheusURL == "" {
		return nil, noPrometheus, nil
	}
	r, err := prom.Dial(o.prometheusURL, prom.Options{Log: o.log})
	if err != nil {
		return nil, "", usagef("--prometheus-url: %v", err)
	}
	return metrics{Reader: r}, "", nil
}
