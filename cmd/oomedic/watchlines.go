package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// sameKill is how near two reports of one kill may lie: the API has whole seconds.
const sameKill = 2 * time.Second

// killNews tells kills that are new since a watch began.
type killNews struct {
	began    time.Time
	live     bool // the whole cluster was seen once
	counted  bool // kills of child processes were counted once
	told     map[data.Key][]time.Time
	children map[data.Key]float64
}

func newKillNews(began time.Time) *killNews {
	return &killNews{began: began.Truncate(time.Second), told: map[data.Key][]time.Time{}, children: map[data.Key]float64{}}
}

// killed is one kill that has to be told.
type killed struct {
	at   time.Time // zero when no status tells
	seen time.Time
	c    data.Container
	v    analysis.Confirmation
}

// take returns the kills of a snapshot that were not told yet, in its order. Until the cluster was seen whole, what was
// killed before the watch began is old; after that, everything that was not there before is new, whatever a node's clock
// says.
func (n *killNews) take(s *data.Snapshot, now time.Time) []killed {
	var out []killed
	for _, c := range s.Containers {
		v := analysis.Confirm(c, now)
		if !v.OOMKilled {
			continue
		}
		k := c.Key
		if v.Scope == analysis.ScopeChild && c.ChildKills != nil {
			was, known := n.children[k]
			n.children[k] = *c.ChildKills
			if *c.ChildKills > was && (known || n.counted) {
				out = append(out, killed{seen: now, c: *c, v: v})
			}
			continue
		}
		times := make([]time.Time, 0, len(c.Kills)+1)
		for _, one := range c.Kills {
			times = append(times, one.At)
		}
		for _, at := range append(times, v.LastKillAt) {
			if at.IsZero() || n.knows(k, at) {
				continue
			}
			n.tell(k, at, c.Kills)
			if n.live || !at.Before(n.began) {
				out = append(out, killed{at: at, seen: now, c: *c, v: v})
			}
		}
	}
	n.live = n.live || s.Health.State == data.Live
	n.forget(s)
	return out
}

// tell remembers a kill, and drops those before the oldest that the store still has: it will not name them again, and a
// container may be killed every minute for weeks.
func (n *killNews) tell(k data.Key, at time.Time, kept []data.Kill) {
	if len(kept) > 0 {
		oldest := kept[0].At.Add(-sameKill)
		n.told[k] = slices.DeleteFunc(n.told[k], func(t time.Time) bool { return t.Before(oldest) })
	}
	n.told[k] = append(n.told[k], at)
}

// knows reports whether a kill was told, or was there before.
func (n *killNews) knows(k data.Key, at time.Time) bool {
	for _, t := range n.told[k] {
		if d := at.Sub(t); d <= sameKill && d >= -sameKill {
			return true
		}
	}
	return false
}

// forget drops what the store does not hold any more, so that memory follows what is there.
func (n *killNews) forget(s *data.Snapshot) {
	if len(n.told) <= 2*len(s.Containers)+64 {
		return
	}
	for k := range n.told {
		if _, ok := s.Container(k); !ok {
			delete(n.told, k)
			delete(n.children, k)
		}
	}
}

// killLine is a kill as JSON.
type killLine struct {
	APIVersion string                   `json:"apiVersion"`
	Kind       string                   `json:"kind"`
	At         *string                  `json:"at"`
	SeenAt     string                   `json:"seenAt"`
	Namespace  data.Text                `json:"namespace"`
	Pod        data.Text                `json:"pod"`
	PodUID     data.Text                `json:"podUID"`
	Container  data.Text                `json:"container"`
	Node       data.Text                `json:"node"`
	Workload   *analysis.ReportWorkload `json:"workload"`
	LimitBytes *int64                   `json:"limitBytes"`
	ExitCode   *int32                   `json:"exitCode"`
	Reason     data.Text                `json:"reason"`
	Scope      analysis.Scope           `json:"scope"`
	Confidence float64                  `json:"confidence"`
	Restarts   int32                    `json:"restarts"`
	Why        data.Text                `json:"why"`
}

// crossingLine is a crossing as JSON.
type crossingLine struct {
	APIVersion string                `json:"apiVersion"`
	Kind       string                `json:"kind"`
	At         string                `json:"at"`
	Crossing   analysis.CrossingKind `json:"crossing"`
	Risk       analysis.RiskEntry    `json:"risk"`
}

// writeKill prints one kill.
func (o *options) writeKill(n killed) error {
	c, v := &n.c, &n.v
	if o.output == "json" {
		l := killLine{APIVersion: "oomedic/v1", Kind: "Kill", SeenAt: utc(n.seen), Namespace: c.Key.Namespace, Pod: c.Key.Pod, PodUID: c.Key.UID,
			Container: c.Key.Container, Node: c.Node, LimitBytes: c.Resources.Limit, ExitCode: v.ExitCode, Reason: v.Reason, Scope: v.Scope,
			Confidence: v.Confidence, Restarts: v.Restarts, Why: v.Why}
		if !n.at.IsZero() {
			at := utc(n.at)
			l.At = &at
		}
		if w := c.Workload; w.Kind != "" {
			l.Workload = &analysis.ReportWorkload{APIVersion: w.APIVersion, Kind: w.Kind, Name: w.Name, Replicas: w.Replicas}
		}
		return o.writeJSONLine(l)
	}
	at := n.at
	if at.IsZero() {
		at = n.seen
	}
	parts := []string{"limit " + views.Limit(c.Resources.Limit), string(v.Scope)}
	if v.ExitCode != nil {
		parts = append(parts, fmt.Sprintf("exit %d", *v.ExitCode))
	}
	parts = append(parts, fmt.Sprintf("%d restarts", v.Restarts))
	return o.writeLine(at, "killed", c.Key, c.Workload.Ref(), strings.Join(parts, ", "))
}

// writeCrossing prints one container that came to be at risk, or got well.
func (o *options) writeCrossing(c *analysis.Crossing) error {
	if o.output == "json" {
		return o.writeJSONLine(crossingLine{"oomedic/v1", "RiskCrossing", utc(c.At), c.Kind, c.Risk.Entry()})
	}
	ref := data.Text("")
	if w := c.Risk.Usage.Owner; w != nil {
		ref = w.Ref()
	}
	return o.writeLine(c.At, string(c.Kind), c.Risk.Usage.Key, ref, c.Risk.Why.String())
}

// writeLine prints a line of text in one piece.
func (o *options) writeLine(at time.Time, what string, k data.Key, ref data.Text, text string) error {
	if ref != "" {
		ref = " (" + ref + ")"
	}
	_, err := fmt.Fprintf(o.Out, "%s %-8s %s%s: %s\n", utc(at), what, k, ref, text)
	return err
}

// writeJSONLine prints an object on one line, in one piece.
func (o *options) writeJSONLine(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = o.Out.Write(append(b, '\n'))
	return err
}

func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }
