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

// newGlossary builds the command that prints what a term means.
func newGlossary(s genericiooptions.IOStreams) *cobra.Command {
	return &cobra.Command{
		Use:   "glossary [TERM]",
		Short: "Say what a metric or a term means, or list them",
		Long: `Glossary says what a metric or a term means, and whether it is what kills or what misleads. A term may be given by any of its
names, or by the start of one. Without a term it lists all of them. It needs no cluster.`,
		Example:           "  oomedic glossary\n  oomedic glossary working set\n  oomedic glossary container_memory_rss",
		ValidArgsFunction: completeTerms,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listTerms(s.Out)
			}
			name := strings.Join(args, " ")
			t, ok := analysis.TermByName(name)
			if !ok {
				return usagef("there is no term %q, or more than one begins so; \"oomedic glossary\" lists them", name)
			}
			_, err := io.WriteString(s.Out, t.String())
			return err
		},
	}
}

// listTerms prints names, roles and metrics.
func listTerms(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "TERM\tIT\tALSO")
	for _, term := range analysis.Glossary() {
		var also []string
		for _, a := range term.Also {
			also = append(also, a.String())
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", term.Name, term.Role, strings.Join(also, ", "))
	}
	return t.Flush()
}

// completeTerms offers the names to a shell.
func completeTerms(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, t := range analysis.Glossary() {
		names = append(names, t.Name.String())
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
