package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// checkMarks are the signs of checks.
var checkMarks = map[data.CheckState]string{data.CheckPass: "✓", data.CheckWarn: "!", data.CheckFail: "✗", data.CheckUnknown: "?"}

// printExport prints a change as text and nothing else, so that it can go into a file.
func (o *options) printExport(p *data.Plan, format string) error {
	printed := 0
	for _, form := range data.ExportFormats {
		lines := p.Export[form]
		if len(lines) == 0 || format != exportAll && format != string(form) {
			continue
		}
		if format == exportAll {
			if printed > 0 {
				fmt.Fprintln(o.Out)
			}
			fmt.Fprintf(o.Out, "# --- %s\n", form)
		}
		for _, l := range lines {
			if _, err := fmt.Fprintln(o.Out, l); err != nil {
				return err
			}
		}
		printed++
	}
	if printed == 0 {
		return fmt.Errorf("%s has no export as %s: %s", p.Change.Workload.Ref(), format, p.Effect)
	}
	return nil
}

// costOf is what a plan costs.
func (o *options) costOf(p *data.Plan) analysis.Cost {
	return analysis.CostOf(p.Before.Request, p.After.Request, p.Before.Limit, p.After.Limit, p.Replicas, o.price)
}

// printFix prints a plan and what became of it.
func (o *options) printFix(cluster data.Cluster, f *fixFlags, s *shown) error {
	if f.output == "json" {
		enc := json.NewEncoder(o.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(o.fixReport(cluster, s))
	}
	var b strings.Builder
	if !s.printed {
		o.writePlan(&b, cluster, s)
	}
	switch {
	case s.applied != nil:
		writeOutcome(&b, s)
	case s.err == nil && s.plan.Change.Way == data.WayExport:
		fmt.Fprintf(&b, "\nNothing was changed. --export all prints the change for its source%s.\n", instead(s.plan))
	case s.err == nil:
		fmt.Fprintln(&b, "\nNothing was changed. Add --yes to do it.")
	default:
		fmt.Fprintln(&b, "\nNothing was changed.")
	}
	_, err := io.WriteString(o.Out, b.String())
	return err
}

func (o *options) writePlan(w io.Writer, cluster data.Cluster, s *shown) {
	p := s.plan
	fmt.Fprintf(w, "%s, container %s, namespace %s, context %s (%s)\n\n", p.Change.Workload.Ref(), p.Change.Container, p.Change.Workload.Namespace, cluster.Context, cluster.Server)
	if s.diagnosis != nil {
		fmt.Fprintf(w, "cause    %s\n", s.diagnosis.Cause.Summary)
	}
	fmt.Fprintf(w, "limit    %s → %s\n", views.Limit(p.Before.Limit), views.Limit(p.After.Limit))
	fmt.Fprintf(w, "request  %s → %s\n", views.Bytes(p.Before.Request), views.Bytes(p.After.Request))
	if cost := o.costOf(p); cost.TotalMonthly != nil {
		fmt.Fprintf(w, "cost     %+.2f %s a month\n", *cost.TotalMonthly, cost.Currency)
	}
	fmt.Fprintf(w, "effect   %s\n", p.Effect)
	if p.Command != "" {
		fmt.Fprintf(w, "command  %s\n", p.Command)
	}
	fmt.Fprintln(w, "\nWays")
	for _, way := range p.Ways {
		mark := " "
		if way.Way == p.Change.Way {
			mark = ">"
		}
		offered := ""
		if !way.Offered {
			offered = "not here: "
		}
		fmt.Fprintf(w, "%s %-9s %s%s\n", mark, way.Way, offered, way.Why)
	}
	fmt.Fprintln(w, "\nChecks")
	for _, c := range p.Checks {
		fmt.Fprintf(w, "%s %s: %s\n", checkMarks[c.State], c.Name, c.Says)
	}
	for _, k := range p.Knobs {
		if len(p.Change.Knobs) == 0 {
			fmt.Fprintf(w, "! runtime: %s %s stays; --with-knobs makes it %s\n", k.Place, k.Before, k.After)
		}
	}
	writeDiffs(w, p)
}

// writeDiffs prints what is stored in each object, in the order of sending. A pod whose diff says the same as the one
// before it is named with that.
func writeDiffs(w io.Writer, p *data.Plan) {
	write := func(title string, diff []data.DiffLine) {
		if len(diff) == 0 {
			return
		}
		fmt.Fprintf(w, "\n%s\n", title)
		for _, l := range diff {
			fmt.Fprintf(w, "%s%s\n", sign(l.Kind), l.Text)
		}
	}
	var title string
	var last []data.DiffLine
	for _, pod := range p.Pods {
		switch {
		case pod.Skip != "":
		case title != "" && slices.Equal(pod.Diff, last):
			title += ", " + pod.Pod.Name.String()
		default:
			write(title, last)
			title, last = "Diff of pod "+pod.Pod.Name.String(), pod.Diff
		}
	}
	write(title, last)
	if p.Change.Way != data.WayInPlace {
		write("Diff", p.Diff)
	}
	for _, pod := range p.Pods {
		if pod.Skip != "" {
			fmt.Fprintf(w, "pod %s is left alone: %s\n", pod.Pod.Name, pod.Skip)
		}
	}
}

// instead names the ways that do change something here.
func instead(p *data.Plan) string {
	text := ""
	for _, w := range p.Ways {
		if w.Offered && w.Way != data.WayExport {
			text += ", --way " + string(w.Way)
		}
	}
	if text == "" {
		return ""
	}
	return "; what can be done here: " + text[2:]
}

// sign is the first column of a diff; a hunk brings its own.
func sign(k data.DiffKind) string {
	if k == data.DiffHunk {
		return ""
	}
	return string(k)
}

func writeOutcome(w io.Writer, s *shown) {
	fmt.Fprintln(w, "\nDone")
	for _, t := range s.applied.Targets {
		line := fmt.Sprintf("%s: %s", t.Workload().Ref(), t.State)
		if t.Resize != "" {
			line += ", resize " + string(t.Resize)
		}
		if t.Error != "" {
			line += ": " + t.Error.String()
		}
		fmt.Fprintln(w, line)
	}
	if r := s.rollout; r != nil {
		fmt.Fprintf(w, "pods: %d of %d have it, %d ready", r.Updated, r.Desired, r.Ready)
		if r.Waits != "" {
			fmt.Fprintf(w, "; %s", r.Waits)
		}
		fmt.Fprintln(w)
	}
	if s.applied.JournalID != "" {
		fmt.Fprintf(w, "take it back: oomedic undo %s --yes\n", s.applied.JournalID)
	}
	if s.applied.JournalProblem != "" {
		fmt.Fprintf(w, "! %s\n", s.applied.JournalProblem)
	}
}
