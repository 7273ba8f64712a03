package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// Export writes every sample of the series with a label of a value, such as namespace "shop", in the OpenMetrics text
// format, which `promtool tsdb create-blocks-from openmetrics` turns into blocks for a real Prometheus. It waits until
// the history is written. Metrics are declared unknown: their types are of no use to a store.
func (s *Sandbox) Export(ctx context.Context, w io.Writer, label, value string) (err error) {
	if err := s.ready(ctx); err != nil {
		return err
	}
	q, err := s.db.Querier(minTime.UnixMilli(), maxTime.UnixMilli())
	if err != nil {
		return fmt.Errorf("export the series: %w", err)
	}
	defer func() { err = errors.Join(err, q.Close()) }()
	out := bufio.NewWriter(w)
	family := ""
	set := q.Select(ctx, true, nil, labels.MustNewMatcher(labels.MatchEqual, label, value)) // in order, so that families are together
	var it chunkenc.Iterator
	for set.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		series := set.At()
		l := series.Labels()
		if name := l.Get(model.MetricNameLabel); name != family {
			family = name
			_, _ = fmt.Fprintf(out, "# TYPE %s unknown\n", name) // a failed write shows at Flush
		}
		head := openMetricsName(l)
		it = series.Iterator(it)
		for it.Next() == chunkenc.ValFloat {
			ms, v := it.At()
			_, _ = out.WriteString(head + " " + strconv.FormatFloat(v, 'g', -1, 64) + " " + strconv.FormatFloat(float64(ms)/1000, 'f', 3, 64) + "\n")
		}
		if err := it.Err(); err != nil {
			return fmt.Errorf("export %s: %w", head, err)
		}
	}
	_, _ = out.WriteString("# EOF\n")
	return errors.Join(set.Err(), out.Flush())
}

// openMetricsName writes a series as the text format does. Go quotes what the format wants quoted in the same way:
// backslashes, quotes and line ends; the sandbox has no other bytes to be escaped.
func openMetricsName(l labels.Labels) string {
	text := l.Get(model.MetricNameLabel)
	sep := "{"
	l.Range(func(one labels.Label) {
		if one.Name != model.MetricNameLabel {
			text += sep + one.Name + "=" + strconv.Quote(one.Value)
			sep = ","
		}
	})
	if sep == "," {
		text += "}"
	}
	return text
}
