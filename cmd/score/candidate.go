package main

import (
	"time"

	"github.com/oomedic/oomedic/cmd/score/second"
	"github.com/oomedic/oomedic/cmd/score/simulate"
)

// candidate is a case that is to be judged: what can be seen of it, and the generator that knows how it goes on.
type candidate struct {
	*simulate.Case
	future interface {
		Forecast() *time.Duration
		ForecastUnder(limit int64) *time.Duration
		After(limit int64) simulate.Outcome
	}
}

// newCandidate makes a case of a part, by the generator that the part belongs to.
func newCandidate(part simulate.Part, j job) (candidate, error) {
	if part == second.Dev || part == second.Held {
		c, err := second.New(part, j.cond, j.label, j.n)
		if err != nil {
			return candidate{}, err
		}
		return candidate{c.Case, c}, nil
	}
	c, err := simulate.New(part, j.cond, j.label, j.n)
	return candidate{c, c}, err
}
