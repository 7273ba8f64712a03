package prom

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// Question is one query of the plan: what a screen wants to know, and how it is asked.
type Question struct {
	Screen  string // where the answer is shown
	Purpose string
	PromQL  string // as it is sent, for the container of the plan
	Window  time.Duration
	Step    time.Duration // zero for an instant query
	// Samples is about how many samples the server reads for one pod whose metrics are sampled every 30 s.
	Samples int
}

// Plan returns every question that the screens of one container and the list put in the ordinary case, made by the very
// functions that put them. What is asked besides depends on answers: a closer look where a container ended more than
// once within a step, start times where samples have no id, maxima of steps where a history is too large.
func Plan(c *data.Container) []Question {
	own, all := ownSelector(c), Selector(c)
	batch := podsSelector(c.Key.Namespace.String(), []string{c.Key.Pod.String(), "…"})
	pods := joinMatchers(equal("namespace", c.Key.Namespace.String()), matches("pod", PodPattern(c)))
	every := func(w time.Duration) int { return int(w / unknownScrape) } // every sample is read once
	once := func(w, step time.Duration) int { return int(w / step) }     // one sample a step
	chart, month := chartStep(data.Day, unknownScrape), historyDays*day
	sparseDay, sparseMonth := sparseStepFor(day), sparseStepFor(month)
	load := &loadReader{b: &historyBuilder{sel: all}, step: loadSteps[0]}
	week := partsDays * day
	return []Question{
		{"list", "sparkline and peak", sparksPromQL(batch, day/defaultPoints), day, day / defaultPoints, every(day)},
		{"list", "former kills: restarts", restartsPromQL(batch), day, sparseDay, once(day, sparseDay)},
		{"list", "former kills: when it last ended", lastEndsPromQL(batch), day, sparseDay, once(day, sparseDay)},
		{"list", "former kills: whether that was for memory", lastOOMPromQL(batch), day, sparseDay, once(day, sparseDay)},
		{"case, 24h", "memory, peaks kept", workingSetSteps(own, chart), day, chart, every(day)},
		{"case, 24h", "memory of each other pod of the workload", workingSetSteps(othersSelector(c), chart), day, chart, every(day)},
		{"case, 24h", "former kills: restarts", restartsPromQL(own), day, sparseDay, once(day, sparseDay)},
		{"case, 24h", "former kills: when it last ended", lastEndsPromQL(own), day, sparseDay, once(day, sparseDay)},
		{"case, 24h", "former kills: whether that was for memory", lastOOMPromQL(own), day, sparseDay, once(day, sparseDay)},
		{"case, 24h", "memory limit", limitPromQL(own), day, setStep(chart), once(day, setStep(chart))},
		{"case, 24h", "memory request", requestPromQL(own), day, setStep(chart), once(day, setStep(chart))},
		{"diagnosis", "how many samples there are", countPromQL(all), month, estimateStep, once(month, estimateStep)},
		{"diagnosis", "memory, every sample", data.MetricWorkingSet + "{" + all + "}[" + data.PromDuration(4*day) + "]", month, 0, every(month)},
		{"diagnosis", "memory limit as it was", "max by (namespace,container)(" + limitPromQL(all) + ")", month, limitStep, once(month, limitStep)},
		{"diagnosis", "former kills: restarts", restartsPromQL(all), month, sparseMonth, once(month, sparseMonth)},
		{"diagnosis", "former kills: when it last ended", lastEndsPromQL(all), month, sparseMonth, once(month, sparseMonth)},
		{"diagnosis", "former kills: whether that was for memory", lastOOMPromQL(all), month, sparseMonth, once(month, sparseMonth)},
		{"diagnosis", "anonymous memory, peaks kept", rssPromQL(all), week, partsStep, every(week)},
		{"diagnosis", "page cache", partPromQL(data.MetricCache, all), week, partsStep, once(week, partsStep)},
		{"diagnosis", "page cache that was used of late", partPromQL(data.MetricActiveFile, all), week, partsStep, once(week, partsStep)},
		{"diagnosis", "page cache that was not", partPromQL(data.MetricInactiveFile, all), week, partsStep, once(week, partsStep)},
		{"diagnosis", "files in memory (tmpfs)", sharedPromQL(pods), week, partsStep, 3 * once(week, partsStep)},
		{"diagnosis", "load: received", load.rate(data.MetricReceived, pods, "interface"), week, load.step, every(week)},
		{"diagnosis", "load: CPU", load.rate(data.MetricCPU, all, "id,cpu"), week, load.step, every(week)},
		{"diagnosis", "load: files read", load.rate(data.MetricReads, all, "id,device"), week, load.step, every(week)},
		{"diagnosis", "load: sockets", load.gauge(data.MetricSockets), week, load.step, every(week)},
		{"diagnosis", "load: threads", load.gauge(data.MetricThreads), week, load.step, every(week)},
	}
}
