package analysis

import (
	"math"

	"github.com/oomedic/oomedic/data"
)

// boundsOf returns the bounds of an input, with what is known of the node that the container ran on.
func boundsOf(in Input) *data.Bounds {
	n := in.Case.Container.NodeFacts
	if n == nil || n.Allocatable == nil || (in.Bounds != nil && in.Bounds.Node != nil) {
		return in.Bounds
	}
	b := data.Bounds{}
	if in.Bounds != nil {
		b = *in.Bounds
	}
	b.Node, b.NodeFrom = n.Allocatable, data.Textf("kubectl get node %s -o jsonpath='{.status.allocatable.memory}'", n.Name)
	return &b
}

// clamp holds a recommendation within what the namespace and the node allow, and says so in the arithmetic. Nothing is
// lowered to what was hit or below: a bound that is too low is named, and has to be raised first.
func (f *facts) clamp(r *Recommendation) {
	b := f.bounds
	if b == nil || r.Limit == nil || r.Request == nil {
		return
	}
	pods := int64(1)
	if n := f.c.Workload.Replicas; n != nil && *n > 1 {
		pods = int64(*n)
	}
	var old int64
	if l := above(f.c.Resources.Limit); l != nil {
		old = *l
	}
	if least := above(b.LeastLimit); least != nil && *r.Limit < *least {
		r.Limit = ptr(*least)
		r.Steps = append(r.Steps, data.Textf("limit raised to %s, the least that a LimitRange allows (%s)", human(float64(*least)), b.LimitFrom))
	}
	f.clampLimit(r, b.MostLimit, "a LimitRange allows %s at most", b.LimitFrom)
	if left := b.QuotaLimits; left != nil {
		most := old + max(*left, 0)/pods
		f.clampLimit(r, &most, data.Textf("the quota leaves %s for %s, so %%s each", human(float64(max(*left, 0))), count(int(pods), "pod")), b.QuotaFrom)
	}
	f.clampLimit(r, b.Node, "the node gives %s to all its pods", b.NodeFrom)
	f.clampRequest(r, b, pods)
}

// clampLimit lowers the limit to most, when it is more and most is above what was hit. why has a %s for most.
func (f *facts) clampLimit(r *Recommendation, most *int64, why, from data.Text) {
	if most == nil || *most <= 0 || *r.Limit <= *most {
		return
	}
	said := data.Textf(why.String(), human(float64(*most)))
	low := int64(0)
	if f.hit != nil {
		low = *f.hit
	}
	if f.limit != nil {
		low = max(low, *f.limit)
	}
	if *most <= low {
		r.Cures = false
		r.Warnings = append(r.Warnings, data.Textf("%s, less than the %s that it needs: raise that first (%s)", said, human(float64(*r.Limit)), from))
		r.Steps = append(r.Steps, data.Textf("%s, no more than the %s that was not enough: it is not taken for a bound", said, human(float64(low))))
		return
	}
	r.Steps = append(r.Steps, data.Textf("but %s: limit lowered from %s (%s)", said, human(float64(*r.Limit)), from))
	r.Warnings = append(r.Warnings, data.Textf("%s; %s would be the right size", said, human(float64(*r.Limit))))
	r.Cures = false
	r.Limit = ptr(*most)
}

// clampRequest holds the request within limit, ratio, quota and node.
func (f *facts) clampRequest(r *Recommendation, b *data.Bounds, pods int64) {
	limit, request := *r.Limit, *r.Request
	if request > limit {
		request = limit
		r.Steps = append(r.Steps, data.Textf("request lowered to the limit, %s", human(float64(limit))))
	}
	if b.MostRatio != nil && *b.MostRatio >= 1 && float64(limit) > *b.MostRatio*float64(request) {
		request = min(int64(math.Ceil(float64(limit) / *b.MostRatio)), limit)
		r.Steps = append(r.Steps, data.Textf("request raised to %s: a LimitRange allows a limit of %.3g times the request at most (%s)", human(float64(request)), *b.MostRatio, b.LimitFrom))
	}
	var old int64
	if q := above(f.c.Resources.Request); q != nil {
		old = *q
	}
	if left := b.QuotaRequests; left != nil && request > old && (request-old)*pods > max(*left, 0) {
		if most := old + max(*left, 0)/pods; most > 0 {
			r.Warnings = append(r.Warnings, data.Textf("the quota leaves %s of requests: %s would be right", human(float64(max(*left, 0))), human(float64(request))))
			r.Steps = append(r.Steps, data.Textf("request lowered from %s to %s: the quota leaves no more for %s (%s)", human(float64(request)), human(float64(most)), count(int(pods), "pod"), b.QuotaFrom))
			request = most
		}
	}
	if b.Node != nil && *b.Node > 0 && request > *b.Node {
		r.Warnings = append(r.Warnings, data.Textf("no node of this size can hold a request of %s", human(float64(request))))
	}
	r.Request = &request
}
