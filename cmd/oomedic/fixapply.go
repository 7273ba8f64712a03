package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// followEvery is how often a rollout is asked for while somebody waits for it.
const followEvery = time.Second

// shown is what fix and undo print.
type shown struct {
	plan      *data.Plan
	diagnosis *analysis.Diagnosis // nil without one
	problem   data.Text           // why there is none
	applied   *data.Applied
	rollout   *data.Rollout
	err       error
	printed   bool // the plan stands there already
}

// carry prints a plan and, with --yes, carries it out.
func (o *options) carry(ctx context.Context, c *kube.Client, cluster data.Cluster, f *fixFlags, s *shown) error {
	p := s.plan
	if f.export != "" {
		return o.printExport(p, f.export)
	}
	o.checkSizes(s)
	if !f.yes {
		return o.printFix(cluster, f, s)
	}
	p.Unrecorded = f.unrecorded
	if err := allowed(p, f); err != nil {
		s.err = err
		if err := o.printFix(cluster, f, s); err != nil {
			return err
		}
		return err
	}
	if f.output != "json" { // what is about to be sent is shown first, whatever happens then
		o.writePlan(o.Out, cluster, s)
		s.printed = true
	}
	applied, err := c.Apply(ctx, p)
	if len(applied.Targets) > 0 {
		s.applied = &applied
	}
	if s.err = err; err == nil && f.wait > 0 {
		s.rollout, s.err = follow(ctx, c, p, applied, f.wait)
		o.settle(ctx, c, applied.JournalID)
	}
	if err := o.printFix(cluster, f, s); err != nil {
		return err
	}
	return s.err
}

// checkSizes adds what the diagnosis says of the sizes to the checks. An undo puts former values back whatever they are.
func (o *options) checkSizes(s *shown) {
	p, d := s.plan, s.diagnosis
	if p.Change.TakesBack() {
		return
	}
	if d == nil {
		if why := loweredBlindly(p); why != "" {
			p.Checks = append([]data.Check{{Name: "size", State: data.CheckFail, Says: why, Typed: true}}, p.Checks...)
		}
		return
	}
	problems, warnings := analysis.CheckSize(p.Change.Limit, p.Change.Request, d)
	if why := analysis.BelowUse(p.Change.Limit, d); why != "" {
		problems = append(problems, why)
	}
	var checks []data.Check
	for _, text := range problems {
		checks = append(checks, data.Check{Name: "size", State: data.CheckFail, Says: text, Blocks: true})
	}
	for _, text := range warnings {
		checks = append(checks, data.Check{Name: "size", State: data.CheckWarn, Says: text})
	}
	p.Checks = append(checks, p.Checks...)
}

// loweredBlindly says that a limit is lowered although nobody knows what is in use; empty when none is lowered.
func loweredBlindly(p *data.Plan) data.Text {
	was, is := p.Before.Limit, p.After.Limit
	for _, pod := range p.Pods {
		if pod.Skip == "" && pod.Before.Limit != nil && (was == nil || *pod.Before.Limit > *was) {
			was, is = pod.Before.Limit, pod.After.Limit
		}
	}
	if is == nil || was == nil || *is >= *was {
		return ""
	}
	return data.Textf("the limit is lowered from %s to %s, and what is in use is not known", data.Quantity(*was), data.Quantity(*is))
}

// allowed is an error when a check forbids the change or wants the name typed.
func allowed(p *data.Plan, f *fixFlags) error {
	if b := p.Blocked(); b != nil {
		return fmt.Errorf("%w: %s", data.ErrBlocked, b.Says)
	}
	name := p.Change.Workload.Name
	for _, c := range p.NeedsTyping() {
		if c.Name == "journal" && f.unrecorded {
			continue
		}
		if f.confirm == "" {
			return fmt.Errorf("%s: %s; if you mean it, add --confirm %s", c.Name, c.Says, data.ShellQuote(name))
		}
	}
	if f.confirm != "" && f.confirm != name.String() {
		return fmt.Errorf("--confirm %q is not the workload's name, which is %s", data.Clean(f.confirm), name)
	}
	if f.way == "" && p.Change.Way == data.WayExport {
		return errors.New("the best way here is an export, which changes nothing: use --export all, or choose with --way template")
	}
	return nil
}

// follow waits until a change has reached the pods.
func follow(ctx context.Context, c *kube.Client, p *data.Plan, a data.Applied, wait time.Duration) (*data.Rollout, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	var last *data.Rollout
	for {
		r, err := c.Rollout(ctx, p.Change.Workload, a)
		switch {
		case err == nil:
			last = &r
			if r.Done {
				return last, nil
			}
			if r.Failed {
				return last, fmt.Errorf("the change was stored and does not reach the pods: %s", r.Waits)
			}
		case ctx.Err() == nil:
			return last, err
		}
		select {
		case <-ctx.Done():
			if last == nil {
				return nil, fmt.Errorf("the change was stored; how far it has come is not known after %s", wait)
			}
			return last, fmt.Errorf("the change was stored and has not reached all pods after %s: %s", wait, last.Waits)
		case <-tick.C:
		}
	}
}
