package analysis

import "github.com/oomedic/oomedic/data"

// mostLimitPerRequest is the widest that limit and request should stand apart: a limit of 1.5 to 2 times the request
// leaves room for peaks, while a wider gap lets the node promise far more memory than it has.
const (
	leastLimitPerRequest = 1.5
	mostLimitPerRequest  = 2.0
)

// leastSensible is the smallest limit that a container can be started under with some certainty.
const leastSensible = 6 * data.Mi

// CheckSize judges sizes that a person typed, in bytes; nil leaves what the container has. Problems are refused;
// warnings are shown before the yes. d gives what is known of the container.
func CheckSize(limit, request *int64, d *Diagnosis) (problems, warnings []data.Text) {
	for _, p := range []struct {
		name string
		v    *int64
	}{{"limit", limit}, {"request", request}} {
		if p.v != nil && *p.v <= 0 {
			problems = append(problems, data.Textf("a %s must be above zero", p.name))
		}
	}
	if len(problems) > 0 {
		return problems, nil
	}
	now := d.Container.Resources
	newLimit, newRequest := limit, request
	if newLimit == nil {
		newLimit = above(now.Limit)
	}
	if newRequest == nil {
		newRequest = above(now.Request)
	}
	problems = sizeProblems(newLimit, newRequest)
	if limit != nil {
		warnings = append(warnings, limitWarnings(*limit, d)...)
	}
	if newLimit != nil && newRequest != nil && float64(*newLimit) > mostLimitPerRequest*float64(*newRequest) {
		warnings = append(warnings, data.Textf("the limit is %.1f times the request; 1.5 to 2 times keeps the node from promising memory that it does not have",
			float64(*newLimit)/float64(*newRequest)))
	}
	if newLimit != nil && newRequest != nil && wasGuaranteed(now) && *newLimit != *newRequest {
		warnings = append(warnings, "request and limit are equal today: with other sizes the pod loses the Guaranteed QoS class")
	}
	return problems, warnings
}

// wasGuaranteed reports whether request and limit are set and equal.
func wasGuaranteed(r data.Resources) bool {
	return above(r.Limit) != nil && above(r.Request) != nil && *r.Limit == *r.Request
}

// sizeProblems returns what the API server or good sense refuses.
func sizeProblems(limit, request *int64) []data.Text {
	switch {
	case limit != nil && request == nil:
		return []data.Text{"a limit needs a request beside it: set one, so that the scheduler sets memory aside"}
	case limit != nil && *request > *limit:
		return []data.Text{data.Textf("the request (%s) is above the limit (%s), which Kubernetes refuses", humanInt(request), humanInt(limit))}
	}
	return nil
}

// limitWarnings returns what speaks against a limit that was typed, the gravest first.
func limitWarnings(limit int64, d *Diagnosis) []data.Text {
	var out []data.Text
	if hit := d.hit(); hit != nil && d.Confirmation.OOMKilled && limit <= *hit {
		out = append(out, data.Textf("it was killed at %s: with %s it will be killed again", humanInt(hit), human(float64(limit))))
	} else if peak, ok := d.highest(); ok && float64(limit) <= peak {
		out = append(out, data.Textf("it has used %s: a limit of %s would kill it", human(peak), human(float64(limit))))
	}
	if old := above(d.Container.Resources.Limit); old != nil && limit < *old {
		out = append(out, data.Textf("the limit is lower than today's %s", humanInt(old)))
	}
	if limit < leastSensible {
		out = append(out, data.Textf("below %s a container may not even start", human(float64(leastSensible))))
	}
	if rec := d.Recommendation.Limit; rec != nil && limit < *rec {
		out = append(out, data.Textf("the recommended limit is %s", humanInt(rec)))
	}
	return out
}

// hit returns the limit that was met at the last kill in bytes; nil when unknown.
func (d *Diagnosis) hit() *int64 {
	if l := above(d.LimitAtKill); l != nil {
		return l
	}
	if d.Confirmation.OOMKilled {
		return above(d.Container.Resources.Limit)
	}
	return nil
}

// highest returns the highest sample of all windows.
func (d *Diagnosis) highest() (float64, bool) {
	peak, ok := 0.0, false
	for _, s := range d.Usage {
		if s.Samples > 0 && s.Max > peak {
			peak, ok = s.Max, true
		}
	}
	return peak, ok
}
