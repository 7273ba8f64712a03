package prom

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
)

// What is asked for several containers at a time. A Prometheus holds twice the samples of a question for raw samples
// while it answers, and 100,000 are as many as one question may need.
const (
	// batchSamples is about how many raw samples the containers of a batch have; they are held for as long as it is read.
	batchSamples = 1_000_000
	// batchShard is about how many raw samples one question for a batch reads.
	batchShard = 42_000
	// batchPoints is about how many samples a question in steps may hold.
	batchPoints = 80_000
	// batchNames is how many pods the questions of a batch name, and surveyNames how many are counted by one question.
	batchNames, surveyNames = 60, 300
	// batchReaders is how many batches are read side by side.
	batchReaders = 2
	// indexSlack widens the look for the names of pods beyond the 30 days, by as much as a question looks back.
	indexSlack = 2 * time.Hour
)

// member is one container of a batch.
type member struct {
	at      int // of the containers
	c       *data.Container
	sel     string
	pods    map[string]bool // of its workload, that the index has
	samples float64         // raw, as estimated
	parts   []float64       // the same by estimateStep, newest first
	// interval is the scrape interval by which they were.
	interval time.Duration
}

// Histories gives each of several containers its History, as of one time. What is to be asked of many is asked for many
// pods at a time, and what concerns a workload once for all its containers, so that it needs about a tenth of the
// questions. each is called once for every container, by its place in cs, and calls may overlap; then the history is
// forgotten.
func (r *Reader) Histories(ctx context.Context, cs []*data.Container, each func(i int, h *data.History, err error)) {
	to := r.now().Truncate(time.Second)
	work := make(chan []*member)
	var wg sync.WaitGroup
	for range batchReaders {
		wg.Go(func() {
			for b := range work {
				r.readBatch(ctx, b, to, each)
			}
		})
	}
	for _, group := range groupsOf(cs) {
		for _, b := range r.batchesOf(ctx, group, to) {
			work <- b
		}
	}
	close(work)
	wg.Wait()
}

// groupsOf puts those together that are asked the same questions: by namespace, by the step of their load and by whether
// their pods may end for good. Containers of one workload stand side by side.
func groupsOf(cs []*data.Container) [][]*member {
	type kind struct {
		namespace string
		load      time.Duration
		ends      bool
	}
	groups := map[kind][]*member{}
	var order []kind
	for i, c := range cs {
		k := kind{c.Key.Namespace.String(), loadStepFor(c), runsToEnd(c)}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], &member{at: i, c: c, sel: Selector(c)})
	}
	out := make([][]*member, 0, len(order))
	for _, k := range order {
		slices.SortStableFunc(groups[k], func(a, b *member) int { return strings.Compare(a.sel, b.sel) })
		out = append(out, groups[k])
	}
	return out
}

// batchesOf cuts a group into batches of a size that is fair to ask about. What stands alone, or cannot be estimated, is
// a batch of its own.
func (r *Reader) batchesOf(ctx context.Context, group []*member, to time.Time) [][]*member {
	var out [][]*member
	alone := func(ms []*member) {
		for _, m := range ms {
			out = append(out, []*member{m})
		}
	}
	if len(group) == 1 || !r.findPods(ctx, group, to) {
		alone(group)
		return out
	}
	for _, some := range cutBy(group, func(ms []*member) bool { return len(podsOf(ms)) <= surveyNames }) {
		if len(some) == 1 || !r.survey(ctx, some, to) {
			alone(some)
			continue
		}
		out = append(out, cutBy(some, r.fits)...)
	}
	return out
}

// cutBy cuts a list into the longest pieces that fit, at least one member each.
func cutBy(all []*member, fits func([]*member) bool) [][]*member {
	var out [][]*member
	for begin := 0; begin < len(all); {
		end := begin + 1
		for end < len(all) && fits(all[begin:end+1]) {
			end++
		}
		out = append(out, all[begin:end])
		begin = end
	}
	return out
}

// fits reports whether containers can be asked about together.
func (r *Reader) fits(ms []*member) bool {
	total, seen := 0.0, map[string]bool{}
	steps := make([]float64, len(ms[0].parts))
	for _, m := range ms {
		if m.samples > r.budget {
			return false // it is read in maxima
		}
		if seen[m.sel] {
			continue
		}
		seen[m.sel] = true
		total += m.samples
		for i, n := range m.parts {
			steps[i] += n
		}
	}
	return total <= batchSamples && slices.Max(steps) <= batchShard && len(podsOf(ms)) <= batchNames
}

// findPods finds the pods of each member in the index, where names of any number cost no sample. It reports false when
// there is none to be asked.
func (r *Reader) findPods(ctx context.Context, group []*member, to time.Time) bool {
	names, err := r.labelValuesIn(ctx, "pod", "{"+equal("namespace", group[0].c.Key.Namespace.String())+"}", to.Add(-historyDays*day-indexSlack), to)
	if err != nil || len(names) == 0 {
		return false
	}
	known := map[string]map[string]bool{} // workloads have many containers
	for _, m := range group {
		p := PodPattern(m.c)
		if known[p] == nil {
			re, err := regexp.Compile("^(?s:" + p + ")$")
			if err != nil {
				return false
			}
			plain, err := regexp.Compile("(?s:" + p + ")")
			if err != nil {
				return false
			}
			start, _ := plain.LiteralPrefix()
			known[p] = map[string]bool{}
			for _, name := range names {
				if strings.HasPrefix(name, start) && re.MatchString(name) {
					known[p][name] = true
				}
			}
		}
		m.pods = known[p]
	}
	return true
}

// survey estimates the samples of each member as a single history does.
func (r *Reader) survey(ctx context.Context, ms []*member, to time.Time) bool {
	s := newShared(r, ms, to)
	if len(s.pods) == 0 {
		return false
	}
	s.put(ctx, s.countQuestion())
	interval := r.scrapeInterval(ctx, ms[0].c.Key.Namespace.String())
	if interval <= 0 {
		interval = unknownScrape
	}
	for _, m := range ms {
		a, ok := s.answers[questionAt(countPromQL(m.sel), to.Add(-historyDays*day+estimateStep), to, estimateStep)]
		if !ok {
			return false
		}
		m.interval, m.samples, m.parts = interval, 0, make([]float64, historyDays*day/estimateStep)
		for _, one := range seriesOf(a.value) {
			for i, t := range one.T {
				if at := int(to.Sub(time.UnixMilli(t)) / estimateStep); at >= 0 && at < len(m.parts) {
					m.parts[at] += one.V[i] * estimateStep.Seconds() / interval.Seconds()
					m.samples += one.V[i] * estimateStep.Seconds() / interval.Seconds()
				}
			}
		}
	}
	return true
}

// readBatch reads the histories of a batch. A batch of one is read as ever.
func (r *Reader) readBatch(ctx context.Context, ms []*member, to time.Time, each func(int, *data.History, error)) {
	from := r
	if len(ms) > 1 {
		s := newShared(r, ms, to)
		r.runAll(ctx, &notes{}, s.tasks(), nil)
		from = r.over(s)
	}
	for _, m := range ms {
		var h *data.History
		err := task{run: func(ctx context.Context) (err error) {
			h, err = from.historyAt(ctx, m.c, to, nil)
			return err
		}}.safely(ctx)
		each(m.at, h, err)
	}
}

// over is a Reader that knows answers beforehand. It shares the slots of r, and keeps nothing for charts.
func (r *Reader) over(s *shared) *Reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.API = r.api
	return &Reader{
		api: s, source: r.source, timeout: r.timeout, maxBody: r.maxBody, log: r.log, now: r.now, pause: r.pause,
		budget: r.budget, slots: r.slots, clock: r.clock, scrape: r.scrape, secrets: r.secrets,
	}
}

// podsOf are the names of the pods of all members, in order.
func podsOf(ms []*member) []string {
	all := map[string]bool{}
	for _, m := range ms {
		maps.Copy(all, m.pods)
	}
	return slices.Sorted(maps.Keys(all))
}
