package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/ui"
)

// lookEvery is how often a watch looks for containers at risk; kills come by themselves.
const lookEvery = 30 * time.Second

func newWatch(o *options) *cobra.Command {
	var output string // its own: the default of a variable that commands share is that of whoever came last
	var sandbox bool
	c := &cobra.Command{
		Use:   "watch",
		Short: "Print a line for each new kill, and for each container that comes to be at risk",
		Long: `watch prints one line for each OOM kill as it happens, and one when a container comes to be at risk (warning, critical) or is
well again (cleared). With -o json each line is a JSON object, described in docs/risk.md. It runs until it is interrupted
or nobody reads its output any more. What is lost and found again on the way, the API server or Prometheus, is said on
the error stream.`,
		Args: noArgs,
		Example: `  # into a chat
  oomedic watch -A -o json | while read -r line; do curl -s -d "$line" "$WEBHOOK"; done`,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.complete(); err != nil {
				return err
			}
			if o.output = output; output != "text" && output != "json" {
				return usagef("-o %q is not a format: use text or json", data.Clean(output))
			}
			return o.onCluster(c.Context(), sandbox, o.watchCluster)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "text", "Format of the lines: text or json")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	c.Flags().BoolVar(&sandbox, "demo", false, "Watch the cluster of \"oomedic demo\", which needs no Kubernetes")
	return c
}

// looked is the answer of one look for risks.
type looked struct {
	crossings []analysis.Crossing
	problem   data.Text
}

// lastLine is how long a line may take once the watch is to end: a reader that has stopped reading holds it for ever.
const lastLine = 2 * time.Second

// watchCluster prints lines until ctx is done or nobody reads them.
func (o *options) watchCluster(ctx context.Context, c *kube.Client, cluster data.Cluster, m *finder) error {
	signal.Ignore(syscall.SIGPIPE) // a reader that leaves ends the watch in good order, and not by a signal
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go awaitReaderGone(ctx, o.Out, cancel)
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				o.log.Error("the watch panicked", "panic", p, "stack", string(debug.Stack()))
				ended <- fmt.Errorf("the watch failed inside: %v", p)
			}
		}()
		ended <- o.tellCluster(ctx, c, cluster, m)
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last := time.NewTimer(lastLine)
	defer last.Stop()
	select {
	case err := <-ended:
		return err
	case <-last.C:
		return nil
	}
}

// tellCluster prints lines until ctx is done or one can't be written.
func (o *options) tellCluster(ctx context.Context, c *kube.Client, cluster data.Cluster, m *finder) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	news := newKillNews(time.Now())
	w := o.watch(ctx, c, cluster, o.openKillLog(ctx, c))
	defer w.stop()
	looks := make(chan looked)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { o.lookForRisks(ctx, c, w.store, cluster, m, looks) })
	said := &outages{out: o.ErrOut}
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-w.store.Bell():
			s := w.store.Snapshot()
			said.server(s.Health, time.Now())
			for _, n := range news.take(s, time.Now()) {
				err = errors.Join(err, o.writeKill(n))
			}
		case l := <-looks:
			said.metrics(l.problem)
			for _, n := range news.take(w.store.Snapshot(), time.Now()) {
				err = errors.Join(err, o.writeKill(n))
			}
			news.counted = news.counted || l.problem == ""
			for i := range l.crossings {
				err = errors.Join(err, o.writeCrossing(&l.crossings[i]))
			}
		}
		switch {
		case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
			return nil
		case err != nil:
			return fmt.Errorf("the output can't be written: %w", err)
		}
	}
}

// lookForRisks looks again and again, and hands over what has to be told. A panic beneath a look is a look that failed.
func (o *options) lookForRisks(ctx context.Context, c *kube.Client, st *data.Store, where data.Cluster, m *finder, out chan<- looked) {
	looks := &ui.RiskLooks{Metrics: m, Cluster: c, Price: o.price, Now: time.Now}
	var crossings analysis.Crossings
	one := func() (l looked) {
		defer func() {
			if p := recover(); p != nil {
				o.log.Error("the look for risks panicked", "panic", p, "stack", string(debug.Stack()))
				l = looked{problem: data.Textf("the look failed inside: %v", p)}
			}
		}()
		if state := m.Probe(ctx); !state.Reachable {
			return looked{problem: state.Problem}
		}
		_, u, risks, err := looks.Look(ctx, where.Namespaces)
		if err != nil {
			return looked{problem: data.Clean(err.Error())}
		}
		o.childKills(ctx, c, st, where, m)
		return looked{crossings: crossings.Look(risks, u, time.Now())}
	}
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		l := one()
		select {
		case <-ctx.Done():
			return
		case out <- l:
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// outages says on the error stream when something is lost, and when it is back, once each.
type outages struct {
	out       io.Writer
	since     time.Time // the server is lost since; zero while it is there
	noMetrics bool
}

// server takes the newest health of the watch.
func (s *outages) server(h data.Health, now time.Time) {
	switch {
	case h.State == data.Stale && s.since.IsZero():
		s.since = now
		fmt.Fprintf(s.out, "oomedic: the API server can't be reached; kills are told when it is back: %s\n", h.Problem)
	case h.State == data.Live && !s.since.IsZero():
		fmt.Fprintf(s.out, "oomedic: the API server is back after %s\n", now.Sub(s.since).Round(time.Second))
		s.since = time.Time{}
	}
}

// metrics takes why the newest look failed, empty when it did not.
func (s *outages) metrics(problem data.Text) {
	switch {
	case problem != "" && !s.noMetrics:
		s.noMetrics = true
		fmt.Fprintf(s.out, "oomedic: the memory of the cluster can't be read, so risks are not told: %s\n", problem)
	case problem == "" && s.noMetrics:
		s.noMetrics = false
		fmt.Fprintln(s.out, "oomedic: the memory of the cluster is read again")
	}
}
