package analysis

import (
	"cmp"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// When sizes are called wrong.
const (
	oversizedFrom  = 2.0           // the request is more than this multiple of the highest use
	oversizedLeast = 128 * data.Mi // … and so many bytes could be given back
	idleLimit      = 4.0           // a limit without a cost is called far above use from this multiple on
	giveBackRoom   = 1.30          // what a request needs: the highest use of a day and 30 %
)

// sizesOf judges limit and request of one container and counts what it finds; nil when they fit, or are not known.
func sizesOf(one *data.Usage, u *data.ClusterUsage, price Price, s *RiskSummary) *Risk {
	limit, request := above(one.Limit), above(one.Request)
	if one.WorkingSet == nil || !isMemory(*one.WorkingSet) {
		return nil
	}
	if limit == nil && !one.Specified {
		s.Unknown++
		return nil
	}
	r := &Risk{Usage: *one, Level: RiskSizing}
	if limit != nil {
		r.Share = ptr(*one.WorkingSet / float64(*limit))
	}
	add := func(k RiskKind, why data.Text) {
		if r.Kind == "" {
			r.Kind, r.Why = k, why
			return
		}
		r.Notes = append(r.Notes, why)
	}
	r.giveBack(limit, request, price, add)
	if r.GiveBack != nil {
		s.GiveBack += *r.GiveBack
		if r.Monthly != nil {
			s.Monthly += *r.Monthly
		}
	}
	if pod := above(one.PodLimit); limit == nil && pod != nil {
		if r.Kind == "" {
			return nil
		}
		return r
	}
	if one.Specified && limit == nil {
		s.NoLimit++
		add(RiskNoLimit, data.Textf("no limit: it may take all memory of its node; it uses %s", human(*one.WorkingSet)))
	}
	if one.Specified && request == nil && limit == nil {
		s.NoRequest++
		add(RiskNoRequest, "no request: the scheduler places it as if it used nothing")
	}
	if limit != nil && request != nil && float64(*limit) > mostLimitPerRequest*float64(*request) {
		s.WideLimit++
		add(RiskWideLimit, data.Textf("the limit of %s is %.1f times the request of %s: up to %s that nobody set aside", humanInt(limit), float64(*limit)/float64(*request), humanInt(request), human(float64(*limit-*request))))
	}
	if r.Kind == "" {
		return nil
	}
	return r
}

// giveBack judges whether a container holds far more than its highest use of the day. What costs money is the request;
// a limit above it is room that is promised to nobody.
func (r *Risk) giveBack(limit, request *int64, price Price, add func(RiskKind, data.Text)) {
	peak := r.Usage.Peak
	if peak == nil || !isMemory(*peak) {
		return
	}
	need := RoundUp(giveBackRoom * *peak)
	if request != nil && float64(*request) >= oversizedFrom**peak && *request-need >= oversizedLeast {
		back := *request - need
		r.GiveBack = &back
		why := data.Textf("requests %s, highest use of a day %s: %s could be given back", humanInt(request), human(*peak), human(float64(back)))
		if price.PerGiBMonth > 0 {
			r.Monthly = ptr(round2(float64(back) / float64(data.Gi) * price.PerGiBMonth))
			why += data.Textf(" (%s a month)", dollars(*r.Monthly))
		}
		add(RiskOversized, why)
		return
	}
	if limit != nil && float64(*limit) >= idleLimit**peak && *limit-need >= oversizedLeast {
		add(RiskOversized, data.Textf("limit %s, highest use of a day %s: a limit of %s is enough", humanInt(limit), human(*peak), human(float64(need))))
	}
}

// all are the findings of a risk as lines; nil for none.
func (r *Risk) all() []data.Text {
	if r == nil {
		return nil
	}
	return append([]data.Text{r.Why}, r.Notes...)
}

// compareSizing puts what costs most first, then what has no limit by its use, then the rest by the bytes at stake.
func compareSizing(a, b Risk) int {
	back := func(r *Risk) int64 {
		if r.GiveBack == nil {
			return 0
		}
		return *r.GiveBack
	}
	return cmp.Or(cmp.Compare(back(&b), back(&a)), cmp.Compare(*b.Usage.WorkingSet, *a.Usage.WorkingSet), strings.Compare(a.Usage.Key.String(), b.Usage.Key.String()))
}
