// Package prom asks a Prometheus for the memory of containers: for the list, for a chart and for a diagnosis. It is
// the only package that writes PromQL for its own use. The same code runs over HTTP and over an engine within the
// process, since both stand behind the API of client_golang.
//
// Every failure that leaves something else standing becomes a data.Gap; what could be had is always returned.
package prom

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

const (
	// maxInFlight is how many queries run at a time, a fifth of what a Prometheus admits by default.
	maxInFlight = 4
	// overloadPause is how long an overloaded server is left alone before the one retry.
	overloadPause = time.Second
)

// Reader asks one Prometheus. It is safe for concurrent use and never has more than four queries in flight.
type Reader struct {
	api     v1.API
	source  data.Text
	timeout time.Duration
	maxBody int64
	log     *slog.Logger
	now     func() time.Time
	pause   time.Duration
	budget  float64 // samples that one history may read raw
	slots   chan struct{}
	clock   *clock    // of the server; nil over an API within the process
	stream  *streamer // for answers that are too large to be held; nil over an API within the process

	mu      sync.Mutex
	scrape  time.Duration // scrape interval of the working set, 0 while unknown
	secrets []string      // what no text may show
	kept    []keptHistory // the newest first
}

// New returns a Reader over api. source is what people are shown as its address.
func New(api v1.API, source data.Text, o Options) *Reader {
	o = o.filled()
	r := &Reader{
		api: api, source: source, timeout: o.Timeout, maxBody: o.MaxBody, log: o.Log, now: o.Now,
		pause: overloadPause, budget: maxRawSamples, slots: make(chan struct{}, maxInFlight),
	}
	r.hide(o.Hidden...)
	for k, vs := range o.Header {
		if SecretHeader(k) {
			for _, v := range vs {
				r.hide(v)
				if _, token, ok := strings.Cut(v, " "); ok {
					r.hide(token)
					if plain, err := base64.StdEncoding.DecodeString(token); err == nil {
						_, pass, _ := strings.Cut(string(plain), ":")
						r.hide(pass)
					}
				}
			}
		}
	}
	return r
}

// Source returns the address that people are shown, without credentials.
func (r *Reader) Source() data.Text { return r.source }

// hide adds texts that redact takes out.
func (r *Reader) hide(secrets ...string) {
	for _, s := range secrets {
		if s != "" {
			r.secrets = append(r.secrets, s)
		}
	}
}

// redact takes credentials out of a text that came from elsewhere.
func (r *Reader) redact(s string) string {
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, "•••")
	}
	return s
}

// answer is what one query gave, and the record of it.
type answer struct {
	value model.Value
	query data.Query
}

// caller is one kind of request to the API.
type caller func(context.Context) (model.Value, v1.Warnings, v1.Infos, error)

// instant evaluates promql at one time.
func (r *Reader) instant(ctx context.Context, promql string, at time.Time) (answer, error) {
	q := data.Query{PromQL: promql, End: at}
	return r.ask(ctx, q, func(ctx context.Context) (model.Value, v1.Warnings, v1.Infos, error) {
		return r.api.Query(ctx, promql, at, v1.WithTimeout(r.serverTimeout()))
	})
}

// ranged evaluates promql at from, from+step … to.
func (r *Reader) ranged(ctx context.Context, promql string, from, to time.Time, step time.Duration) (answer, error) {
	q := data.Query{PromQL: promql, Start: from, End: to, Step: step}
	return r.ask(ctx, q, func(ctx context.Context) (model.Value, v1.Warnings, v1.Infos, error) {
		return r.api.QueryRange(ctx, promql, v1.Range{Start: from, End: to, Step: step}, v1.WithTimeout(r.serverTimeout()))
	})
}

// serverTimeout is a little shorter than the client's own, so that a slow server can say that it gave up. It is in whole
// seconds: Prometheus does not take 2.7s for a duration.
func (r *Reader) serverTimeout() time.Duration {
	return max((r.timeout * 9 / 10).Truncate(time.Second), time.Second)
}

// ask puts one question, a second time after a pause when the server was overloaded.
func (r *Reader) ask(ctx context.Context, q data.Query, call caller) (answer, error) {
	a, err := r.try(ctx, q, call)
	if s, ok := r.api.(*shared); ok && err == nil {
		s.attribute(&a.query)
	}
	if troubleOf(err) != Overloaded {
		return a, err
	}
	timer := time.NewTimer(r.pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return a, r.explain(ctx, ctx.Err())
	case <-timer.C:
	}
	return r.try(ctx, q, call)
}

// try puts one question once, when one of the slots is free. A panic beneath it becomes an error.
func (r *Reader) try(ctx context.Context, q data.Query, call caller) (a answer, err error) {
	a.query = q
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return a, r.explain(ctx, ctx.Err())
	}
	defer func() {
		if p := recover(); p != nil {
			err = &Error{Trouble: BadAnswer, Text: data.Clean(r.redact(fmt.Sprintf("reading an answer failed: %v", p)))}
		}
	}()
	limited, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	began := r.now()
	value, warnings, _, err := call(limited)
	a.value, a.query.Took = value, r.now().Sub(began)
	for _, w := range warnings {
		a.query.Warnings = append(a.query.Warnings, data.Clean(brief(r.redact(w))))
	}
	if err != nil {
		e := r.explain(ctx, err)
		r.log.Debug("prometheus query failed", "promql", q.PromQL, "took", a.query.Took, "error", e.Text)
		return a, e
	}
	a.query.Points = countPoints(value)
	r.log.Debug("prometheus query", "promql", q.PromQL, "took", a.query.Took, "points", a.query.Points)
	return a, nil
}
