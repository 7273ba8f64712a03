package prom

import (
	"context"
	"math"

	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// nodeRAMCost is what OpenCost and Kubecost export: what a GiB of a node's memory costs for an hour, in the currency
// that they are set up with, dollars by default (opencost.io/docs/integrations/metrics).
const nodeRAMCost = "node_ram_hourly_cost"

// RAMPrice is what memory costs on the nodes of the cluster.
type RAMPrice struct {
	PerGiBHour float64   // dollars for a GiB and an hour, the mean of all nodes
	Nodes      int       // nodes with a price
	From       data.Text // the PromQL that shows the prices
}

// priceQuery gives the price of each node. A price of 0 is one that OpenCost does not know.
const priceQuery = "max by (node)(" + nodeRAMCost + ") > 0"

// RAMPrice returns what memory costs by the metric of OpenCost; nil without an error where there is none.
func (r *Reader) RAMPrice(ctx context.Context) (*RAMPrice, error) {
	a, err := r.instant(ctx, priceQuery, r.now())
	if err != nil {
		return nil, err
	}
	v, ok := a.value.(model.Vector)
	if !ok {
		return nil, nil
	}
	out := &RAMPrice{From: data.Clean(priceQuery)}
	sum := 0.0
	for _, one := range v {
		if p := float64(one.Value); p > 0 && !math.IsInf(p, 0) {
			sum += p
			out.Nodes++
		}
	}
	if out.Nodes == 0 {
		return nil, nil
	}
	out.PerGiBHour = sum / float64(out.Nodes)
	return out, nil
}
