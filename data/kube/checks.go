package kube

import (
	"context"
	"slices"

	"github.com/oomedic/oomedic/data"
)

// scene is what a check looks at. tried is the object as the server would store it, nil when no template is changed.
type scene struct {
	c     *Client
	p     *data.Plan
	t     target
	tried *owner
	s     *survey
}

// checks looks at everything that a change may run into, side by side. What has no answer in checkTime is unknown. A
// check that has nothing to say is left out.
func (c *Client) checks(ctx context.Context, p *data.Plan, t target, tried *owner, s *survey) []data.Check {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	sc := &scene{c, p, t, tried, s}
	all := []struct {
		name  data.Text
		check func(context.Context) *data.Check
	}{
		{"rights", sc.rights}, {"dry run", sc.dryRun}, {"pods from the template", sc.newPod}, {"quota", sc.quota}, {"node room", sc.room},
		{"QoS class", sc.qos}, {"restart policy of the resize", sc.resizePolicy}, {"disruption budget", sc.budget}, {"autoscaler", sc.scaler},
		{"vertical autoscaler", sc.vertical}, {"rollout", sc.paused}, {"managed by", sc.managed}, {"request", sc.pair}, {"journal", sc.journal}, {"protected", sc.protected},
	}
	found := make([]*data.Check, len(all))
	crew := c.crew()
	for i := range all {
		found[i] = &data.Check{State: data.CheckUnknown, Says: "the check ended early"}
		crew.do(func() { found[i] = all[i].check(ctx) })
	}
	crew.wg.Wait()
	var out []data.Check
	for i, f := range found {
		if f == nil {
			continue
		}
		if f.Name == "" {
			f.Name = all[i].name
		}
		out = append(out, *f)
	}
	rank := map[data.CheckState]int{data.CheckFail: 1, data.CheckWarn: 2, data.CheckUnknown: 3, data.CheckPass: 4}
	slices.SortStableFunc(out, func(a, b data.Check) int {
		if a.Blocks != b.Blocks {
			return map[bool]int{true: -1, false: 1}[a.Blocks]
		}
		return rank[a.State] - rank[b.State]
	})
	return out
}

// passes, warns, fails and unsure make a check of a state.
func passes(format string, args ...any) *data.Check {
	return &data.Check{State: data.CheckPass, Says: data.Textf(format, args...)}
}

func warns(format string, args ...any) *data.Check {
	return &data.Check{State: data.CheckWarn, Says: data.Textf(format, args...)}
}

func fails(format string, args ...any) *data.Check {
	return &data.Check{State: data.CheckFail, Says: data.Textf(format, args...)}
}

func unsure(format string, args ...any) *data.Check {
	return &data.Check{State: data.CheckUnknown, Says: data.Textf(format, args...)}
}

// from adds the command that shows the same.
func from(c *data.Check, format string, args ...any) *data.Check {
	c.From = data.Textf(format, args...)
	return c
}

// ns is the namespace of the change.
func (sc *scene) ns() string { return sc.p.Change.Workload.Namespace.String() }

// resized are the plans of pods that are not left alone.
func (sc *scene) resized() []data.PodPlan {
	return slices.DeleteFunc(slices.Clone(sc.p.Pods), func(p data.PodPlan) bool { return p.Skip != "" })
}

// rights says whether everything that the way needs may be done.
func (sc *scene) rights(context.Context) *data.Check {
	way, ns := sc.p.Change.Way, sc.ns()
	if way == data.WayExport {
		return nil
	}
	var words []string
	if way.Template() && sc.t.live != nil {
		r := patchOf(sc.t.workload)
		switch {
		case sc.s.patch.err != nil:
			return unsure("whether you may %s is not known: %s", right(r), words1(sc.s.patch.err))
		case !sc.s.patch.allowed:
			f := from(fails("you lack the right to %s", right(r)), "kubectl auth can-i patch %s -n %s", r.resource, ns)
			f.Blocks = true
			return f
		}
		words = append(words, r.resource)
	}
	if way.InPlace() {
		switch {
		case sc.s.resize.err != nil:
			return unsure("whether you may patch pods/resize is not known: %s", words1(sc.s.resize.err))
		case !sc.s.resize.allowed:
			f := from(fails("you lack the right to patch pods/resize in namespace %s", ns), "kubectl auth can-i patch pods/resize -n %s", ns)
			f.Blocks = true
			return f
		}
		words = append(words, "pods/resize")
	}
	text := ""
	for i, w := range words {
		if i > 0 {
			text += " and "
		}
		text += w
	}
	return from(passes("you may patch %s", text), "kubectl auth can-i patch %s -n %s", words[0], ns)
}

// words1 are the words of an error in one line.
func words1(err error) string { return words(bare(err)) }

// dryRun says what the server made of the patch; a plan exists only when it took it.
func (sc *scene) dryRun(context.Context) *data.Check {
	p := sc.p
	switch {
	case p.Change.Way == data.WayExport && sc.tried == nil:
		return nil
	case sc.tried != nil && !sameMemory(p.After, want(p.Before, p.Change)):
		return warns("the server would store %s instead of %s: an admission plugin changes it", spoken(p.After), spoken(want(p.Before, p.Change)))
	case sc.tried != nil:
		return passes("the server takes the patch of %s", sc.t.workload.Ref())
	}
	for _, pp := range sc.resized() {
		if w := want(pp.Before, p.Change.For(pp.Pod.UID)); !sameMemory(pp.After, w) {
			return warns("the server would give pod %s %s instead of %s: an admission plugin changes it", pp.Pod.Name, spoken(pp.After), spoken(w))
		}
	}
	return passes("the server takes the resize of %s", pods(int32(len(sc.resized()))))
}

// pair says that a limit stands without a request, which makes the limit the request.
func (sc *scene) pair(context.Context) *data.Check {
	a := sc.p.After
	switch {
	case a.Limit == nil || sc.p.Change.TakesBack():
		return nil
	case a.Request == nil && sc.p.Before.Limit == nil:
		f := fails("a limit needs a request beside it: Kubernetes would take the whole limit as the request")
		f.Blocks = true
		return f
	case a.Request == nil:
		return warns("no request is set: Kubernetes takes the limit of %s as the request", data.Quantity(*a.Limit))
	case *a.Request > *a.Limit:
		f := fails("the request is above the limit")
		f.Blocks = true
		return f
	}
	return nil
}

// journal says whether the change can be written down.
func (sc *scene) journal(context.Context) *data.Check {
	if sc.c.o.Journal == nil || sc.p.Change.Way == data.WayExport {
		return nil
	}
	if err := sc.c.o.Journal.Ready(); err != nil {
		f := fails("the change cannot be written down, so it could not be undone later: %s", err)
		f.Typed = true
		return f
	}
	return passes("the former values are written down first: \"oomedic history\", \"oomedic undo\"")
}

// protected asks for the name in a context that the user protects.
func (sc *scene) protected(context.Context) *data.Check {
	if !sc.c.o.Protected || sc.p.Change.Way == data.WayExport {
		return nil
	}
	f := warns("context %s is protected", sc.c.o.Context)
	f.Typed = true
	return f
}
