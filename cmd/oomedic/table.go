package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/views"
)

// printTable prints one line a case: first what was OOM-killed, then what was ruled out, then what could not be read.
func (o *options) printTable(f findings) error {
	now := time.Now()
	var killed, ruled []*analysis.Diagnosis
	for i := range f.diagnoses {
		if d := &f.diagnoses[i]; d.Confirmation.OOMKilled {
			killed = append(killed, d)
		} else {
			ruled = append(ruled, d)
		}
	}
	if len(killed) == 0 {
		fmt.Fprintf(o.Out, "No container was OOMKilled in the last %s.\n", o.sinceText)
	} else if err := writeKilled(o.Out, killed, now); err != nil {
		return err
	}
	if len(ruled) > 0 {
		fmt.Fprintf(o.Out, "\nNot OOM (%d):\n", len(ruled))
		if err := writeRuled(o.Out, ruled, now); err != nil {
			return err
		}
	}
	for _, g := range f.gaps {
		fmt.Fprintf(o.Out, "\n! not known: %s: %s", g.What, g.Why)
	}
	if len(f.gaps) > 0 {
		fmt.Fprintln(o.Out)
	}
	return nil
}

func writeKilled(w io.Writer, ds []*analysis.Diagnosis, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KILLED\tNAMESPACE\tWORKLOAD\tCONTAINER\tPOD\tKILLS\tLIMIT\tPEAK\tCAUSE\tNEW LIMIT\tNEW REQUEST")
	for _, d := range ds {
		c, r := d.Container, d.Recommendation
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", views.Ago(d.Confirmation.LastKillAt, now), c.Key.Namespace,
			c.Workload.Ref(), c.Key.Container, c.Key.Pod, killCount(d.Confirmation), views.Limit(c.Resources.Limit), views.Percent(d.Near),
			causeWord(d), views.Bytes(r.Limit), views.Bytes(r.Request))
	}
	return t.Flush()
}

func writeRuled(w io.Writer, ds []*analysis.Diagnosis, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ENDED\tNAMESPACE\tWORKLOAD\tCONTAINER\tPOD\tWHY NOT")
	for _, d := range ds {
		c := d.Container
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", views.Ago(d.LastEnd(), now), c.Key.Namespace, c.Workload.Ref(), c.Key.Container, c.Key.Pod, d.Confirmation.Why)
	}
	return t.Flush()
}

// killCount is the number of kills of the last day; "3+" when only the API's memory was counted.
func killCount(c analysis.Confirmation) string {
	n := c.Kills.Day
	if n == nil {
		return "?"
	}
	if c.AtLeast {
		return fmt.Sprintf("%d+", *n)
	}
	return fmt.Sprint(*n)
}

// causeWord is the cause with how sure it is.
func causeWord(d *analysis.Diagnosis) string {
	return fmt.Sprintf("%s %.0f%%", d.Cause.Class, d.Cause.Confidence*100)
}
