package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

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
	box, err := demo.Start(ctx, demo.Options{Log: o.log, Now: clock})
	if err != nil {
		return fmt.Errorf("the sandbox did not start: %w", err)
	}
	defer box.Close() //nolint:errcheck // it holds nothing that outlives the program
	folder, err := os.MkdirTemp("", "oomedic-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // the journal of a cluster that is gone by then
	written := journal.New(filepath.Join(folder, "changes.jsonl"), nil)
	client := kube.NewFor(box.Clientset(), "embedded", kube.Options{
		Namespaces: o.namespaces(), Selector: o.selector, ReadOnly: o.readOnly, Context: "demo", Log: o.log, Journal: written, Now: clock,
	})
	cluster, err := client.Check(ctx)
	if err != nil {
		return err
	}
	m, err := demoMetrics(box.Address(), box.Transport(), o)
	if err != nil {
		return err
	}
	m.usages, m.selected = client.Usages(), o.selector != ""
	if print || !o.interactive() {
		return o.printReport(ctx, client, cluster, m)
	}
	return o.show(ctx, o.watch(ctx, client, cluster, nil), ui.Options{Cluster: client, Journal: written, Metrics: m, Connections: m, Where: cluster})
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
