package analysis

import (
	"path"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// The confidence that many requests at once were too much. Memory alone shows it only where several pods are killed
// together, or where a process manager with many workers lost one of them.
const (
	togetherScore = 0.85
	workersScore  = 0.65
	togetherLeast = 3   // moments at which several pods were killed
	togetherShare = 0.5 // … as a share of all moments
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
	if f.judged == 0 || 2*f.sudden < f.judged || f.batch {
		return finding{}
	}
	if f.together < togetherLeast || float64(f.together) < togetherShare*float64(f.moments) {
		return finding{score: 0.20, summary: "Kills came suddenly, as with many requests at once."}
	}
	return finding{score: togetherScore,
		summary:  "Several pods are killed at the same moments after sudden rises: the load as a whole was too much.",
		evidence: []Evidence{{Says: data.Textf("at %d of %d moments more than one pod was killed within five minutes", f.together, f.moments), From: data.KillsPromQL(f.h)}},
		against:  []Evidence{{Says: "no metric of requests was read", From: data.KillsPromQL(f.h)}},
		advice:   advice}
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
