package main

import (
	"context"
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
	var offline bool
	c := &cobra.Command{
		Use:   "history",
		Short: "List the changes that were made from this account, the newest first",
		Long: `history prints the journal. Where the outcome of a change is open, such as a resize that its node deferred, the cluster that
it was made on is asked how it ended.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if output != "table" && output != "json" {
				return usagef("-o %q is not a format: use table or json", data.Clean(output))
			}
			if err := o.complete(); err != nil {
				return err
			}
			if !offline {
				o.lookAgain(c.Context())
			}
			return o.history(output)
		},
	}
	c.Flags().BoolVar(&offline, "offline", false, "Ask no cluster how changes ended whose outcome is open")
	c.Flags().StringVarP(&output, "output", "o", "table", "Format: table or json")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// lookTime is how long one cluster may take to say how changes ended.
const lookTime = 5 * time.Second

// lookAgain asks the clusters of changes whose outcome is open, each once, and writes what they say into the journal.
func (o *options) lookAgain(ctx context.Context) {
	left, err := openJournal().Unfinished()
	if err != nil {
		return // the list says so itself
	}
	asked := map[data.Text]bool{}
	for i := range left {
		name := left[i].Context
		if asked[name] || *o.kube.Context != "" && *o.kube.Context != name.String() {
			continue
		}
		asked[name] = true
		there := o.elsewhere(name.String(), "", o.startedOn(name))
		func() {
			ctx, cancel := context.WithTimeout(ctx, lookTime)
			defer cancel()
			client, _, err := there.connect(ctx)
			if err != nil {
				fmt.Fprintf(o.ErrOut, "! how changes of context %s ended cannot be looked up: %s\n", name, data.Clean(err.Error()))
				return
			}
			there.reconcile(ctx, client)
		}()
	}
}

// history prints the journal.
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
