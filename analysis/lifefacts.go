package analysis

import (
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Ending says how a life ended.
type Ending string

// The endings of a life. Ended is any other end than a kill.
const (
	EndKilled Ending = "killed"
	EndAlive  Ending = "alive"
	EndOther  Ending = "ended"
)

// LifeFacts is what one instance of the container did, from one start to one end. Sizes are bytes; nil means that too
// little was seen.
type LifeFacts struct {
	Pod        data.Text
	Start, End time.Time
	Ending     Ending
	StartLevel float64       // first sample
	StartPeak  float64       // highest sample of the first minutes (startWindow)
	WarmUp     time.Duration // left out of the trend at the start
	// SlopePerHour is the Theil–Sen slope of the troughs in bytes an hour; four times in five the truth lies between
	// SlopeLow and SlopeHigh. Deceleration is the slope of the second half over that of the first: 1 is steady growth,
	// below 0.7 it slows down.
	SlopePerHour, SlopeLow, SlopeHigh, Deceleration *float64
	Floor                                           *float64 // median trough of the last quarter
	Plateau                                         *float64 // level at which growth ended; nil while it grows
	Peak, Last                                      float64
	// Unseen is the time between the last sample and the kill: what happened in it was not measured.
	Unseen time.Duration
	Limit  *float64 // in force at the end
	// Censored is true when the life was killed or came to the limit: what it would have used above is not known.
	Censored bool
	Coverage float64 // share of the life that has samples, 0 to 1
}

// mostLifeFacts is how many lives a diagnosis lists.
const mostLifeFacts = 64

// lifeFacts lists the newest lives.
func (f *facts) lifeFacts() []LifeFacts {
	idx := make([]int, len(f.lives))
	for i := range idx {
		idx[i] = i
	}
	slices.SortStableFunc(idx, func(a, b int) int { return f.lives[a].first().Compare(f.lives[b].first()) })
	if n := len(idx) - mostLifeFacts; n > 0 {
		idx = idx[n:]
	}
	out := make([]LifeFacts, 0, len(idx))
	for _, i := range idx {
		out = append(out, f.factsOf(&f.lives[i]))
	}
	return out
}

// factsOf says what one life did.
func (f *facts) factsOf(l *life) LifeFacts {
	out := LifeFacts{Pod: l.pod, Start: l.start.UTC(), End: l.last().UTC(), Ending: EndOther, StartLevel: l.v[0], Peak: l.peak, Last: l.v[len(l.v)-1]}
	switch {
	case !l.killed.IsZero():
		out.Ending, out.End = EndKilled, l.killed.UTC()
		out.Unseen = max(l.killed.Sub(l.last()), 0)
	case f.now.Sub(l.last()) <= killSlack+3*f.step:
		out.Ending = EndAlive
	}
	if l.limit > 0 {
		out.Limit = ptr(l.limit)
		out.Censored = out.Ending == EndKilled || l.peak >= clippedTop*l.limit
	}
	for i, v := range l.v {
		if i > 0 && l.t[i]-l.start.UnixMilli() > startWindow.Milliseconds() {
			break
		}
		out.StartPeak = max(out.StartPeak, v)
	}
	if whole := l.t[len(l.t)-1] - l.t[0] + f.step.Milliseconds(); whole > 0 {
		out.Coverage = min(float64(union(cover(nil, l.t, f.step.Milliseconds(), l.t[0]-f.step.Milliseconds())))/float64(whole), 1)
	}
	t := l.trend
	if t.shape == unseen {
		return out
	}
	out.WarmUp = warmUpOf(l.last().Sub(l.first()))
	out.SlopePerHour, out.SlopeLow, out.SlopeHigh, out.Floor = ptr(t.slope), ptr(t.low), ptr(t.high), ptr(t.floor)
	if t.first > 0 {
		out.Deceleration = ptr(t.second / t.first)
	}
	if t.shape == flat || t.shape == settled {
		out.Plateau = ptr(topLevel(l))
	}
	return out
}

// killedPods returns the pods that were killed at least once.
func (f *facts) killedPods() map[data.Text]bool {
	out := map[data.Text]bool{}
	for _, k := range f.kills {
		out[k.Pod] = true
	}
	return out
}

// What makes one replica the odd one: so many kills in it, and so many other pods that lived as long without one.
const (
	oddKills = 3
	oddPeers = 2
)

// onlyPod returns the one pod that was killed while others beside it were not; empty when there is none such.
func (f *facts) onlyPod() data.Text {
	pods := f.killedPods()
	if len(pods) != 1 || len(f.kills) < oddKills {
		return ""
	}
	var pod data.Text
	for p := range pods {
		pod = p
	}
	seen, peers := map[data.Text]time.Duration{}, 0
	for i := range f.lives {
		l := &f.lives[i]
		seen[l.pod] += l.last().Sub(l.first())
	}
	for p, d := range seen {
		if p != pod && d >= seen[pod]/2 && d > 0 {
			peers++
		}
	}
	if peers < oddPeers {
		return ""
	}
	return pod
}
