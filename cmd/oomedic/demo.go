package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/demo"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/data/prom"
	"github.com/oomedic/oomedic/ui"
)

func newDemo(o *options) *cobra.Command {
	c := &cobra.Command{
		Use:   "demo",
		Short: "Open the terminal UI on a cluster inside the program; no Kubernetes needed",
		Long: `demo runs a small cluster inside the program: client-go's fake API server and a real Prometheus engine with 30 days of
memory history for workloads that show each root cause, some healthy. Kills happen while you watch, and a fix takes effect.
With -o it prints the report of that cluster instead.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.complete(); err != nil {
				return err
			}
			return o.demo(c.Context(), c.Flags().Changed("output"))
		},
	}
	o.addOutput(c)
	return c
}

// demo shows the sandbox.
func (o *options) demo(ctx context.Context, print bool) error {
	if err := o.checkOutput(); err != nil {
		return err
	}
	collect(goCollectAt)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &demoCluster{o: o}
	defer s.close()
	if print || !o.interactive() {
		if err := s.start(ctx); err != nil {
			return err
		}
		return o.printReport(ctx, s.client, s.cluster, s.metrics)
	}
	open := func(ctx context.Context) (ui.Opened, error) {
		if err := s.start(ctx); err != nil {
			return ui.Opened{}, err
		}
		w := o.watch(ctx, s.client, s.cluster, nil)
		place := ui.Place{Source: w.store, Cluster: s.client, Metrics: s.metrics, Connections: s.metrics, Where: s.cluster, Stop: w.stop}
		return ui.Opened{Place: place, Journal: s.written}, nil
	}
	return o.show(ctx, open, ui.Options{Where: data.Cluster{Context: demoContext}})
}

// demoContext is what the sandbox goes by in the place of a kubeconfig's context.
const demoContext = "demo"

// demoCluster is the cluster inside the program with its doors.
type demoCluster struct {
	o       *options
	box     *demo.Sandbox
	folder  string
	written *journal.Journal
	client  *kube.Client
	cluster data.Cluster
	metrics *finder
}

// start builds the cluster, which takes some tenths of a second.
func (s *demoCluster) start(ctx context.Context) error {
	o := s.o
	var err error
	if s.box, err = demo.Start(ctx, demo.Options{Log: o.log, Now: clock}); err != nil {
		return fmt.Errorf("the sandbox did not start: %w", err)
	}
	if s.folder, err = os.MkdirTemp("", "oomedic-demo-"); err != nil {
		return err
	}
	s.written = journal.New(filepath.Join(s.folder, "changes.jsonl"), nil)
	s.client = kube.NewFor(s.box.Clientset(), "embedded", kube.Options{
		Namespaces: o.namespaces(), Selector: o.selector, ReadOnly: o.readOnly, Context: demoContext, Log: o.log, Journal: s.written, Now: clock,
		Dial: s.box.DialPod,
	})
	if s.cluster, err = s.client.Check(ctx); err != nil {
		return err
	}
	if s.metrics, err = demoMetrics(s.box.Address(), s.box.Transport(), o); err != nil {
		return err
	}
	s.metrics.usages, s.metrics.selected = s.client.Usages(), o.selector != ""
	return nil
}

// close ends the cluster, and removes the journal of its changes.
func (s *demoCluster) close() {
	if s.box != nil {
		_ = s.box.Close() //nolint:errcheck // it holds nothing that outlives the program
	}
	if s.folder != "" {
		_ = os.RemoveAll(s.folder) //nolint:errcheck // of a cluster that is gone by then
	}
}

// loadTime bounds a question to the sandbox's engine. The first ones wait until its 30 days are loaded, which takes a
// second or two, and far longer on a machine that is busy.
const loadTime = 3 * time.Minute

// demoMetrics asks the engine of the sandbox by the same client as any Prometheus.
func demoMetrics(address string, t http.RoundTripper, o *options) (*finder, error) {
	e := prom.Endpoint{Name: "sandbox", Kind: "Prometheus engine", Address: address, Options: prom.Options{Transport: t, Log: o.log, Timeout: loadTime, Now: clock}}
	r, err := prom.Dial(address, e.Options)
	if err != nil {
		return nil, err
	}
	f := &finder{now: clock, configured: &e, shown: "embedded"}
	f.use(e.Name, r)
	return f, nil
}
