package main

import (
	"context"
	"os"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/ui"
)

// tui opens the terminal UI on the cluster of the kubeconfig. The first requests are made behind the screen, unless a
// credential plugin may want to ask for something: then the terminal is still its own.
func (o *options) tui(ctx context.Context) error {
	cfg, ko, err := o.readKubeconfig()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	connect := func(ctx context.Context) (*kube.Client, data.Cluster, error) { return o.open(ctx, cfg, ko) }
	if mayAsk(cfg) {
		client, cluster, err := connect(ctx)
		if err != nil {
			return err
		}
		connect = func(context.Context) (*kube.Client, data.Cluster, error) { return client, cluster, nil }
	}
	open := func(ctx context.Context) (ui.Opened, error) {
		client, cluster, err := connect(ctx)
		if err != nil {
			return ui.Opened{}, err
		}
		m, err := o.openMetrics(client, cluster)
		if err != nil {
			return ui.Opened{}, err
		}
		w := o.watch(ctx, client, cluster, o.openKillLog(ctx, client))
		return ui.Opened{
			Place:    ui.Place{Source: w.store, Cluster: client, Metrics: m, Connections: m, Where: cluster, Stop: w.stop},
			Switcher: &switcher{o: o, client: client, context: cluster.Context, metrics: m}, Journal: openJournal(),
		}, nil
	}
	where := data.Cluster{Context: data.Clean(ko.Context)}
	for _, n := range ko.Namespaces {
		where.Namespaces = append(where.Namespaces, data.Clean(n))
	}
	return o.show(ctx, open, ui.Options{Where: where})
}

// show runs the UI on the place that open gives until the person leaves, and ends what was opened. What others write to
// standard error meanwhile (credential plugins, runtimes) goes to the log and not into the screen.
func (o *options) show(ctx context.Context, open func(context.Context) (ui.Opened, error), u ui.Options) error {
	restore := divertStderr(o.logTo)
	defer restore()
	first := openBehind(ctx, open, o.log)
	defer first.end()
	u.Open, u.Since, u.ReadOnly = first.wait, o.since, o.readOnly || u.Where.ReadOnly
	o.dress(&u, os.Getenv)
	u.Protected = u.Where.Protected
	u.Price, u.Log, u.Now, u.Zone = o.price, o.log, clock, time.Local
	return ui.Run(ctx, u)
}
