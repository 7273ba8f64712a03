package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/data/profile"
)

// profileFlags are the flags of profile.
type profileFlags struct {
	container   string
	heap        bool
	goroutines  bool
	again       time.Duration
	lines       int
	withoutLogs bool
}

func newProfile(o *options) *cobra.Command {
	var f profileFlags
	c := &cobra.Command{
		Use:   "profile KIND/NAME",
		Short: "Say how to profile a container's memory, and fetch a Go heap profile",
		Long: `profile prints the runtime of a container, the commands that show what its memory is made of, the pitfalls of each, and what
the log before the last restart hints at. With --heap it fetches a heap profile of a Go program that serves net/http/pprof,
through the API server, and with --again a second one: the lines that grew between the two are the leak.
Beside workloads that were killed it takes pod/NAME.`,
		Example: `  oomedic profile deployment/api -n shop -c main

  # the lines of the program that hold memory, and those that grow within two minutes
  oomedic profile pod/api-7d9f8b6c54-x2x4q -n shop --heap --again 2m`,
		Args: oneWorkload,
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(o.complete(), f.check()); err != nil {
				return err
			}
			return o.profile(c.Context(), &f, args[0])
		},
	}
	fl := c.Flags()
	fl.StringVarP(&f.container, "container", "c", "", "The container; not needed when there is only one")
	fl.BoolVar(&f.heap, "heap", false, "Fetch a heap profile (Go)")
	fl.BoolVar(&f.goroutines, "goroutines", false, "Fetch a goroutine profile (Go)")
	fl.DurationVar(&f.again, "again", 0, "Fetch once more after this time and print what grew")
	fl.IntVar(&f.lines, "lines", 10, "How many lines of a profile are printed")
	fl.BoolVar(&f.withoutLogs, "without-log", false, "Do not read the container's log")
	return c
}

func (f *profileFlags) check() error {
	switch {
	case f.again < 0 || f.lines < 1:
		return usagef("--again and --lines must be above zero")
	case f.again > 0 && !f.heap && !f.goroutines:
		return usagef("--again wants --heap or --goroutines")
	}
	return nil
}

// profile prints how to profile a container, and profiles it when it was said to.
func (o *options) profile(ctx context.Context, f *profileFlags, ref string) error {
	client, cluster, err := o.connectOne(ctx)
	if err != nil {
		return err
	}
	c, err := o.containerOf(ctx, client, f.container, ref)
	if err != nil {
		return err
	}
	if f.heap || f.goroutines {
		return o.fetchProfiles(ctx, client, f, c.Key)
	}
	var b strings.Builder
	writeProfiling(&b, analysis.ProfilingOf(c))
	if m, err := o.openMetrics(client, cluster); err == nil && m.Probe(ctx).Reachable {
		if rm, err := m.RuntimeMemory(ctx, c); err == nil && rm != nil {
			writeRuntimeMemory(&b, rm)
		}
	}
	if !f.withoutLogs {
		tail, err := client.LastLog(ctx, c.Key)
		writeLog(&b, &tail, err)
	}
	_, err = io.WriteString(o.Out, b.String())
	return err
}

// containerOf is the container that is meant: of the newest kill of a workload, or of a pod.
func (o *options) containerOf(ctx context.Context, client *kube.Client, name, ref string) (*data.Container, error) {
	ns := *o.kube.Namespace
	if pod, ok := strings.CutPrefix(ref, "pod/"); ok {
		p, err := client.FetchPod(ctx, ns, pod, func(c string) bool { return name == "" || c == name })
		if err != nil {
			return nil, err
		}
		switch len(p.Containers) {
		case 0:
			return nil, fmt.Errorf("pod %s has no container %s", data.Clean(pod), data.Clean(name))
		case 1:
			return &p.Containers[0], nil
		}
		var names []string
		for i := range p.Containers {
			names = append(names, p.Containers[i].Key.Container.String())
		}
		return nil, usagef("pod %s has several containers: say which with -c: %s", data.Clean(pod), shortList(names, 10))
	}
	w, containers, err := client.Find(ctx, ns, ref)
	if err != nil {
		return nil, err
	}
	found, err := pick(w, containers, name)
	if err != nil {
		return nil, err
	}
	store := data.NewStore(time.Now)
	if err := client.List(ctx, store); err != nil {
		return nil, err
	}
	killed, _ := analysis.Cases(store.Snapshot().Containers, nil, maxSince, time.Now())
	for i := range killed {
		if c := &killed[i].Container; c.Workload.Same(w) && c.Key.Container == found.Name {
			return c, nil
		}
	}
	return nil, fmt.Errorf("no OOM kill of container %s of %s is known: name a pod, as pod/NAME", found.Name, w.Ref())
}

// fetchProfiles fetches one profile, or two with a wait between them.
func (o *options) fetchProfiles(ctx context.Context, client *kube.Client, f *profileFlags, k data.Key) error {
	kinds := []data.ProfileKind{}
	if f.heap {
		kinds = append(kinds, data.HeapProfile)
	}
	if f.goroutines {
		kinds = append(kinds, data.GoroutineProfile)
	}
	first := map[data.ProfileKind]*data.MemoryProfile{}
	for _, kind := range kinds {
		p, err := client.Profile(ctx, k, kind)
		if err != nil {
			return err
		}
		first[kind] = p
		writeProfile(o.Out, p, f.lines)
	}
	if f.again == 0 {
		return nil
	}
	t := time.NewTimer(f.again)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
	}
	for _, kind := range kinds {
		p, err := client.Profile(ctx, k, kind)
		if err != nil {
			return err
		}
		writeGrowth(o.Out, first[kind], p, f.lines)
	}
	return nil
}

// writeProfile prints the lines that hold most.
func writeProfile(w io.Writer, p *data.MemoryProfile, most int) {
	fmt.Fprintf(w, "%s profile of %s from port %d: %s in all\n", p.Kind, p.At.Format(time.TimeOnly), p.Port, profileAmount(p.Kind, p.Total))
	for i := range p.Lines[:min(most, len(p.Lines))] {
		l := &p.Lines[i]
		fmt.Fprintf(w, "  %8s  %s  %s:%d\n", profileAmount(p.Kind, l.Flat), l.Function, l.File, l.Line)
	}
	fmt.Fprintf(w, "  # %s\n", p.From)
}

// writeGrowth prints the lines that grew most between two profiles, with the way to them.
func writeGrowth(w io.Writer, a, b *data.MemoryProfile, most int) {
	fmt.Fprintf(w, "\ngrown within %s: %s\n", b.At.Sub(a.At).Round(time.Second), profileAmount(b.Kind, b.Total-a.Total))
	grown := profile.Growth(a, b)
	for i := range grown[:min(most, len(grown))] {
		g := &grown[i]
		if g.Grown <= 0 {
			break
		}
		rate := ""
		if g.PerHour != nil && b.Kind == data.HeapProfile {
			rate = " (" + data.HumanBytes(*g.PerHour) + " an hour)"
		}
		fmt.Fprintf(w, "  %8s%s  %s  %s:%d\n", "+"+profileAmount(b.Kind, g.Grown), rate, g.Function, g.File, g.Line)
		if i == 0 {
			for _, s := range g.Stack {
				fmt.Fprintf(w, "            called by %s\n", s)
			}
		}
	}
}

// profileAmount is a value of a profile for people: bytes, or a number of goroutines.
func profileAmount(kind data.ProfileKind, n int64) string {
	if kind == data.GoroutineProfile {
		return fmt.Sprint(n)
	}
	return data.HumanBytes(float64(n))
}

// writeProfiling prints runtime, ways and pitfalls.
func writeProfiling(b *strings.Builder, p analysis.Profiling) {
	fmt.Fprintf(b, "Runtime: %s (%s)\n", p.RuntimeName, p.RuntimeFrom)
	if p.First != "" {
		fmt.Fprintf(b, "\nGive it room first, without a restart:\n  %s\n", p.First)
	}
	for _, w := range p.Ways {
		fmt.Fprintf(b, "\n%s\n", w.Title)
		for _, c := range w.Commands {
			fmt.Fprintf(b, "  %s\n", c)
		}
		for _, l := range w.Pitfalls {
			fmt.Fprintf(b, "  ! %s\n", l)
		}
	}
	fmt.Fprintln(b, "\nAlways")
	for _, l := range p.Always {
		fmt.Fprintf(b, "  ! %s\n", l)
	}
	fmt.Fprintln(b, "\nWhat usually leaks here")
	for _, l := range p.Patterns {
		fmt.Fprintf(b, "  - %s\n", l)
	}
}

// writeRuntimeMemory prints what the runtime says of its memory.
func writeRuntimeMemory(b *strings.Builder, m *data.RuntimeMemory) {
	fmt.Fprintln(b, "\nBy the runtime's own metrics")
	for _, p := range m.Parts {
		fmt.Fprintf(b, "  %-16s %s\n", p.Name, data.HumanBytes(p.Samples.V[p.Samples.Len()-1]))
	}
	for _, l := range analysis.RuntimeMemoryWords(m) {
		fmt.Fprintf(b, "  %s\n", l)
	}
}

// writeLog prints what the log hints at, with the lines.
func writeLog(b *strings.Builder, l *data.LogTail, err error) {
	fmt.Fprintln(b, "\nThe log before the last restart")
	if err != nil {
		fmt.Fprintf(b, "  ? %s\n", err)
		return
	}
	if l.Short != "" {
		fmt.Fprintf(b, "  ? %s\n", l.Short)
	}
	for _, h := range analysis.LogHints(l) {
		fmt.Fprintf(b, "  %s. %s\n", h.Says, h.Means)
		for _, i := range h.Lines {
			fmt.Fprintf(b, "    | %s\n", l.Lines[i].Text)
		}
	}
	fmt.Fprintf(b, "  # %s\n", l.From)
}

// RuntimeMemory reads what a container's runtime exports of its memory; nil when it exports none.
func (f *finder) RuntimeMemory(ctx context.Context, c *data.Container) (*data.RuntimeMemory, error) {
	if r := f.current(); r != nil {
		return r.RuntimeMemory(ctx, c)
	}
	return nil, errNoPrometheus
}
