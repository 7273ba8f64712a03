package analysis

import "github.com/oomedic/oomedic/data"

// The confidence that starting takes more than running does.
const (
	startBase   = 0.50 // most kills come soon after a start
	startPeak   = 0.35 // lives that get past it come down and stay lower
	startNever  = 0.12 // no life ever got past the start
	startBlind  = 0.52 // the status tells of starts that were killed, and no life was sampled to its end
	startRest   = 0.15 // … or just stay well below the limit
	startNoPeak = 0.35 // factor when lives that get past it never came down from anything
	startCrowd  = 0.20 // … or when connections were far above the usual at the kills
	startMany   = 0.05 // it happened five times or more
	startInit   = 0.30 // factor for init containers and batch runs, which do their whole work at once
	startShare  = 0.60 // share of kills that must be early
	startCap    = 0.93
)

var startupPeakCause = cause{
	id: StartupPeak, title: "Peak while starting",
	doc:   "Kills come within minutes of a start, and lives that get past it come down and stay well below the limit.",
	score: scoreStartup,
}

func scoreStartup(f *facts) finding {
	if f.hit == nil || !f.seen() || f.conf.Scope == ScopeStartup {
		return finding{}
	}
	if f.start.killed == 0 {
		return startUnseen(f)
	}
	early := float64(f.start.early) / float64(f.start.killed)
	if f.start.stepped && f.start.peaks == 0 {
		return finding{score: 0.15, summary: "Kills come soon after a start, since a certain day."}
	}
	if early < startShare || f.start.early < min(startingLives, f.start.killed) {
		return finding{}
	}
	if f.start.survived == 0 && (!f.diesStarting() || f.climb.steady() || f.climbs > 0) {
		return finding{score: 0.15, summary: "Kills come soon after a start."}
	}
	out := finding{score: startBase,
		summary: data.Textf("Starting takes more than the limit of %s; %d of %s came within minutes of a start.", humanInt(f.hit), f.start.early, count(f.start.killed, "kill")),
		evidence: []Evidence{{Says: data.Textf("%d of %s came within %s of a start", f.start.early, count(f.start.killed, "kill"), durationText(startWindow)),
			From: data.KillsPromQL(f.h)}},
		advice: []data.Text{
			"Load less at the start, or piece by piece: caches that are filled beforehand, schemas, models, migrations.",
			"Give the limit room for the peak of starting; the request may stay at what running takes.",
			"Start replicas one after the other, so that a start-up peak does not come with the load of those that are missing.",
		},
	}
	f.pastStart(&out)
	if f.load.sockets.burst() || f.load.threads.burst() {
		out.score *= startCrowd
		out.against = append(out.against, Evidence{Says: data.Textf("connections were %.1f times the usual before the kills: a start alone brings none", f.load.sockets.ratio), From: data.KillsPromQL(f.h)})
	}
	out.score *= 0.5 + 0.5*min((early-startShare)/0.3, 1)
	if f.start.early >= 5 {
		out.score += startMany
	}
	if f.batch || f.c.Kind == data.InitContainer {
		out.score *= startInit
		out.against = append(out.against, Evidence{Says: "it runs to an end: its work and its start are one", From: specCommand(f.c, "command")})
	}
	out.score = min(out.score, startCap)
	return out
}

// pastStart weighs how the lives went on that got past the start.
func (f *facts) pastStart(out *finding) {
	settled := len(f.start.after) > 0 && median(f.start.after) < startRoom*float64(*f.hit)
	peaks := f.start.survived > 0 && 2*f.start.peaks >= f.start.survived
	if settled && peaks {
		out.score += startPeak
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("%d of %s that got past the start came down again and stayed near %s", f.start.peaks, count(f.start.survived, "life"), human(median(f.start.after))), From: data.MaxPromQL(f.h, f.use)})
	} else if settled && f.start.peaks == 0 && f.start.survived >= 2 {
		out.score *= startNoPeak
		out.against = append(out.against, Evidence{Says: data.Textf("%s got past the start, and none came down from a peak", count(f.start.survived, "life")), From: data.MaxPromQL(f.h, f.use)})
	} else if settled {
		out.score += startRest
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("%s got past the start and stayed near %s", count(f.start.survived, "life"), human(median(f.start.after))), From: data.MaxPromQL(f.h, f.use)})
	} else if f.start.survived > 0 {
		out.score -= 0.25
		out.against = append(out.against, Evidence{Says: data.Textf("lives that got past the start stand near the limit too, at %s", human(median(f.start.after))), From: data.MaxPromQL(f.h, f.use)})
	} else {
		if f.start.early >= startingLives && f.eligible == 0 {
			out.score += startNever
		}
		out.against = append(out.against, Evidence{Says: "no life got past the start, so what it needs afterwards is not known", From: statusCommand(f.c, "lastState.terminated"), Unknown: true})
	}
}

// startUnseen judges what the status alone tells: lives that ended within a minute of their start, too short to be
// sampled.
func startUnseen(f *facts) finding {
	if !f.diesStarting() || f.eligible > 0 || f.batch || f.c.Kind == data.InitContainer {
		return finding{}
	}
	return finding{score: startBlind,
		summary:  data.Textf("It is killed within a minute of each start: starting takes more than the limit of %s.", humanInt(f.hit)),
		evidence: []Evidence{{Says: data.Textf("its last life ended within a minute, and it was restarted %s", count(int(f.c.Restarts), "time")), From: statusCommand(f.c, "lastState.terminated")}},
		against:  []Evidence{{Says: "no life was sampled to its end, so how memory went is not known", From: data.MaxPromQL(f.h, f.use)}},
		advice:   []data.Text{"Raise the limit once to see whether memory levels off after the start."}}
}
