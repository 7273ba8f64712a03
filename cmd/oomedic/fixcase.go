package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/data/kube"
)

// connectOne connects for a command about one workload: like kubectl, it looks at the context's namespace without -n.
func (o *options) connectOne(ctx context.Context) (*kube.Client, data.Cluster, error) {
	if o.allNamespaces {
		return nil, data.Cluster{}, usagef("a workload is in one namespace: -n instead of -A")
	}
	if *o.kube.Namespace == "" {
		ns, _, err := o.kube.ToRawKubeConfigLoader().Namespace()
		if err != nil {
			return nil, data.Cluster{}, fmt.Errorf("the kubeconfig can't be read: %w", err)
		}
		*o.kube.Namespace = ns
	}
	return o.connect(ctx)
}

// openJournal is where changes are written down; nil when there is no home folder, which a plan's checks say.
func openJournal() *journal.Journal {
	path, err := journal.Path()
	if err != nil {
		return journal.New("", nil)
	}
	return journal.New(path, nil)
}

// reconcile looks what became of changes of this cluster that ended before their outcome was written down, says it, and
// writes it down.
func (o *options) reconcile(ctx context.Context, c *kube.Client) {
	j := openJournal()
	left, err := j.Unfinished()
	if err != nil {
		o.log.Warn("the journal cannot be read", "error", err)
		return
	}
	for _, e := range left {
		if e.Server != c.Server() {
			continue
		}
		was, waited := e.State, e.ResizeOpen()
		found := c.Reconcile(ctx, e)
		if waited && found.State == was && slices.Equal(found.Targets, e.Targets) {
			fmt.Fprintf(o.ErrOut, "! change %s of %s: its node has not ended the resize: %s\n", e.ID, e.Workload.Ref(), targetWords(e.Targets))
			continue
		}
		e = found
		if waited {
			fmt.Fprintf(o.ErrOut, "! change %s of %s: the resize has moved on since: %s (%s)\n", e.ID, e.Workload.Ref(), e.State, targetWords(e.Targets))
			o.writeDown(j, e)
			continue
		}
		if e.State == was {
			fmt.Fprintf(o.ErrOut, "! change %s of %s: its outcome is not known: %s\n", e.ID, e.Workload.Ref(), targetWords(e.Targets))
			continue
		}
		fmt.Fprintf(o.ErrOut, "! change %s of %s had no outcome in the journal; the cluster shows: %s (%s)\n", e.ID, e.Workload.Ref(), e.State, targetWords(e.Targets))
		o.writeDown(j, e)
	}
}

// writeDown writes what was found into the journal. With --read-only nothing is written at all.
func (o *options) writeDown(j *journal.Journal, e data.JournalEntry) {
	if o.readOnly {
		return
	}
	if err := j.Write(e); err != nil {
		o.log.Warn("the journal cannot be written", "error", err)
	}
}

// settle writes down how the resizes of a change ended that was waited for.
func (o *options) settle(ctx context.Context, c *kube.Client, id string) {
	j := openJournal()
	e, err := j.Entry(id)
	if id == "" || err != nil || !e.ResizeOpen() {
		return
	}
	if found := c.Reconcile(ctx, e); found.State != e.State || !slices.Equal(found.Targets, e.Targets) {
		o.writeDown(j, found)
	}
}

// targetWords says what became of each object.
func targetWords(all []data.Target) string {
	text := ""
	for i, t := range all {
		if i > 0 {
			text += "; "
		}
		text += t.Workload().Ref().String() + ": " + string(t.State)
		if t.Error != "" {
			text += ", " + t.Error.String()
		}
	}
	return text
}

// diagnosisOf diagnoses the container's newest case; nil, and why, when it has none.
func (o *options) diagnosisOf(ctx context.Context, c *kube.Client, cluster data.Cluster, w data.Workload, container data.Text) (*analysis.Diagnosis, data.Text) {
	store := data.NewStore(time.Now)
	if err := c.List(ctx, store); err != nil {
		return nil, data.Clean(err.Error())
	}
	m, err := o.openMetrics(c, cluster)
	if err != nil {
		return nil, data.Clean(err.Error())
	}
	now := time.Now()
	killed, _ := analysis.Cases(store.Snapshot().Containers, nil, maxSince, now)
	for _, k := range killed {
		if !k.Container.Workload.Same(w) || k.Container.Key.Container != container {
			continue
		}
		one := []analysis.Case{k}
		d := o.diagnoseAll(ctx, m, m.Probe(ctx), one, bounds(ctx, c, one), now)
		return &d[0], ""
	}
	return nil, "no OOM kill of it is known"
}
