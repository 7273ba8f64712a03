package analysis

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// ChartEventKind says what a mark on a chart stands for.
type ChartEventKind string

// The kinds of marks beside kills.
const (
	EventRestart ChartEventKind = "restart" // the container began anew and no kill is known
	EventRollout ChartEventKind = "rollout" // the workload's first pod of a new template
	EventLimit   ChartEventKind = "limit"   // the limit was changed
	EventRequest ChartEventKind = "request" // the request was changed
)

// ChartEvent is something that happened within a chart's window, beside kills.
type ChartEvent struct {
	At   time.Time
	Kind ChartEventKind
	// Before and After are bytes where a limit or a request was changed, else 0.
	Before, After float64
	// Says is the event in a few words: "limit 512Mi → 768Mi".
	Says data.Text
}

// eventSlack is within how many steps of a chart a start and a kill are one event: a chart knows times by the step.
const eventSlack = 2

// ChartEvents returns what a chart shows beside kills, oldest first. kind is the workload's: only a Deployment's pods
// carry their template in their name (the pod-template-hash between the Deployment's name and the pod's own suffix).
func ChartEvents(c *data.Chart, kind data.Text) []ChartEvent {
	if c == nil {
		return nil
	}
	out := append(changesOf(c.Limit, EventLimit, c), changesOf(c.Request, EventRequest, c)...)
	out = append(out, restartsOf(c)...)
	if kind == "Deployment" {
		out = append(out, rolloutsOf(c)...)
	}
	slices.SortStableFunc(out, func(a, b ChartEvent) int { return a.At.Compare(b.At) })
	return out
}

// changesOf returns the steps of a value that holds until the next one. Zero is "none", and no change is seen there.
func changesOf(s data.Samples, kind ChartEventKind, c *data.Chart) []ChartEvent {
	var out []ChartEvent
	for i := 1; i < min(len(s.T), len(s.V)); i++ {
		before, after := s.V[i-1], s.V[i]
		at := time.UnixMilli(s.T[i])
		if before == after || !(before > 0) || !(after > 0) || at.Before(c.From) || at.After(c.To) {
			continue
		}
		out = append(out, ChartEvent{At: at, Kind: kind, Before: before, After: after, Says: data.Textf("%s %s → %s", string(kind), human(before), human(after))})
	}
	return out
}

// restartsOf returns the starts of lives that no kill explains.
func restartsOf(c *data.Chart) []ChartEvent {
	var out []ChartEvent
	for i := 1; i < len(c.Lives); i++ {
		before, after := c.Lives[i-1], c.Lives[i]
		if before.Len() == 0 || after.Len() == 0 {
			continue
		}
		end, start := time.UnixMilli(before.T[before.Len()-1]), time.UnixMilli(after.T[0])
		if start.Before(c.From) || start.After(c.To) {
			continue
		}
		killed := slices.ContainsFunc(c.Kills, func(k data.Kill) bool {
			return !k.At.Before(end.Add(-eventSlack*c.Step)) && !k.At.After(start.Add(eventSlack*c.Step))
		})
		if !killed {
			out = append(out, ChartEvent{At: start, Kind: EventRestart, Says: "restart without a known kill"})
		}
	}
	return out
}

// rolloutsOf returns when the first pod of each template appeared, without the templates that were there from the start.
func rolloutsOf(c *data.Chart) []ChartEvent {
	first := map[string]int64{}
	for _, l := range slices.Concat(c.Lives, c.Others) {
		t := templateOf(l.Pod)
		if l.Len() == 0 || t == "" {
			continue
		}
		if at, ok := first[t]; !ok || l.T[0] < at {
			first[t] = l.T[0]
		}
	}
	var out []ChartEvent
	for t, ms := range first {
		at := time.UnixMilli(ms)
		if len(first) < 2 || at.Before(c.From.Add(3*c.Step)) || at.After(c.To) {
			continue
		}
		out = append(out, ChartEvent{At: at, Kind: EventRollout, Says: data.Clean("rollout of " + t)})
	}
	slices.SortFunc(out, func(a, b ChartEvent) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Says.String(), b.Says.String()))
	})
	return out
}

// templateOf returns the name of the ReplicaSet that made a Deployment's pod: the pod's name without its last part.
func templateOf(pod data.Text) string {
	name := pod.String()
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		return name[:i]
	}
	return ""
}

// Spell is a stretch of a chart: what memory did in it. Points is 0 when there are no samples.
type Spell struct {
	Max, Mean float64 // bytes, of the chart's points
	Points    int
	Kills     int
	Limit     float64 // in force at its end, bytes; 0 is unknown or none
	Long      time.Duration
}

// BeforeAfter returns what memory did before and after at: the pods of the workload before it, and those after it. Kills
// are those that the chart has, which are the ones of its own pod.
func BeforeAfter(c *data.Chart, at time.Time) (before, after Spell) {
	ms, sumBefore, sumAfter := at.UnixMilli(), 0.0, 0.0
	for _, l := range slices.Concat(c.Lives, c.Others) {
		for i := range min(len(l.T), len(l.V)) {
			if l.T[i] < c.From.UnixMilli() || l.T[i] > c.To.UnixMilli() || !finite(l.V[i]) {
				continue
			}
			if l.T[i] < ms {
				sumBefore += l.V[i]
				before.Points++
				before.Max = max(before.Max, l.V[i])
			} else {
				sumAfter += l.V[i]
				after.Points++
				after.Max = max(after.Max, l.V[i])
			}
		}
	}
	before.Mean, after.Mean = sumBefore/float64(max(before.Points, 1)), sumAfter/float64(max(after.Points, 1))
	for _, k := range c.Kills {
		switch {
		case k.At.Before(c.From) || k.At.After(c.To):
		case k.At.Before(at):
			before.Kills++
		default:
			after.Kills++
		}
	}
	for i, t := range c.Limit.T {
		if t < ms {
			before.Limit = c.Limit.V[i]
		} else {
			after.Limit = c.Limit.V[i]
		}
	}
	before.Long, after.Long = at.Sub(c.From), c.To.Sub(at)
	return before, after
}
