package analysis

import "github.com/oomedic/oomedic/data"

// The confidence that one large input was too much.
const (
	fileBatch = 0.70 // a run of a batch workload outgrew the limit
	fileBlind = 0.30 // a batch workload was killed, and nothing shows how
)

var largeFileCause = cause{
	id: LargeFile, title: "Large input processed whole",
	doc:   "A run of a batch workload climbs, or jumps, to the limit: its input no longer fits.",
	score: scoreLargeFile,
}

func scoreLargeFile(f *facts) finding {
	advice := []data.Text{
		"Work on the input in parts (stream, page, chunk), so that memory does not follow its size.",
		"Size the limit by the largest input, with room: the next one may be larger.",
	}
	if !f.batch || f.hit == nil {
		return f.largeInput(advice)
	}
	clip := f.clipped()
	met := clip != nil && *clip
	if !f.seen() || (f.sudden == 0 && f.climbs == 0 && !f.growing() && !met) {
		return finding{score: fileBlind, summary: "A run of a batch workload was killed; its input may have outgrown the limit.", advice: advice}
	}
	s := f.stats()
	out := finding{score: fileBatch, advice: advice,
		summary:  data.Textf("A run of the batch workload needed more than the limit of %s: its input no longer fits.", humanInt(f.hit)),
		evidence: []Evidence{{Says: data.Textf("it is run by a %s, and memory follows the work of a run", f.c.Workload.Kind), From: specCommand(f.c, "command")}},
		against:  []Evidence{{Says: "no metric of input was read, so its size is not known", From: data.MaxPromQL(f.h, f.use)}}}
	if s.Samples > 0 {
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("the highest sample of all runs is %s of %s", human(s.Max), humanInt(f.hit)), From: s.From["max"]})
	}
	if len(f.kills) >= 2 {
		out.score += 0.05
	}
	return out
}

// largeInput judges a service that may have been given one large input.
func (f *facts) largeInput(advice []data.Text) finding {
	score := f.burstScore(f.burst.file)
	if score < leastAlternative {
		return finding{score: score, summary: "Kills came suddenly, as with one large input."}
	}
	out := finding{score: score, advice: advice, against: f.loadMissing(),
		summary: data.Textf("Memory rises to the limit of %s within minutes while one large input is worked on.", humanInt(f.hit))}
	l := &f.load
	if l.reads.burst() {
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("before the kills it read %s a second from disk, far more than usual", human(l.reads.peak)), From: loadQuery(f.h, data.MetricReads)})
	}
	if l.bigInput() {
		says := data.Textf("before the kills it received %s a second, %.1f times the usual", human(l.received.peak), l.received.ratio)
		if l.sockets.quiet() {
			says += data.Textf(", over %.1f times the usual connections", l.sockets.ratio)
		} else if !l.sockets.met() {
			out.against = append(out.against, Evidence{Says: "how many connections there were is not known: many requests at once look the same", From: socketsQuery(f.h), Unknown: true})
		}
		out.evidence = append(out.evidence, Evidence{Says: says, From: loadQuery(f.h, data.MetricReceived)})
	}
	if len(f.end.ramps) > 0 {
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("memory rose for %.1f min before the kill (median)", median(f.end.ramps)), From: data.MaxPromQL(f.h, f.use)})
	}
	return out
}
