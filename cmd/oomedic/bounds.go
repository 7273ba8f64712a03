package main

import (
	"context"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// bounds reads what the namespaces of the cases allow, each once, and writes into the cases what autoscalers may make of
// their workloads.
func bounds(ctx context.Context, c *kube.Client, cases []analysis.Case) map[data.Text]*data.Bounds {
	out := map[data.Text]*data.Bounds{}
	known := map[data.Text]kube.NamespaceBounds{}
	for i := range cases {
		k := &cases[i].Container
		b, ok := known[k.Key.Namespace]
		if !ok {
			b = c.Bounds(ctx, k.Key.Namespace.String())
			known[k.Key.Namespace] = b
			out[k.Key.Namespace] = &b.Bounds
		}
		if n, ok := b.MostReplicas[[2]string{k.Workload.Kind.String(), k.Workload.Name.String()}]; ok && k.Workload.MaxReplicas == nil {
			k.Workload.MaxReplicas = &n
		}
	}
	return out
}
