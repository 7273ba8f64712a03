package main

import (
	"context"
	"os"
	"time"

	"github.com/oomedic/oomedic/ui"
)

// tui opens the terminal UI on the cluster of the kubeconfig.
func (o *options) tui(ctx context.Context) error {
	client, cluster, err := o.connect(ctx)
	if err != nil {
		return err
	}
	m, err := o.openMetrics(client, cluster)
	if err != nil {
		return err
	}
	w := o.watch(ctx, client, cluster, o.openKillLog(ctx, client))
	return o.show(ctx, w, ui.Options{
		Cluster: client, Journal: openJournal(), Metrics: m, Connections: m, Where: cluster,
		Switcher: &switcher{o: o, client: client, context: cluster.Context, metrics: m},
	})
}

// show runs the UI on a watch until the person leaves, and ends the watch. What others write to standard error meanwhile
// (credential plugins, runtimes) goes to the log and not into the screen.
func (o *options) show(ctx context.Context, w watched, u ui.Options) error {
	defer w.stop()
	restore := divertStderr(o.logTo)
	defer restore()
	u.Source, u.Stop, u.Since, u.ReadOnly = w.store, w.stop, o.since, o.readOnly || u.Where.ReadOnly
	o.dress(&u, os.Getenv)
	u.Protected = u.Where.Protected
	u.Price, u.Log, u.Now, u.Zone = o.price, o.log, clock, time.Local
	return ui.Run(ctx, u)
}
