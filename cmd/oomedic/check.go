package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

func newCheck(o *options) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "check",
		Short: "Say where the memory history can come from, what is missing there, and what to do next",
		Long: `check asks every place where a Prometheus may be: the one that was named, and the services of the cluster that look like
one. It prints what each answered, why it was taken or refused, how far back it reaches, which metrics it has and from which
job, and what is lost without the others. It ends with 1 when none can be used.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if output != "table" && output != "json" {
				return usagef("-o %q is not a format: use table or json", data.Clean(output))
			}
			if err := o.complete(); err != nil {
				return err
			}
			return o.check(c.Context(), output)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "table", "Format: table or json")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// errNoneUsable ends check with exit code 1.
var errNoneUsable = errors.New("no Prometheus can be used: kills are listed, without memory history")

// checked is what check found, and its JSON form.
type checked struct {
	Cluster    string             `json:"cluster"`
	Used       string             `json:"used"`
	MetricsAPI bool               `json:"metricsAPI"`
	Candidates []checkedCandidate `json:"candidates"`
	Gaps       []data.Gap         `json:"gaps"`
	Next       []string           `json:"next"`
}

type checkedCandidate struct {
	Name                  string          `json:"name"`
	Kind                  string          `json:"kind"`
	Address               string          `json:"address"`
	Via                   string          `json:"via"`
	State                 string          `json:"state"`
	Used                  bool            `json:"used"`
	Answer                string          `json:"answer,omitempty"`
	Why                   string          `json:"why"`
	Next                  string          `json:"next,omitempty"`
	Retention             string          `json:"retention,omitempty"`
	ReachSeconds          *float64        `json:"reachSeconds,omitempty"`
	ScrapeIntervalSeconds *float64        `json:"scrapeIntervalSeconds,omitempty"`
	Metrics               []checkedMetric `json:"metrics,omitempty"`
	Missing               []data.Gap      `json:"missing,omitempty"`
}

// inUse reports whether the candidate is the one that is asked, and answers.
func (c checkedCandidate) inUse() bool { return c.Used && c.State == string(data.Accepted) }

type checkedMetric struct {
	Name string   `json:"name"`
	Has  bool     `json:"has"`
	Jobs []string `json:"jobs,omitempty"`
}

// check prints the candidates. A cluster that can't be reached is no hindrance when a Prometheus was named.
func (o *options) check(ctx context.Context, output string) error {
	client, cluster, err := o.connect(ctx)
	var f *finder
	var offline error
	switch {
	case err == nil:
		f, err = o.openMetrics(client, cluster)
	case o.metrics.url != "":
		offline = err
		f, err = o.namedMetrics()
	}
	if err != nil {
		return err
	}
	state := f.Probe(ctx)
	candidates, gaps := f.Candidates(ctx)
	if offline != nil {
		gaps = append(gaps, data.Gap{What: "services of the cluster", Why: data.Clean(offline.Error())})
	}
	r := checkedAll(candidates, gaps, state, f.present != nil && f.present.Available(ctx))
	r.Cluster = cluster.Server.String()
	if output == "json" {
		enc := json.NewEncoder(o.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(r)
	} else {
		err = writeCheck(o.Out, r)
	}
	if err == nil && !slices.ContainsFunc(r.Candidates, checkedCandidate.inUse) {
		return errNoneUsable
	}
	return err
}

// checkedAll puts together what was found.
func checkedAll(candidates []data.Candidate, gaps []data.Gap, state views.Metrics, metricsAPI bool) checked {
	r := checked{MetricsAPI: metricsAPI, Gaps: gaps, Candidates: []checkedCandidate{}}
	if r.Gaps == nil {
		r.Gaps = []data.Gap{}
	}
	for _, c := range candidates {
		r.Candidates = append(r.Candidates, checkedOf(c))
		if c.Used {
			r.Used = c.Name.String()
		}
	}
	r.Next = nextSteps(candidates, state, r.MetricsAPI)
	return r
}

func checkedOf(c data.Candidate) checkedCandidate {
	out := checkedCandidate{
		Name: c.Name.String(), Kind: c.Kind.String(), Address: c.Address.String(), Via: c.Via.String(), State: string(c.State), Used: c.Used,
		Answer: c.Answer.String(), Why: c.Why.String(), Next: c.Next.String(), Retention: c.Has.Retention.String(), Missing: c.Missing,
		ReachSeconds: seconds(c.Has.Reach), ScrapeIntervalSeconds: seconds(c.Has.ScrapeInterval),
	}
	for _, m := range c.Has.Metrics {
		one := checkedMetric{Name: m.Name.String(), Has: m.Has}
		for _, j := range m.Jobs {
			one.Jobs = append(one.Jobs, j.String())
		}
		out.Metrics = append(out.Metrics, one)
	}
	return out
}

// seconds is a duration that is known, or nil.
func seconds(d time.Duration) *float64 {
	if d <= 0 {
		return nil
	}
	s := d.Seconds()
	return &s
}

// nextSteps are what a person can do, the most helpful first.
func nextSteps(cs []data.Candidate, state views.Metrics, metricsAPI bool) []string {
	var out []string
	add := func(s string) {
		for _, have := range out {
			if have == s {
				return
			}
		}
		out = append(out, s)
	}
	for _, c := range cs {
		if c.Used && c.State == data.Accepted {
			for _, g := range c.Missing {
				add("to have " + g.What.String() + ": " + g.Why.String())
			}
			if len(out) == 0 {
				add("nothing is missing: run oomedic")
			}
			return out
		}
	}
	for _, c := range cs {
		if c.State == data.Refused && c.Next != "" {
			add(c.Name.String() + ": " + c.Next.String())
		}
	}
	if len(cs) == 0 {
		add("if one runs elsewhere, name it: --prometheus-url http://HOST:9090, or prometheus.url in the configuration file")
		add("if one runs in the cluster under other labels: kubectl -n NAMESPACE port-forward svc/NAME 9090, then --prometheus-url http://localhost:9090")
	}
	if state.Problem != "" && len(out) == 0 {
		add(state.Problem.String())
	}
	if metricsAPI {
		add("until then charts grow from the metrics API while oomedic runs")
	}
	return out
}

// writeCheck prints the candidates for people.
func writeCheck(w io.Writer, r checked) error {
	used := slices.ContainsFunc(r.Candidates, checkedCandidate.inUse)
	if len(r.Candidates) == 0 {
		fmt.Fprintln(w, "No service in the cluster looks like a Prometheus, and none was named.")
	} else {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "STATE\tCANDIDATE\tKIND\tVIA\tADDRESS")
		for _, c := range r.Candidates {
			state := c.State
			if c.inUse() {
				state = "in use"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", state, c.Name, c.Kind, c.Via, c.Address)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	for _, c := range r.Candidates {
		if !used {
			c.Next = "" // stands below, with those of all
		}
		if err := writeCandidate(w, c); err != nil {
			return err
		}
	}
	for _, g := range r.Gaps {
		fmt.Fprintf(w, "\n! not known: %s: %s\n", g.What, g.Why)
	}
	if r.MetricsAPI {
		fmt.Fprintln(w, "\nThe metrics API answers: it tells memory now, not of the past.")
	}
	fmt.Fprintln(w, "\nNext:")
	for _, n := range r.Next {
		fmt.Fprintf(w, "  - %s\n", n)
	}
	return nil
}

func writeCandidate(w io.Writer, c checkedCandidate) error {
	fmt.Fprintf(w, "\n%s\n", c.Name)
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "  %-9s %s\n", name, text)
		}
	}
	line("answer", c.Answer)
	line("why", c.Why)
	line("next", c.Next)
	if len(c.Metrics) == 0 {
		return nil
	}
	if c.State == string(data.Accepted) {
		reach := "not known"
		if c.ReachSeconds != nil {
			reach = "samples from " + views.Days(time.Duration(*c.ReachSeconds*float64(time.Second))) + " ago on"
		}
		if c.Retention != "" {
			reach += ", set to keep " + c.Retention
		}
		line("history", reach)
		if c.ScrapeIntervalSeconds != nil {
			line("sampled", "every "+time.Duration(*c.ScrapeIntervalSeconds*float64(time.Second)).String())
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  METRIC\tTHERE\tJOB")
	for _, m := range c.Metrics {
		there := "no"
		if m.Has {
			there = "yes"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\n", m.Name, there, strings.Join(m.Jobs, ", "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, g := range c.Missing {
		fmt.Fprintf(w, "  ! without it: %s: %s\n", g.What, g.Why)
	}
	return nil
}
