package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

func newReport(o *options) *cobra.Command {
	c := &cobra.Command{
		Use:   "report",
		Short: "Print what the screens show, as a table, JSON or YAML",
		Args:  noArgs,
		Example: `  # every case of the last week, for a script
  oomedic report -A --since 7d -o json | jq '.cases[] | select(.confirmation.oomKilled)'`,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.complete(); err != nil {
				return err
			}
			return o.report(c.Context())
		},
	}
	o.addOutput(c)
	return c
}

// outputs are the formats of a report.
var outputs = []string{"table", "json", "yaml"}

func (o *options) addOutput(c *cobra.Command) {
	c.Flags().StringVarP(&o.output, "output", "o", "table", "Format of the report: table, json or yaml")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(outputs, cobra.ShellCompDirectiveNoFileComp))
}

func (o *options) checkOutput() error {
	for _, f := range outputs {
		if o.output == f || o.output == "" {
			return nil
		}
	}
	return usagef("-o %q is not a format: use table, json or yaml", data.Clean(o.output))
}

// report prints the report of the cluster of the kubeconfig.
func (o *options) report(ctx context.Context) error {
	if err := o.checkOutput(); err != nil {
		return err
	}
	client, cluster, err := o.connect(ctx)
	if err != nil {
		return err
	}
	m, err := o.openMetrics(client, cluster)
	if err != nil {
		return err
	}
	o.kills = o.openKillLog(ctx, client)
	return o.printReport(ctx, client, cluster, m)
}

// printReport collects the findings and prints them in the format that was asked for.
func (o *options) printReport(ctx context.Context, c *kube.Client, cluster data.Cluster, door *finder) error {
	f, err := o.collect(ctx, c, cluster, door)
	if err != nil {
		return err
	}
	m := analysis.ReportMetrics{Source: f.metrics.Source, Reachable: f.metrics.Reachable}
	if f.metrics.Problem != "" {
		m.Problem = &f.metrics.Problem
	}
	r := analysis.NewReport(time.Now(), f.cluster, m, f.gaps, f.diagnoses)
	switch o.output {
	case "json":
		enc := json.NewEncoder(o.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(r)
	case "yaml":
		b, err := yaml.Marshal(r)
		if err != nil {
			return fmt.Errorf("the report can't be written as YAML: %w", err)
		}
		_, err = o.Out.Write(b)
		return err
	}
	return o.printTable(f)
}
