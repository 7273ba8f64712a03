package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/demo"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/data/prom"
	"github.com/oomedic/oomedic/ui"
	"github.com/oomedic/oomedic/views"
)

func newRisk(o *options) *cobra.Command {
	var sandbox bool
	c := &cobra.Command{
		Use:   "risk",
		Short: "List containers that are near their limit or on the way to it, with the time left",
		Long: `risk lists, before anything is killed, every container at 85% of its memory limit or more, those whose growth meets the limit,
with the time that is left, and those whose limit or request does not fit what they use. The memory comes from Prometheus
in five questions at most, else from the metrics API. Its JSON is described in docs/risk.md.`,
		Args: noArgs,
		Example: `  # what dies within the hour, for a script
  oomedic risk -A -o json | jq '.risks[] | select(.secondsLeft != null and .secondsLeft < 3600)'

  # without a cluster
  oomedic risk --demo`,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.complete(); err != nil {
				return err
			}
			if err := o.checkOutput(); err != nil {
				return err
			}
			return o.onCluster(c.Context(), sandbox, o.printRisks)
		},
	}
	o.addOutput(c)
	c.Flags().BoolVar(&sandbox, "demo", false, "Look at the cluster of \"oomedic demo\", which needs no Kubernetes")
	return c
}

// onCluster runs something on the cluster of the kubeconfig, or on that of the sandbox.
func (o *options) onCluster(ctx context.Context, sandbox bool, run func(context.Context, *kube.Client, data.Cluster, *finder) error) error {
	if sandbox {
		return o.withSandbox(ctx, run)
	}
	client, cluster, err := o.connect(ctx)
	if err != nil {
		return err
	}
	m, err := o.openMetrics(client, cluster)
	if err != nil {
		return err
	}
	return run(ctx, client, cluster, m)
}

// withSandbox runs something on the cluster of the sandbox.
func (o *options) withSandbox(ctx context.Context, run func(context.Context, *kube.Client, data.Cluster, *finder) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	box, err := demo.Start(ctx, demo.Options{Log: o.log})
	if err != nil {
		return fmt.Errorf("the sandbox did not start: %w", err)
	}
	defer box.Close() //nolint:errcheck // it holds nothing that outlives the program
	client := kube.NewFor(box.Clientset(), "embedded", kube.Options{Namespaces: o.namespaces(), Selector: o.selector, ReadOnly: true, Context: "demo", Log: o.log})
	cluster, err := client.Check(ctx)
	if err != nil {
		return err
	}
	m, err := demoMetrics(box.Address(), box.Transport(), o)
	if err != nil {
		return err
	}
	m.usages, m.selected = client.Usages(), o.selector != ""
	return run(ctx, client, cluster, m)
}

// printRisks looks once and prints the risks in the format that was asked for.
func (o *options) printRisks(ctx context.Context, c *kube.Client, cluster data.Cluster, m *finder) error {
	state := m.Probe(ctx)
	if !state.Reachable {
		return fmt.Errorf("the memory of the cluster can't be read: %s; name a Prometheus with --prometheus-url or install metrics-server (\"oomedic check\" says more)", state.Problem)
	}
	o.price = priceOr(state, o.price)
	looks := &ui.RiskLooks{Metrics: m, Cluster: c, Price: o.price, Now: time.Now}
	b, _, risks, err := looks.Look(ctx, cluster.Namespaces)
	if err != nil {
		return fmt.Errorf("the memory of the cluster can't be read: %w", err)
	}
	if o.output == "table" || o.output == "" {
		return writeRisks(o.Out, b, risks)
	}
	rm := analysis.ReportMetrics{Source: b.Source, Reachable: true}
	if state.Problem != "" {
		rm.Problem = &state.Problem
	}
	r := analysis.NewRiskReport(time.Now(), cluster, rm, b.Gaps, risks, b.Summary, o.price)
	if o.output == "yaml" {
		text, err := yaml.Marshal(r)
		if err != nil {
			return fmt.Errorf("the risks can't be written as YAML: %w", err)
		}
		_, err = o.Out.Write(text)
		return err
	}
	enc := json.NewEncoder(o.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

// writeRisks prints one line a container, first those in danger, then those whose sizes do not fit.
func writeRisks(w io.Writer, b *views.RiskBoard, risks []analysis.Risk) error {
	danger := 0
	for i := range risks {
		if risks[i].Level != analysis.RiskSizing {
			danger++
		}
	}
	if danger == 0 {
		fmt.Fprintf(w, "No container is near its limit or on the way to it (%d looked at).\n", b.Summary.Containers)
	} else if err := riskLines(w, risks[:danger]); err != nil {
		return err
	}
	if len(risks) > danger {
		fmt.Fprintf(w, "\nSizes that do not fit (%d):\n", len(risks)-danger)
		if err := riskLines(w, risks[danger:]); err != nil {
			return err
		}
	}
	s := b.Summary
	fmt.Fprintf(w, "\n%d containers: %d critical, %d warning, %d notice; %d without limit, %d without request, %d with a limit over twice the request\n",
		s.Containers, s.Critical, s.Warning, s.Notice, s.NoLimit, s.NoRequest, s.WideLimit)
	if s.HeapBound > 0 {
		fmt.Fprintf(w, "%d with a heap bound that leaves no room under the limit (settings of %d were read)\n", s.HeapBound, s.HeapRead)
	}
	if s.GiveBack > 0 {
		fmt.Fprintf(w, "%s of requests could be given back ($%.2f a month)\n", data.HumanBytes(float64(s.GiveBack)), s.Monthly)
	}
	for _, g := range b.Gaps {
		fmt.Fprintf(w, "! not known: %s: %s\n", g.What, g.Why)
	}
	return nil
}

// riskLines prints a table of risks.
func riskLines(w io.Writer, risks []analysis.Risk) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "LEVEL\tNAMESPACE\tWORKLOAD\tCONTAINER\tPOD\tUSE\tLIMIT\tREQUEST\tOOM IN\tWHY")
	for i := range risks {
		r := &risks[i]
		u, left, ref := &r.Usage, "-", data.Text("-")
		if r.Left != nil {
			left = analysis.LeftText(r).String()
		}
		if u.Owner != nil && u.Owner.Ref() != "" {
			ref = u.Owner.Ref()
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Level, u.Key.Namespace, ref, u.Key.Container, u.Key.Pod,
			riskShare(r.Share), riskSize(u, u.Limit), riskSize(u, u.Request), left, r.Why)
	}
	return t.Flush()
}

// riskShare writes a share of the limit, or a question mark when it is unknown.
func riskShare(share *float64) data.Text {
	if share == nil {
		return "?"
	}
	return analysis.SharePercent(share)
}

// riskSize writes a limit or request; one that nobody told is not called none.
func riskSize(u *data.Usage, n *int64) string {
	if n == nil && !u.Specified {
		return "?"
	}
	return views.Limit(n)
}

// Usage reads the memory of all containers: from Prometheus, with limits from the API server where it has none, else from
// the metrics API. A label selector, which metrics do not know, is applied by the pods' names.
func (f *finder) Usage(ctx context.Context, namespaces []data.Text) (*data.ClusterUsage, error) {
	r := f.current()
	switch {
	case r == nil && f.usages == nil:
		return nil, errNoPrometheus
	case r == nil:
		return f.usages.Read(ctx)
	}
	var specs prom.Specs
	if f.usages != nil {
		specs = f.usages.Specs
	}
	ask := r.Usage
	if f.selected && specs != nil {
		ask = r.UsageOf
		specs = func(ctx context.Context, u *data.ClusterUsage) error {
			if err := f.usages.Specs(ctx, u); err != nil {
				return fmt.Errorf("the pods that -l selects can't be listed: %w", err)
			}
			return nil
		}
	}
	u, err := ask(ctx, namespaces, specs)
	if err != nil {
		return nil, err
	}
	if f.usages != nil {
		if err := f.usages.Settings(ctx, u); err != nil {
			u.Gaps = append(u.Gaps, data.Gap{What: "heap bounds of runtimes", Why: data.Clean(err.Error())})
		}
	}
	if f.shown != "" {
		u.Source = f.shown
	}
	return u, nil
}
