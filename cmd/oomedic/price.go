package main

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/prom"
	"github.com/oomedic/oomedic/views"
)

// priceNames are the list prices that --price takes by name.
func priceNames() string {
	var out []string
	for _, p := range analysis.Presets() {
		out = append(out, p.Name)
	}
	return strings.Join(out, ", ")
}

// choosePrice makes a price of the flags. --price goes over --price-gib-month; without either it is the default.
func (o *options) choosePrice() error {
	if math.IsNaN(o.priceGiBMonth) || math.IsInf(o.priceGiBMonth, 0) || o.priceGiBMonth < 0 {
		return usagef("--price-gib-month %v is not a price", o.priceGiBMonth)
	}
	if o.priceGiBMonth != analysis.DefaultPrice.PerGiBMonth {
		o.price = analysis.Price{PerGiBMonth: o.priceGiBMonth, From: "--price-gib-month"}
	}
	text := strings.TrimPrefix(strings.TrimSpace(o.priceText), "$")
	if text == "" {
		return nil
	}
	if p, ok := analysis.PriceByName(strings.ToLower(text)); ok {
		o.price = p
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || n < 0 {
		return usagef("--price %q is neither a number of dollars nor one of %s", data.Clean(o.priceText), priceNames())
	}
	o.price = analysis.Price{PerGiBMonth: n, From: "--price"}
	return nil
}

// priceNamed reports whether a flag says what memory costs.
func (o *options) priceNamed() bool {
	return strings.TrimSpace(o.priceText) != "" || o.priceGiBMonth != analysis.DefaultPrice.PerGiBMonth
}

// monthHours is how many hours of a price make a month, as cloud providers reckon it.
const monthHours = 730

// price is what memory costs by OpenCost's metric, unless a flag says it. No price is no failure: the default is shown by
// its name.
func (f *finder) price(ctx context.Context, r *prom.Reader, reachable bool) analysis.Price {
	if f.priced || !reachable {
		return analysis.Price{}
	}
	p, err := r.RAMPrice(ctx)
	if err != nil || p == nil {
		return analysis.Price{}
	}
	nodes := "1 node"
	if p.Nodes > 1 {
		nodes = "the mean of " + strconv.Itoa(p.Nodes) + " nodes"
	}
	return analysis.Price{PerGiBMonth: p.PerGiBHour * monthHours, From: "OpenCost's " + p.From + ", " + data.Clean(nodes)}
}

// priceOr is the price that metrics tell, or another.
func priceOr(m views.Metrics, other analysis.Price) analysis.Price {
	if m.Price.PerGiBMonth > 0 {
		return m.Price
	}
	return other
}
