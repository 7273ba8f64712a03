package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/oomedic/oomedic/analysis"
)

const explainLong = `Explain says what a root cause is, how it is told from what looks like it, and what helps now and for good. Without a
cause it lists all of them. It needs no cluster.`

// newExplain builds the command that prints what there is to know of a root cause.
func newExplain(s genericiooptions.IOStreams) *cobra.Command {
	return &cobra.Command{
		Use:               "explain [CAUSE]",
		Short:             "Explain a root cause, or list them",
		Long:              explainLong,
		Example:           "  oomedic explain\n  oomedic explain memory-leak",
		ValidArgsFunction: completeCauses,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listCauses(s.Out)
			}
			// "memory leak" is what people type, and what a shell splits
			id := strings.ToLower(strings.Join(args, "-"))
			cause, ok := analysis.CauseByName(id)
			if !ok {
				return usagef("there is no cause %q; \"oomedic explain\" lists them", id)
			}
			_, err := io.WriteString(s.Out, cause.String())
			return err
		},
	}
}

// listCauses prints ids and titles.
func listCauses(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "CAUSE\tWHAT IT IS")
	for _, c := range analysis.Causes() {
		fmt.Fprintf(t, "%s\t%s\n", c.Class, c.Title)
	}
	return t.Flush()
}

// completeCauses offers the ids to a shell.
func completeCauses(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	for _, c := range analysis.Causes() {
		ids = append(ids, string(c.Class))
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
