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
		if f.judged > 0 && 2*f.sudden >= f.judged {
			return finding{score: 0.15, summary: "Kills came suddenly, as with one large input."}
		}
		return finding{}
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
