package analysis

import (
	"fmt"
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
)

// SharePercent writes a share of a limit in whole percents, rounded down: 95% is said of nothing below 0.95, so that the
// number and the word beside it agree; "unknown" when it is nil or no number.
func SharePercent(share *float64) data.Text {
	if share == nil || !finite(*share) {
		return "unknown"
	}
	n := math.Floor(100 * *share)
	if (n+1)/100 <= *share { // 0.29 times 100 is a little less than 29
		n++
	}
	if n == 0 && *share > 0 {
		return "<1%"
	}
	return data.Textf("%.0f%%", n)
}

// why says in one line what the risk is.
func (r *Risk) why(now time.Time) data.Text {
	if r.usualLife > 0 {
		return data.Textf("killed %s after its start before, %s if it goes the same way", durationText(r.usualLife), r.oom())
	}
	at := data.Textf("at %s of its limit", SharePercent(r.Share))
	switch {
	case r.Left != nil && *r.Left == 0:
		return at + data.Textf(", growing %s an hour: OOM at any moment", perHour(*r.Growth))
	case r.Kind == RiskGrowing:
		what := ""
		switch {
		case r.starting(now):
			what = ", which may be its start"
		case r.Leak:
			what = ", probable leak"
		case r.LeftHigh == nil:
			what = ", ever slower"
		}
		return data.Textf("growing %s an hour%s, %s", perHour(*r.Growth), what, r.oom())
	case r.Left != nil:
		return data.Textf("approaching its limit (%s), %s at the current rate", SharePercent(r.Share), r.oom())
	case *r.Share >= 1:
		return at + ": OOM at any moment"
	case *r.Share >= RiskCriticalShare:
		return at + r.steady() + ": the next peak kills"
	}
	return at + r.steady()
}

// steady says that memory does not grow, where that was seen.
func (r *Risk) steady() data.Text {
	s := r.Usage.Recent
	if s == nil || s.Len() < fewPace || r.Growth != nil {
		return ""
	}
	span := time.Duration(s.T[s.Len()-1]-s.T[0]) * time.Millisecond
	out := data.Textf(", not growing over the last %s", durationText(span))
	if p := r.Usage.Peak; p != nil && *p <= aboveLimit*float64(*r.Usage.Limit) {
		out += data.Textf(" (highest of 24h: %s)", SharePercent(ptr(*p/float64(*r.Usage.Limit))))
	}
	return out
}

// oom says when the OOM kill comes.
func (r *Risk) oom() data.Text {
	if r.Left != nil && *r.Left == 0 {
		return "OOM at any moment"
	}
	return "OOM in " + LeftText(r)
}

// LeftText returns the time that is left for people: "2–4 h", "8 h", "about 40 min or later"; "unknown" when it is not
// known.
func LeftText(r *Risk) data.Text {
	switch {
	case r.Left == nil:
		return "unknown"
	case *r.Left == 0:
		return "any moment"
	case r.LeftLow == nil:
		return durationRange(*r.Left, *r.Left)
	case r.LeftHigh == nil:
		return durationRange(*r.LeftLow, *r.LeftLow) + " or later"
	}
	return durationRange(*r.LeftLow, *r.LeftHigh)
}

// durationRange returns two durations in the unit of the longer one: "40–55 s", "10–12 min", "2–4 h", "3–5 days".
func durationRange(low, high time.Duration) data.Text {
	unit, name := time.Second, "s"
	switch {
	case high >= 72*time.Hour:
		unit, name = 24*time.Hour, "days"
	case high >= 2*time.Hour:
		unit, name = time.Hour, "h"
	case high >= 2*time.Minute:
		unit, name = time.Minute, "min"
	}
	a, b := low.Seconds()/unit.Seconds(), high.Seconds()/unit.Seconds()
	format := "%.0f"
	if name == "h" && a < 10 && b-a < 2 {
		format = "%.1f"
	} else {
		a, b = math.Floor(a), math.Ceil(b)
		if low == high {
			a, b = math.Round(low.Seconds()/unit.Seconds()), math.Round(low.Seconds()/unit.Seconds())
		}
	}
	if a < 1 && b >= 2 { // "0–3 h" would say any moment
		return durationRange(low, low) + "–" + durationRange(high, high)
	}
	from, to := fmt.Sprintf(format, a), fmt.Sprintf(format, b)
	if from == to {
		return data.Textf("%s %s", to, name)
	}
	return data.Textf("%s–%s %s", from, to, name)
}

// riskEvidence says where the numbers of a risk come from.
func riskEvidence(r *Risk, u *data.ClusterUsage) []Evidence {
	k := r.Usage.Key
	c := &data.Container{Key: k, Kind: data.RegularContainer}
	if r.Usage.Container != nil {
		c = r.Usage.Container
	}
	sizes := Evidence{Says: data.Textf("limit %s, request %s", sizeText(&r.Usage, r.Usage.Limit), sizeText(&r.Usage, r.Usage.Request)), From: specCommand(c, "resources")}
	if r.Usage.WorkingSet == nil {
		return []Evidence{{Says: data.Textf("its last life lasted %s", durationText(r.usualLife)), From: statusCommand(c, "lastState.terminated")}, sizes}
	}
	if r.bound != nil {
		sizes = Evidence{Says: data.Textf("%s bounds the heap at %s; %s", r.bound.setting, human(r.bound.bytes), sizes.Says), From: r.bound.from}
	}
	if r.usualLife > 0 {
		sizes = Evidence{Says: data.Textf("its last life lasted %s; %s", durationText(r.usualLife), sizes.Says), From: statusCommand(c, "lastState.terminated")}
	}
	if u.Selector == "" {
		top := data.Textf("kubectl top pod%s %s --containers", inNamespace(k.Namespace), data.ShellQuote(k.Pod))
		return []Evidence{{Says: data.Textf("working set %s", human(*r.Usage.WorkingSet)), From: top}, sizes}
	}
	var out []Evidence
	if r.pod != nil {
		out = append(out, Evidence{Says: data.Textf("working set %s, of its pod %s, %s of the pod's limit of %s", human(*r.Usage.WorkingSet), human(r.pod.used), SharePercent(r.Share), humanInt(r.Usage.PodLimit)), From: data.PodUsagePromQL(k)})
	} else if r.Share != nil {
		out = append(out, Evidence{Says: data.Textf("working set %s, %s of the limit of %s", human(*r.Usage.WorkingSet), SharePercent(r.Share), humanInt(r.Usage.Limit)), From: data.SharePromQL(k)})
	}
	if r.Growth != nil {
		out = append(out, Evidence{Says: data.Textf("it grows %s an hour", perHour(*r.Growth)), From: data.SlopePromQL(k, r.seenFor(u))})
	}
	if p := r.Usage.Parts; p != nil && p.RSS != nil {
		out = append(out, Evidence{Says: data.Textf("anonymous memory (RSS) %s", human(*p.RSS)), From: data.KeptPromQL(k)})
	}
	if p := r.Usage.Peak; p != nil {
		out = append(out, Evidence{Says: data.Textf("highest of 24h: %s", human(*p)), From: data.PeakPromQL(k, data.Day)})
	}
	return append(out, sizes)
}

// seenFor is how long the life that runs was seen, at most what is asked for: the window that shows its growth.
func (r *Risk) seenFor(u *data.ClusterUsage) time.Duration {
	s := r.Usage.Recent
	if s == nil || s.Len() < 2 {
		return u.GrowthWindow
	}
	return max(time.Duration(s.T[s.Len()-1]-s.T[0])*time.Millisecond, time.Minute).Round(time.Second)
}

// sizeText writes a limit or request; one that nobody told is unknown, not none.
func sizeText(u *data.Usage, n *int64) data.Text {
	if n == nil && !u.Specified {
		return "unknown"
	}
	return humanInt(n)
}
