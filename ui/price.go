package ui

import "github.com/oomedic/oomedic/analysis"

// price is what memory costs: by the metrics of the cluster where they tell it, else as the options have it. Whoever
// makes the metrics does not ask them when a person has named a price.
func (a *App) price() analysis.Price {
	if a.state.Board != nil && a.state.Board.Metrics.Price.PerGiBMonth > 0 {
		return a.state.Board.Metrics.Price
	}
	return a.opt.Price
}
