package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/views"
)

func newHistory(o *options) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "history",
		Short: "List the changes that were made from this account, the newest first",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if output != "table" && output != "json" {
				return usagef("-o %q is not a format: use table or json", data.Clean(output))
			}
			return o.history(output)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "table", "Format: table or json")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// history prints the journal. It asks no cluster.
func (o *options) history(output string) error {
	path, err := journal.Path()
	if err != nil {
		return err
	}
	all, skipped, err := journal.New(path, nil).Entries()
	if err != nil {
		return err
	}
	if skipped > 0 {
		fmt.Fprintf(o.ErrOut, "! %s in %s could not be read\n", counted(skipped, "line"), path)
	}
	slices.Reverse(all)
	if output == "json" {
		records := []journal.Record{}
		for _, e := range all {
			records = append(records, journal.RecordOf(e))
		}
		enc := json.NewEncoder(o.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(records)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintf(o.Out, "No change was made from this account (%s).\n", path)
		return err
	}
	t := tabwriter.NewWriter(o.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tWHEN\tCONTEXT\tNAMESPACE\tWORKLOAD\tCONTAINER\tWAY\tLIMIT\tREQUEST\tSTATE\tUSER")
	for i := range all {
		e := &all[i]
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s → %s\t%s → %s\t%s\t%s\n", e.ID, e.At.Local().Format(time.DateTime), e.Context, e.Workload.Namespace,
			e.Workload.Ref(), e.Container, e.Way, views.Limit(e.Before.Limit), views.Limit(e.After.Limit), views.Bytes(e.Before.Request), views.Bytes(e.After.Request),
			stateWords(e), e.User)
	}
	return t.Flush()
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// stateWords says what became of a change.
func stateWords(e *data.JournalEntry) string {
	switch e.State {
	case data.JournalIntent:
		return "no outcome written"
	case data.JournalUndone:
		return "undone by " + e.UndoneBy
	case data.JournalApplied, data.JournalFailed, data.JournalPartly, data.JournalUnknown:
	}
	if e.UndoOf != "" {
		return string(e.State) + ", undo of " + e.UndoOf
	}
	return string(e.State)
}
