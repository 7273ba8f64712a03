package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/oomedic/oomedic/data"
)

func newUndo(o *options) *cobra.Command {
	var f fixFlags
	c := &cobra.Command{
		Use:   "undo ID",
		Short: "Show how a change is taken back, and with --yes take it back",
		Long: `undo puts the former values of a change back, through the same dry run, diff and checks as fix. It refuses when the objects
have other values by now than the change left. What was absent becomes absent again. "oomedic history" lists the IDs; the last
part of one is enough. Without --context it uses the context that the change was made in.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name one change; \"oomedic history\" lists them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(o.complete(), f.check()); err != nil {
				return err
			}
			return o.undo(c.Context(), &f, args[0])
		},
	}
	f.addShared(c)
	return c
}

// undo takes a change of the journal back.
func (o *options) undo(ctx context.Context, f *fixFlags, id string) error {
	j := openJournal()
	e, err := j.Entry(id)
	if err != nil {
		return err
	}
	switch e.State {
	case data.JournalUndone:
		return fmt.Errorf("change %s was taken back by %s already", e.ID, e.UndoneBy)
	case data.JournalFailed:
		return fmt.Errorf("change %s was never made: there is nothing to take back", e.ID)
	case data.JournalApplied, data.JournalPartly, data.JournalUnknown:
		if !e.Undoable() {
			return fmt.Errorf("change %s deleted a pod, which does not come back: its controller made a new one", e.ID)
		}
	case data.JournalIntent:
		if j.UnderWay(e) { // what it will have left is not known yet
			return fmt.Errorf("change %s is being made by process %d on %s: wait for its end", e.ID, e.PID, e.Host)
		}
	}
	if *o.kube.Context == "" {
		*o.kube.Context = e.Context.String()
	}
	if *o.kube.Namespace == "" {
		*o.kube.Namespace = e.Workload.Namespace.String()
	}
	client, cluster, err := o.connectOne(ctx)
	if err != nil {
		return err
	}
	if client.Server() != e.Server {
		return fmt.Errorf("change %s was made on %s, and context %s is %s", e.ID, e.Server, cluster.Context, client.Server())
	}
	o.reconcile(ctx, client)
	if e, err = j.Entry(e.ID); err != nil {
		return err
	}
	switch {
	case e.State == data.JournalFailed:
		return fmt.Errorf("change %s was never made: there is nothing to take back", e.ID)
	case !e.Undoable():
		return fmt.Errorf("change %s has no outcome that could be taken back: it is %s", e.ID, e.State)
	}
	p, err := client.Plan(ctx, e.Undo())
	if err != nil {
		return err
	}
	f.way = string(p.Change.Way)
	return o.carry(ctx, client, cluster, f, &shown{plan: p, problem: "an undo needs none"})
}
