package main

import (
	"math"
	"strconv"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
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
