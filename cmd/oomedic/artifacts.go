package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// artifactFlags are the flags of artifacts.
type artifactFlags struct {
	container, kind, output string
}

// artifactOutputs are the formats of artifacts: everything, or what goes into a file alone.
var artifactOutputs = []string{"text", "yaml"}

func newArtifacts(o *options) *cobra.Command {
	var f artifactFlags
	c := &cobra.Command{
		Use:   "artifacts KIND/NAME",
		Short: "Print alerts, autoscalers and settings made for a workload",
		Long: `artifacts makes what helps before the next kill from the diagnosis of a workload: alerting rules, an autoscaler for pods and
one for memory, defaults for the namespace, the resources block, a patch, the runtime's settings, and how the program can
give way. Nothing is changed. With -o yaml it prints objects alone, ready for a file.`,
		Example: `  # everything, with what to mind
  oomedic artifacts deployment/api -n shop -c main

  # the alerts, into a file
  oomedic artifacts deployment/api -n shop -k rules -o yaml > rules.yaml`,
		Args: oneWorkload,
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(o.complete(), f.check()); err != nil {
				return err
			}
			return o.artifacts(c.Context(), &f, args[0])
		},
	}
	fl := c.Flags()
	fl.StringVarP(&f.container, "container", "c", "", "The container; not needed when there is only one")
	fl.StringVarP(&f.kind, "kind", "k", "", "One kind alone: "+strings.Join(artifactKinds(), ", "))
	fl.StringVarP(&f.output, "output", "o", "text", "Format: text or yaml")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(artifactOutputs, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(artifactKinds(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// oneWorkload takes exactly one argument, as a usage error.
func oneWorkload(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("name one workload, such as deployment/api")
	}
	return nil
}

func artifactKinds() []string {
	var out []string
	for _, k := range analysis.ArtifactKinds {
		out = append(out, string(k))
	}
	return out
}

func (f *artifactFlags) check() error {
	switch {
	case !slices.Contains(artifactOutputs, f.output):
		return usagef("-o %q is not a format: use text or yaml", data.Clean(f.output))
	case f.kind != "" && !slices.Contains(artifactKinds(), f.kind):
		return usagef("-k %q is not a kind: use %s", data.Clean(f.kind), strings.Join(artifactKinds(), ", "))
	}
	return nil
}

// artifacts prints what is made for one workload.
func (o *options) artifacts(ctx context.Context, f *artifactFlags, ref string) error {
	client, cluster, err := o.connectOne(ctx)
	if err != nil {
		return err
	}
	w, containers, err := client.Find(ctx, *o.kube.Namespace, ref)
	if err != nil {
		return err
	}
	found, err := pick(w, containers, f.container)
	if err != nil {
		return err
	}
	d, problem := o.diagnosisOf(ctx, client, cluster, w, found.Name)
	if d == nil {
		return fmt.Errorf("nothing can be made for container %s of %s: %s", found.Name, w.Ref(), problem)
	}
	return printArtifacts(o.Out, o.ErrOut, analysis.Artifacts(d), f)
}

// printArtifacts prints the artifacts of a kind, or all. With yaml, what is no object is left out, and warnings go to
// errs, so that the output can go into a file.
func printArtifacts(out, errs io.Writer, all []analysis.Artifact, f *artifactFlags) error {
	printed := 0
	var missing data.Text
	for i := range all {
		a := &all[i]
		if f.kind != "" && f.kind != string(a.Kind) {
			continue
		}
		if a.Missing != "" {
			missing = a.Missing
		}
		if f.output == "yaml" && (a.Missing != "" || !a.YAML() && f.kind == "") {
			continue
		}
		var err error
		if f.output == "yaml" {
			err = printObject(out, errs, a, printed > 0)
		} else {
			err = printArtifact(out, a)
		}
		if err != nil {
			return err
		}
		printed++
	}
	if printed == 0 {
		return fmt.Errorf("there is none for this workload: %s", missing)
	}
	return nil
}

// printObject prints an artifact alone.
func printObject(out, errs io.Writer, a *analysis.Artifact, more bool) error {
	for _, w := range a.Warnings {
		fmt.Fprintf(errs, "! %s: %s\n", a.Kind, w)
	}
	text := data.JoinLines(a.Lines).String()
	if more {
		text = "---\n" + text
	}
	_, err := io.WriteString(out, text)
	return err
}

// printArtifact prints an artifact with what there is to know of it.
func printArtifact(out io.Writer, a *analysis.Artifact) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n%s\n", a.Title, a.Kind, a.About)
	if a.Missing != "" {
		fmt.Fprintf(&b, "  none: %s\n\n", a.Missing)
		_, err := io.WriteString(out, b.String())
		return err
	}
	for _, w := range a.Warnings {
		fmt.Fprintf(&b, "  ! %s\n", w)
	}
	if a.Apply != "" {
		fmt.Fprintf(&b, "  $ %s\n", a.Apply)
	}
	b.WriteByte('\n')
	for _, l := range a.Lines {
		fmt.Fprintf(&b, "    %s\n", l)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(out, b.String())
	return err
}
