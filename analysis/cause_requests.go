package analysis

import (
	"path"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// The confidence that many requests at once were too much. Memory alone shows it only where several pods are killed
// together, or where a process manager with many workers lost one of them.
const (
	workersScore  = 0.65
	togetherShare = 0.5 // moments at which several pods were killed, as a share of all
)

var concurrentCause = cause{
	id: ConcurrentRequests, title: "Too many requests at once",
	doc:   "Several pods of the workload are killed at the same moments after sudden rises, or one of many workers is killed.",
	score: scoreConcurrent,
}

func scoreConcurrent(f *facts) finding {
	advice := []data.Text{
		"Bound how many requests are worked on at once, and refuse or queue the rest.",
		"Scale out on memory before the peak, so that each pod has fewer at a time.",
	}
	if manager := workerManager(f.c); f.conf.Scope == ScopeChild && manager != "" {
		return finding{score: workersScore,
			summary:  data.Textf("One of several workers (%s) was killed: together they need more than the limit.", manager),
			evidence: []Evidence{{Says: data.Textf("it runs several worker processes: %s", manager), From: specCommand(f.c, "command")}},
			against:  []Evidence{{Says: "no metric tells the workers apart", From: f.c.ChildKillsFrom}},
			advice:   append([]data.Text{"Run fewer workers, or give the limit as many times what one of them needs at most.", "Recycle workers after a number of requests (gunicorn --max-requests, celery --max-memory-per-child)."}, advice...)}
	}
	score := f.burstScore(f.burst.crowd)
	if score < leastAlternative {
		return finding{score: score, summary: "Kills came suddenly, as with many requests at once."}
	}
	out := finding{score: score, advice: advice, against: f.loadMissing(),
		summary: "Memory rises with the number of requests in work, and at its peaks meets the limit."}
	if l := &f.load; l.sockets.burst() || l.threads.burst() {
		says, from := l.ratios(f.h)
		out.evidence = append(out.evidence, Evidence{Says: "before the kills " + says, From: from})
		if l.sockets.follows >= followsFor {
			out.evidence = append(out.evidence, Evidence{Says: data.Textf("memory follows connections (rank correlation %.2f)", l.sockets.follows), From: socketsQuery(f.h)})
		}
	}
	if f.together >= 2 {
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("at %d of %d moments more than one pod was killed within five minutes", f.together, f.moments), From: data.KillsPromQL(f.h)})
	}
	if f.end.clock >= peakHours && len(f.kills) >= leastClock {
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("kills keep to one time of the day, around %02.0f:00 UTC", f.end.noon), From: data.KillsPromQL(f.h)})
	}
	if len(out.evidence) == 0 {
		out.against = append(out.against, Evidence{Says: "nothing shows how many requests there were", From: data.KillsPromQL(f.h)})
	}
	return out
}

// workerManager returns the process manager that runs several workers, or empty.
func workerManager(c *data.Container) data.Text {
	if n := workers(c); n > 1 {
		return data.Textf("WEB_CONCURRENCY=%d", n)
	}
	for _, w := range c.Command {
		for _, word := range strings.Fields(w.String()) {
			switch base := path.Base(word); base {
			case "gunicorn", "celery", "uwsgi", "puma", "unicorn", "php-fpm", "apache2", "httpd":
				return data.Clean(base)
			}
		}
	}
	return ""
}
