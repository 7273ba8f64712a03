package prom

import (
	"context"
	"fmt"
	"time"

	"github.com/oomedic/oomedic/data"
)

// afterPressure is how long after an end its kill may reach the counter: until the next scrape.
const afterPressure = 2 * time.Minute

// pressureTask asks for the pressure before the container's newest end that may have been a kill. A source without the
// metrics leaves it nil, which is no gap of the history: the confirmation names it.
func (b *historyBuilder) pressureTask() []task {
	end := newestKill(b.c)
	if end.IsZero() || end.Before(b.h.From) || end.After(b.h.To) {
		return nil
	}
	return []task{{"memory pressure before the end", func(ctx context.Context) error {
		p, err := b.r.pressure(ctx, b.n, b.c, end, b.h.To)
		if err == nil {
			b.h.Pressure = p
		}
		return err
	}}}
}

// newestKill is the newest end of a container by SIGKILL or with reason OOMKilled; zero without one.
func newestKill(c *data.Container) time.Time {
	var at time.Time
	for _, t := range c.Terminations() {
		if (t.ExitCode == 137 || t.Reason == "OOMKilled") && t.FinishedAt.After(at) {
			at = t.FinishedAt
		}
	}
	return at
}

// pressureQuestion is one question about the minutes around an end, and where its answer goes.
type pressureQuestion struct {
	promql string
	into   **float64
	from   *data.Text
	most   float64
}

// pressureQuestions are the questions about a container's end, asked at the time now, whose answers go into out.
func pressureQuestions(c *data.Container, end, now time.Time, out *data.Pressure) []pressureQuestion {
	sel := podSelector(c.Key.Namespace.String(), c.Key.Pod.String(), c.Key.Container.String())
	late := end.Add(afterPressure)
	if late.After(now) {
		late = now
	}
	stall := func(metric string) string {
		return fmt.Sprintf("max(rate(%s{%s}[%s] @ %d))", metric, sel, data.PromDuration(data.PressureSpan), end.Unix())
	}
	x := data.MetricOOMEvents + "{" + sel + "}"
	span := data.PromDuration(data.PressureSpan + afterPressure)
	// A counter that was not there before the span began counts from zero, as the kill itself may have made it.
	events := fmt.Sprintf("sum(max by (id)(max_over_time(%s[%s] @ %d)) - (max by (id)(%s @ %d) or max by (id)(max_over_time(%s[%s] @ %d)) * 0))",
		x, span, late.Unix(), x, late.Add(-data.PressureSpan-afterPressure).Unix(), x, span, late.Unix())
	return []pressureQuestion{
		{stall(data.MetricPressureWaiting), &out.Waiting, &out.WaitingFrom, 1},
		{stall(data.MetricPressureStalled), &out.Stalled, &out.StalledFrom, 1},
		{events, &out.OOMEvents, &out.OOMEventsFrom, 0},
	}
}

// pressure reads what metrics say of the minutes around an end.
func (r *Reader) pressure(ctx context.Context, n *notes, c *data.Container, end, now time.Time) (*data.Pressure, error) {
	out := &data.Pressure{End: end}
	for _, q := range pressureQuestions(c, end, now, out) {
		*q.from = data.Clean(q.promql)
		a, err := r.instant(ctx, q.promql, now)
		if err != nil {
			return nil, err
		}
		n.took(a)
		eachMetric(a.value, func(_ metricLabels, v float64) {
			v = max(v, 0)
			if q.most > 0 {
				v = min(v, q.most) // a rate is extrapolated, and may come out above a whole second a second
			}
			*q.into = &v
		})
	}
	return out, nil
}
