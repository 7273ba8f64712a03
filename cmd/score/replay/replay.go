// Package replay reads simulated cases in the way that the program reads live ones: the series go into a Prometheus
// storage in a temporary folder, and data/prom asks Prometheus's own query engine over it, through the HTTP API.
package replay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/oomedic/oomedic/cmd/score/simulate"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/prom"
)

// span keeps all of a history in the head of the storage, so that nothing is compacted.
const span = 100 * 24 * time.Hour

// batch is how many samples are committed at a time.
const batch = 50_000

// Read returns what the program reads of a case from a Prometheus.
func Read(ctx context.Context, c *simulate.Case) (h *data.History, ov data.Overview, err error) {
	dir, err := os.MkdirTemp("", "oomedic-score-")
	if err != nil {
		return nil, ov, fmt.Errorf("make a folder for the series: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	o := tsdb.DefaultOptions()
	o.WALSegmentSize = -1
	o.MinBlockDuration, o.MaxBlockDuration, o.RetentionDuration = span.Milliseconds(), span.Milliseconds(), span.Milliseconds()
	o.StripeSize, o.NoLockfile = 1<<10, true
	db, err := tsdb.Open(dir, nil, nil, o, nil)
	if err != nil {
		return nil, ov, fmt.Errorf("open the series: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := store(ctx, db, c); err != nil {
		return nil, ov, err
	}
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples: 50_000_000, Timeout: 2 * time.Minute, LookbackDelta: 5 * time.Minute, EnableAtModifier: true, EnableNegativeOffset: true,
		Parser: parser.NewParser(parser.Options{}),
	})
	r, err := prom.Dial("http://replay", prom.Options{Transport: &transport{db: db, engine: engine}, Now: func() time.Time { return c.Now }, Timeout: 2 * time.Minute})
	if err != nil {
		return nil, ov, err
	}
	if h, err = r.History(ctx, &c.Container, nil); err != nil {
		return nil, ov, fmt.Errorf("read the history: %w", err)
	}
	all, _ := r.Overview(ctx, []*data.Container{&c.Container}, 24*time.Hour, 24)
	return h, all[c.Container.Key], nil
}

// store writes all series of a case.
func store(ctx context.Context, db *tsdb.DB, c *simulate.Case) error {
	// The head takes no sample that is older than half its span before its newest, and its first decides where it begins.
	app := db.Appender(ctx)
	if _, err := app.Append(0, labels.FromStrings(model.MetricNameLabel, "first"), c.Now.Add(-40*24*time.Hour).UnixMilli(), 0); err != nil {
		return fmt.Errorf("store the first sample: %w", err)
	}
	n := 0
	err := c.Export(func(s simulate.Series) error {
		l := labels.FromStrings(s.Labels...)
		for i := range s.T {
			if _, err := app.Append(0, l, s.T[i], s.V[i]); err != nil {
				return fmt.Errorf("store %s: %w", l, err)
			}
		}
		if n += len(s.T); n > batch {
			n = 0
			if err := app.Commit(); err != nil {
				return fmt.Errorf("store the series: %w", err)
			}
			app = db.Appender(ctx)
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, app.Rollback())
	}
	if err := app.Commit(); err != nil {
		return fmt.Errorf("store the series: %w", err)
	}
	return nil
}
