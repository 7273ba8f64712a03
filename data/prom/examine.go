package prom

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Examine is Probe and, for a source that has the working set, how far back its samples reach and what it is set to
// keep. That costs one query more, over thirty instants a day apart.
func (r *Reader) Examine(ctx context.Context) (Status, data.MetricsFound) {
	st := r.Probe(ctx)
	found := foundIn(st)
	if st.Reachable && st.Has[data.MetricWorkingSet] {
		found.Retention = r.retention(ctx)
		found.Reach = r.reach(ctx, st.Jobs[data.MetricWorkingSet])
	}
	return st, found
}

// foundIn is what a probe found, in the order in which people are shown it.
func foundIn(st Status) data.MetricsFound {
	f := data.MetricsFound{Version: st.Version, ScrapeInterval: st.ScrapeInterval}
	if !st.Reachable {
		return f
	}
	for _, m := range neededMetrics {
		f.Metrics = append(f.Metrics, data.MetricFound{Name: data.Clean(m), Jobs: st.Jobs[m], Has: st.Has[m]})
	}
	return f
}

// retention asks what the server is set to keep; only Prometheus itself tells.
func (r *Reader) retention(ctx context.Context) data.Text {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	info, err := r.api.Runtimeinfo(ctx)
	if err != nil {
		r.log.Debug("no runtime information", "error", r.explain(ctx, err).Text)
		return ""
	}
	return data.Clean(brief(info.StorageRetention))
}

// reaches are the looks back, the longest first; the next is taken when nothing but the present was found.
var reaches = []struct{ back, step time.Duration }{{historyDays * day, day}, {day, time.Hour}, {time.Hour, time.Minute}}

// reach finds how far back the jobs of the working set were scraped, to a day, below that to an hour and to a minute. It
// asks for "up", of which there is one series a target; a source without it is asked for the memory itself.
func (r *Reader) reach(ctx context.Context, jobs []data.Text) time.Duration {
	sel := ""
	if len(jobs) > 0 {
		quoted := make([]string, len(jobs))
		for i, j := range jobs {
			quoted[i] = regexp.QuoteMeta(valid(j.String()))
		}
		sel = "{" + matches("job", strings.Join(quoted, "|")) + "}"
	}
	to := r.now().Truncate(time.Second)
	for _, promql := range []string{"count(up" + sel + ")", "count(" + data.MetricWorkingSet + "{" + realContainers + "})"} {
		for _, look := range reaches {
			a, err := r.ranged(ctx, promql, to.Add(-look.back), to, look.step)
			if err != nil {
				return 0
			}
			s := joined(seriesOf(a.value))
			if s.Len() == 0 {
				break
			}
			if back := to.Sub(time.UnixMilli(s.T[0])); back > 0 {
				return back
			}
		}
	}
	return 0
}
