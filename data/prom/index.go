package prom

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// indexLook is how far back the index is asked for: as long as an instant query finds the newest sample.
const indexLook = 5 * time.Minute

// indexed asks the index which of the needed metrics there are, and of which jobs. No sample is read, so that it costs
// a Prometheus of any size next to nothing. It reports false where the source has no such API or does not know the
// needed metrics by it: then a query has to tell.
func (r *Reader) indexed(ctx context.Context, st *Status) (bool, error) {
	names, err := r.labelValues(ctx, model.MetricNameLabel, `{__name__=~"`+strings.Join(neededMetrics, "|")+`"}`)
	if err != nil || len(names) == 0 {
		return false, err
	}
	var mu sync.Mutex
	var tasks []task
	for _, name := range names {
		if !slices.Contains(neededMetrics, name) {
			continue
		}
		st.Has[name] = true
		tasks = append(tasks, task{data.Clean(name), func(ctx context.Context) error {
			jobs, err := r.labelValues(ctx, "job", name)
			mu.Lock()
			defer mu.Unlock()
			for _, j := range jobs {
				st.Jobs[name] = append(st.Jobs[name], data.Clean(j))
			}
			return err
		}})
	}
	n := &notes{}
	r.runAll(ctx, n, tasks, nil)
	return n.nothing() == nil, n.nothing()
}

// labelValues returns the values of a label in series that a selector selects.
func (r *Reader) labelValues(ctx context.Context, label, selector string) ([]string, error) {
	now := r.now()
	return r.labelValuesIn(ctx, label, selector, now.Add(-indexLook), now)
}

// labelValuesIn is labelValues for series that had samples in some stretch of time, and perhaps shortly beside it.
func (r *Reader) labelValuesIn(ctx context.Context, label, selector string, from, to time.Time) ([]string, error) {
	var out []string
	_, err := r.ask(ctx, data.Query{PromQL: selector, Start: from, End: to}, func(ctx context.Context) (model.Value, v1.Warnings, v1.Infos, error) {
		values, warnings, infos, err := r.api.LabelValues(ctx, label, []string{selector}, from, to)
		for _, v := range values {
			if v != "" {
				out = append(out, string(v))
			}
		}
		return nil, warnings, infos, err
	})
	return out, err
}
