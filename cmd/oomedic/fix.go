package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// fixFlags are the flags of fix, and those that undo shares with it.
type fixFlags struct {
	container, limit, request, sizeLimit, way, export, confirm, output string
	inPlace, dryRun, yes, knobs, unrecorded                            bool
	wait                                                               time.Duration
}

// fixOutputs are the formats of fix and undo.
var fixOutputs = []string{"text", "json"}

// exportAll is every form of an export.
const exportAll = "all"

func newFix(o *options) *cobra.Command {
	var f fixFlags
	c := &cobra.Command{
		Use:   "fix KIND/NAME",
		Short: "Show a change of a container's memory, and with --yes make it",
		Long: `fix tries a change as a dry run and prints the diff, what it costs and every check. Without --yes nothing is changed.
Without --limit and --request the sizes are those that the diagnosis recommends. Each change is written into the journal first;
see "oomedic history" and "oomedic undo".`,
		Example: `  # what would be done about the kills of this deployment
  oomedic fix deployment/api -n shop -c main

  # do it
  oomedic fix deployment/api -n shop -c main --limit 1Gi --request 512Mi --yes

  # raise the pods that run, without a restart
  oomedic fix statefulset/database -n shop --limit 1Gi --in-place --yes

  # for Git
  oomedic fix deployment/api -n shop -c main --limit 1Gi --export kustomize`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name one workload, such as deployment/api")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(o.complete(), f.check()); err != nil {
				return err
			}
			return o.fix(c.Context(), &f, args[0])
		},
	}
	fl := c.Flags()
	fl.StringVarP(&f.container, "container", "c", "", "The container; not needed when there is only one")
	fl.StringVar(&f.limit, "limit", "", "New memory limit, such as 768Mi or 1.5Gi")
	fl.StringVar(&f.request, "request", "", "New memory request")
	fl.StringVar(&f.sizeLimit, "size-limit", "", "New sizeLimit of an emptyDir volume, as VOLUME=SIZE")
	fl.BoolVar(&f.knobs, "with-knobs", false, "Change the runtime's own settings too (-Xmx, GOMEMLIMIT, --max-old-space-size), in step with the limit")
	fl.StringVar(&f.way, "way", "", "template, in-place, both or export; the default is the best one")
	fl.BoolVar(&f.inPlace, "in-place", false, "The same as --way in-place")
	fl.StringVar(&f.export, "export", "", "Print the change and nothing else: kubectl, patch, kustomize, helm-values, server-side or all")
	f.addShared(c)
	return c
}

// addShared declares the flags that undo has too.
func (f *fixFlags) addShared(c *cobra.Command) {
	fl := c.Flags()
	fl.BoolVar(&f.dryRun, "dry-run", false, "Only show, which is also the default without --yes")
	fl.BoolVarP(&f.yes, "yes", "y", false, "Make the change")
	fl.StringVar(&f.confirm, "confirm", "", "The workload's name, which some checks want typed beside --yes")
	fl.BoolVar(&f.unrecorded, "without-journal", false, "Make the change even when the journal cannot be written; it can't be undone later then")
	fl.DurationVar(&f.wait, "wait", 0, "Wait so long for the change to reach the pods, and fail when it does not")
	fl.StringVarP(&f.output, "output", "o", "text", "Format: text or json")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(fixOutputs, cobra.ShellCompDirectiveNoFileComp))
}

// check refuses flags that can't be taken, as usage errors.
func (f *fixFlags) check() error {
	if f.inPlace {
		if f.way != "" && f.way != string(data.WayInPlace) {
			return usagef("--in-place and --way %s are two ways", data.Clean(f.way))
		}
		f.way = string(data.WayInPlace)
	}
	switch {
	case !slices.Contains(fixOutputs, f.output):
		return usagef("-o %q is not a format: use text or json", data.Clean(f.output))
	case f.way != "" && !slices.Contains(data.AllWays, data.Way(f.way)):
		return usagef("--way %q is none: use template, in-place, both or export", data.Clean(f.way))
	case f.yes && f.dryRun:
		return usagef("--yes and --dry-run exclude each other")
	case f.yes && (f.way == string(data.WayExport) || f.export != ""):
		return usagef("an export changes nothing: leave out --yes")
	case f.export != "" && f.export != exportAll && !slices.Contains(data.ExportFormats, data.ExportFormat(f.export)):
		return usagef("--export %q is not a form: use kubectl, patch, kustomize, helm-values, server-side or all", data.Clean(f.export))
	case f.wait < 0:
		return usagef("--wait is negative")
	}
	_, _, _, err := f.sizes()
	return err
}

// sizes reads the numbers. Its errors are usage errors.
func (f *fixFlags) sizes() (limit, request *int64, volume *data.VolumeSize, err error) {
	read := func(flag, text string) *int64 {
		if text == "" {
			return nil
		}
		n, problem := data.ParseBytes(text)
		if problem != nil && err == nil {
			err = usagef("--%s: %v", flag, problem)
		}
		return &n
	}
	limit, request = read("limit", f.limit), read("request", f.request)
	if f.sizeLimit != "" {
		name, size, ok := strings.Cut(f.sizeLimit, "=")
		if !ok || name == "" {
			return nil, nil, nil, usagef("--size-limit %q: write VOLUME=SIZE, such as shm=256Mi", data.Clean(f.sizeLimit))
		}
		if n := read("size-limit", size); n != nil {
			volume = &data.VolumeSize{Volume: data.Clean(name), Bytes: *n}
		}
	}
	return limit, request, volume, err
}

// fix shows a change, and makes it when it was said to.
func (o *options) fix(ctx context.Context, f *fixFlags, ref string) error {
	client, cluster, err := o.connectOne(ctx)
	if err != nil {
		return err
	}
	o.reconcile(ctx, client)
	w, containers, err := client.Find(ctx, *o.kube.Namespace, ref)
	if err != nil {
		return err
	}
	found, err := pick(w, containers, f.container)
	if err != nil {
		return err
	}
	d, problem := o.diagnosisOf(ctx, client, cluster, w, found.Name)
	ch, err := o.change(f, w, found, d, problem)
	if err != nil {
		return err
	}
	if d != nil && d.Container.Workload.Kind != "" && d.Container.Workload.Same(w) {
		ch.Workload = d.Container.Workload
	}
	if ch.Way == "" {
		if ch.Way, err = best(ctx, client, ch); err != nil {
			return err
		}
	}
	p, err := client.Plan(ctx, ch)
	if err == nil && f.knobs && len(p.Knobs) > 0 && ch.Way.Template() {
		ch.Knobs = p.Knobs
		p, err = client.Plan(ctx, ch)
	}
	if err != nil {
		return err
	}
	return o.carry(ctx, client, cluster, f, &shown{plan: p, diagnosis: d, problem: problem})
}

// best is the preferred way of a change.
func best(ctx context.Context, c *kube.Client, ch data.Change) (data.Way, error) {
	ways, err := c.Ways(ctx, ch)
	for _, w := range ways {
		if w.Preferred {
			return w.Way, err
		}
	}
	return data.WayTemplate, err
}

// pick finds the container that is meant.
func pick(w data.Workload, all []kube.Found, name string) (kube.Found, error) {
	var names []string
	regular := 0
	for _, c := range all {
		if c.Name.String() == name {
			return c, nil
		}
		names = append(names, c.Name.String())
		if c.Kind == data.RegularContainer {
			regular++
		}
	}
	switch {
	case name != "": // it may be injected: the plan says what to do about it
		return kube.Found{Name: data.Clean(name), Kind: data.RegularContainer}, nil
	case regular == 1:
		return all[0], nil
	}
	return kube.Found{}, usagef("%s has several containers: say which with -c: %s", w.Ref(), shortList(names, 10))
}

// change is what the flags ask for; without sizes it is what the diagnosis recommends.
func (o *options) change(f *fixFlags, w data.Workload, c kube.Found, d *analysis.Diagnosis, problem data.Text) (data.Change, error) {
	limit, request, volume, err := f.sizes()
	if err != nil {
		return data.Change{}, err
	}
	ch := data.Change{Workload: w, Container: c.Name, Kind: c.Kind, Limit: limit, Request: request, SizeLimit: volume, Way: data.Way(f.way)}
	if f.export != "" && ch.Way == "" {
		ch.Way = data.WayExport
	}
	if limit == nil && request == nil && volume == nil {
		if d == nil {
			return ch, fmt.Errorf("no size can be recommended for container %s of %s (%s): give --limit and --request", c.Name, w.Ref(), problem)
		}
		ch.Limit, ch.Request = d.Recommendation.Limit, d.Recommendation.Request
		if ch.Limit == nil && ch.Request == nil {
			return ch, fmt.Errorf("no size can be recommended for container %s of %s: %s", c.Name, w.Ref(), d.Cause.Summary)
		}
	}
	return ch, nil
}
