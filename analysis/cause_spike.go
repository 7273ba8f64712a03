package analysis

import "github.com/oomedic/oomedic/data"

// The confidence in a sudden rise. Memory shows that it was sudden and not what asked for it.
const (
	spikeBase  = 0.50
	spikeShare = 0.25 // times the share of kills that were sudden
	spikeCap   = 0.80
	spikeBatch = 0.60 // factor for a batch workload, whose input varies and not its load
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
	if f.judged == 0 || f.sudden == 0 {
		return finding{}
	}
	part := float64(f.sudden) / float64(f.judged)
	if part < 0.5 || (f.growing() && part < 0.8) {
		return finding{score: 0.15 * part, summary: "Some kills came suddenly."}
	}
	out := finding{
		score: spikeBase + spikeShare*part,
		summary: data.Textf("Memory is at %s of %s most of the time and rises to the limit within minutes.",
			human(s.P50), humanInt(f.hit)),
		evidence: []Evidence{
			{Says: data.Textf("%d of %s came from a level far below the limit", f.sudden, count(f.judged, "kill")), From: data.MaxPromQL(f.h, f.use)},
			{Says: data.Textf("the usual level is %s, %.0f%% of the limit", human(s.P50), 100*s.P50/float64(*f.hit)), From: s.From["p50"]},
		},
		against: []Evidence{{Says: "no metric of load was read, so what asked for the memory is not known", From: data.MaxPromQL(f.h, f.use)}},
		advice: []data.Text{
			"Look at what came in at the time of the kills: request logs, queue lengths, job starts.",
			"Bound what one request may take: page sizes, upload sizes, result sets; stream instead of loading whole.",
			"Spread the load: scale out on memory, or refuse work above a bound.",
		},
	}
	if f.judged >= 3 {
		out.score += 0.05
	}
	if f.batch {
		out.score *= spikeBatch
		out.against = append(out.against, Evidence{Says: "a batch workload has no traffic; what varies is its input", From: specCommand(f.c, "command")})
	}
	out.score = min(out.score, spikeCap)
	return out
}
