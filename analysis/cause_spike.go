package analysis

import (
	"strings"

	"github.com/oomedic/oomedic/data"
)

// The confidence in a sudden rise. How sure it is that kills came suddenly at all is shared among what can be behind it.
const (
	burstBase  = 0.62 // kills came suddenly …
	burstShare = 0.30 // times the share of kills that did
	burstSome  = 0.15 // less than half of them did
	spikeChild = 0.45 // a child process outgrew the limit between two samples
)

var loadSpikeCause = cause{
	id: LoadSpike, title: "Sudden memory spike",
	doc:   "Memory is far below the limit and flat, and rises to the kill within one or a few scrape intervals.",
	score: scoreSpike,
}

func scoreSpike(f *facts) finding {
	if f.hit == nil || !f.seen() {
		return finding{}
	}
	s := f.stats()
	if f.conf.Scope == ScopeChild && s.Samples > 0 && s.P95 < suddenLast*float64(*f.hit) {
		return finding{score: spikeChild,
			summary:  "A process in the container grew to the limit faster than samples show.",
			evidence: []Evidence{{Says: data.Textf("95%% of samples are at or below %s, far from the limit", human(s.P95)), From: s.From["p95"]}},
			against:  []Evidence{{Says: "no metric tells the processes of a container apart", From: s.From["max"]}},
			advice:   []data.Text{"Bound what one child process may take, or run fewer at a time."}}
	}
	score := f.burstScore(f.burst.spike)
	if score < leastAlternative {
		return finding{score: score, summary: "Some kills came suddenly."}
	}
	out := finding{
		score: score,
		summary: data.Textf("Memory is at %s of %s most of the time and rises to the limit within minutes.",
			human(s.P50), humanInt(f.hit)),
		evidence: []Evidence{
			{Says: data.Textf("%d of %s came from a level far below the limit", f.sudden, count(f.judged, "kill")), From: data.MaxPromQL(f.h, f.use)},
			{Says: data.Textf("the usual level is %s, %.0f%% of the limit", human(s.P50), 100*s.P50/float64(*f.hit)), From: s.From["p50"]},
		},
		against: f.loadMissing(),
		advice: []data.Text{
			"Look at what came in at the time of the kills: request logs, queue lengths, job starts.",
			"Bound what one request may take: page sizes, upload sizes, result sets; stream instead of loading whole.",
			"Spread the load: scale out on memory, or refuse work above a bound.",
		},
	}
	if e, ok := f.loadCalm(); ok {
		out.evidence = append(out.evidence, e)
	}
	if f.batch {
		out.against = append(out.against, Evidence{Says: "a batch workload has no traffic; what varies is its input", From: specCommand(f.c, "command")})
	}
	return out
}

// burstScore returns the score of a cause that has the given share of what sudden kills can come from.
func (f *facts) burstScore(share float64) float64 {
	b := f.burst
	switch {
	case b.sudden == 0:
		return 0
	case b.sudden < 0.5 || (f.growing() && b.sudden < 0.8):
		return burstSome * b.sudden * share
	}
	return (burstBase + burstShare*b.sudden) * share
}

// loadMissing says that no load was read, when none was.
func (f *facts) loadMissing() []Evidence {
	if f.load.known() {
		return nil
	}
	return []Evidence{{Says: "no metric of load was read, so what asked for the memory is not known", From: data.MaxPromQL(f.h, f.use)}}
}

// loadCalm says that load was as usual at the kills, of what is known of it.
func (f *facts) loadCalm() (Evidence, bool) {
	l := &f.load
	if l.received.burst() || l.sockets.burst() || l.reads.burst() {
		return Evidence{}, false
	}
	says, from := l.ratios(f.h)
	if says == "" {
		return Evidence{}, false
	}
	return Evidence{Says: "before the kills " + says + ": nothing out of the ordinary", From: from}, true
}

// ratios says how traffic, connections and threads stood at kills, each only where it is known, with the query of the
// first of them; empty when none is.
func (l *loadFacts) ratios(h *data.History) (says, from data.Text) {
	for _, s := range []struct {
		name data.Text
		of   *signalFacts
		from data.Text
	}{
		{"connections", &l.sockets, socketsQuery(h)}, {"threads", &l.threads, threadsQuery(h)},
		{"traffic", &l.received, loadQuery(h, data.MetricReceived)},
	} {
		if !s.of.met() {
			continue
		}
		if says == "" {
			says, from = data.Textf("%s stood at %.1f times the usual", s.name, s.of.ratio), s.from
			continue
		}
		says += data.Textf(", %s at %.1f times", s.name, s.of.ratio)
	}
	return says, from
}

// socketsQuery is the PromQL that shows how many sockets are open.
func socketsQuery(h *data.History) data.Text {
	return data.Clean("max by (namespace,pod) (" + data.MetricSockets + "{" + h.Selector + "})")
}

// threadsQuery is the PromQL that shows how many threads there are.
func threadsQuery(h *data.History) data.Text {
	return data.Clean("max by (namespace,pod) (" + data.MetricThreads + "{" + h.Selector + "})")
}

// loadQuery is the PromQL that shows the rise a second of a counter.
func loadQuery(h *data.History, metric string) data.Text {
	return data.Clean("sum by (namespace,pod) (rate(" + metric + "{" + podSelector(h.Selector) + "}[5m]))")
}

// podSelector is a selector without its container: network counters have none.
func podSelector(selector string) string {
	at := strings.Index(selector, `container="`)
	if at < 0 {
		return selector
	}
	end := strings.Index(selector[at+len(`container="`):], `"`)
	if end < 0 {
		return selector
	}
	rest := selector[at+len(`container="`)+end+1:]
	return strings.Trim(selector[:at]+strings.TrimPrefix(rest, ","), ",")
}
