package main

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/killlog"
	"github.com/oomedic/oomedic/data/kube"
)

// identityTime is how long the cluster may take to say which it is.
const identityTime = 5 * time.Second

// openKillLog returns the journal of the kills of a cluster; nil when there is no folder for it, or when a selector
// hides pods, whose former kills would look like those of deleted ones.
func (o *options) openKillLog(ctx context.Context, c *kube.Client) *killlog.Log {
	folder, err := killlog.Folder()
	if err != nil || o.selector != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, identityTime)
	defer cancel()
	return killlog.New(folder, c.Identity(ctx), time.Now)
}

// watched is a cluster with a watch that fills a store.
type watched struct {
	store *data.Store
	stop  func()
}

// watch begins to watch: what earlier runs saw is known at once, and what is seen is kept for the next. stop ends all of
// it and returns when it has ended; it may be called more than once.
func (o *options) watch(ctx context.Context, c *kube.Client, cluster data.Cluster, kills *killlog.Log) watched {
	w := watched{store: data.NewStore(clock)}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	if kills != nil {
		kills.Recall(w.store, cluster.Namespaces, maxSince)
		wg.Go(func() { kills.Follow(ctx, w.store) })
	}
	wg.Go(func() {
		defer func() {
			// A panic here would end the program with the terminal in raw mode: it becomes a stale list instead.
			if p := recover(); p != nil {
				o.log.Error("the watch panicked", "panic", p, "stack", string(debug.Stack()))
				w.store.SetHealth("", data.Stale, data.Textf("the watch failed inside: %v", p))
			}
		}()
		if err := c.Watch(ctx, w.store); err != nil && ctx.Err() == nil {
			w.store.SetHealth("", data.Stale, data.Clean(err.Error()))
		}
	})
	w.stop = func() {
		cancel()
		wg.Wait()
	}
	return w
}

// Past returns the kills that only Prometheus remembers; nothing without one.
func (f *finder) Past(ctx context.Context, namespaces []data.Text) (data.Past, []data.Gap) {
	r := f.current()
	if r == nil {
		return data.Past{}, nil
	}
	return r.Past(ctx, namespaces)
}
