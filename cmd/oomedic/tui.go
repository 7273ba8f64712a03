package main

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
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
	return o.show(ctx, client, cluster, m, openJournal())
}

// show runs the watch and the UI side by side until the person leaves. What others write to standard error meanwhile
// (credential plugins, runtimes) goes to the log and not into the screen.
func (o *options) show(ctx context.Context, c *kube.Client, cluster data.Cluster, m *finder, j ui.Journal) error {
	store := data.NewStore(time.Now)
	ctx, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		defer func() {
			// A panic here would end the program with the terminal in raw mode: it becomes a stale list instead.
			if p := recover(); p != nil {
				o.log.Error("the watch panicked", "panic", p, "stack", string(debug.Stack()))
				store.SetHealth("", data.Stale, data.Textf("the watch failed inside: %v", p))
			}
		}()
		if err := c.Watch(ctx, store); err != nil && ctx.Err() == nil {
			store.SetHealth("", data.Stale, data.Clean(err.Error()))
		}
	}()
	defer func() {
		stop()
		<-watched
	}()
	restore := divertStderr(o.logTo)
	defer restore()
	return ui.Run(ctx, ui.Options{
		Source: store, Cluster: c, Journal: j, Metrics: m, Connections: m, Where: cluster, Since: o.since,
		Theme: o.theme, ReadOnly: o.readOnly, Price: o.price, Log: o.log, Now: time.Now, Zone: time.Local,
	})
}
