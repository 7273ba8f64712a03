package prom

import (
	"context"
	"time"

	"github.com/prometheus/common/model"
)

// maxHalvings is how often a question is cut in two when its answer is too large: once or twice helps where a limit
// was met by little, and more would hammer a server that has said no.
const maxHalvings = 2

// rangedSplit evaluates promql over steps and halves the time, newer half first, when the answer is too large.
func (r *Reader) rangedSplit(ctx context.Context, n *notes, promql string, from, to time.Time, step time.Duration, halvings int) ([]model.Value, error) {
	a, err := r.ranged(ctx, promql, from, to, step)
	if err == nil {
		n.took(a)
		return []model.Value{a.value}, nil
	}
	steps := to.Sub(from) / step
	if troubleOf(err) != TooMuch || halvings == 0 || steps < 2 {
		return nil, err
	}
	middle := from.Add(steps / 2 * step)
	newer, err := r.rangedSplit(ctx, n, promql, middle.Add(step), to, step, halvings-1)
	if err != nil {
		return nil, err
	}
	older, err := r.rangedSplit(ctx, n, promql, from, middle, step, halvings-1)
	if err != nil {
		return nil, err
	}
	return append(newer, older...), nil
}

// raw returns the very samples of selector (with metric name and braces) with from < time <= to. It is an instant
// query of a range selector: no step, no interpolation, no limit of 11,000 points, and the times are those of the
// scrapes. Too large an answer is halved.
func (r *Reader) raw(ctx context.Context, n *notes, selector string, from, to time.Time, halvings int) ([]series, error) {
	answers, err := r.rawAnswers(ctx, n, selector, from, to, halvings)
	return flattened(answers), err
}

// rawAnswers is raw, as the answers have it.
func (r *Reader) rawAnswers(ctx context.Context, n *notes, selector string, from, to time.Time, halvings int) ([]model.Value, error) {
	length := to.Sub(from).Truncate(time.Second)
	a, err := r.instant(ctx, selector+"["+model.Duration(length).String()+"]", to)
	if err == nil {
		n.took(a)
		return []model.Value{a.value}, nil
	}
	if troubleOf(err) != TooMuch || halvings == 0 || length < 2*time.Minute {
		return nil, err
	}
	middle := to.Add(-length / 2).Truncate(time.Second)
	newer, err := r.rawAnswers(ctx, n, selector, middle, to, halvings-1)
	if err != nil {
		return nil, err
	}
	older, err := r.rawAnswers(ctx, n, selector, from, middle, halvings-1)
	if err != nil {
		return nil, err
	}
	return append(newer, older...), nil
}
