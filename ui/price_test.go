package ui

import (
	"testing"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/views"
)

func TestPriceOfTheMetricsGoesOverTheDefault(t *testing.T) {
	t.Parallel()
	a := &App{opt: Options{Price: analysis.DefaultPrice}, state: &views.State{Board: &views.Board{}}}
	if got := a.price(); got != analysis.DefaultPrice {
		t.Errorf("%+v without a price in the metrics", got)
	}
	told := analysis.Price{PerGiBMonth: 2, From: "the metric"}
	a.state.Board.Metrics.Price = told
	if got := a.price(); got != told {
		t.Errorf("%+v, want %+v", got, told)
	}
}
