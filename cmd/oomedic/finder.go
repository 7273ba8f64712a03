package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/data/prom"
	"github.com/oomedic/oomedic/views"
)

// searchEvery is how often services are searched again while no Prometheus was found.
const searchEvery = time.Minute

// finder is the door to the metrics of one cluster: the Prometheus that was named, chosen or found. Until there is one,
// its questions go to the metrics API, which knows the present alone.
type finder struct {
	// configured is the endpoint that was named by a flag or the configuration; nil when it has to be found.
	configured *prom.Endpoint
	// discover lists what else there may be; nil where there is nothing to look through.
	discover func(context.Context) ([]prom.Endpoint, []data.Gap, error)
	choice   choice
	present  *kube.Present // nil without a cluster
	usages   *kube.Usages  // nil without a cluster
	selected bool          // a label selector hides pods
	priced   bool          // a flag says what memory costs, so that metrics are not asked
	shown    data.Text     // what the configured source is called where its address says nothing
	now      func() time.Time

	mu       sync.Mutex
	reader   *prom.Reader
	used     data.Text // name of the endpoint that reader asks
	found    []prom.Found
	problem  data.Text
	searched time.Time
}

// errNoPrometheus is returned when a question came although there is nobody to put it to.
var errNoPrometheus = errors.New("no Prometheus was found")

// use makes r the one that is asked.
func (f *finder) use(name data.Text, r *prom.Reader) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used, f.reader, f.problem = name, r, ""
}

func (f *finder) current() *prom.Reader {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reader
}

// Probe asks whether the Prometheus in use is there, and searches for one where none is.
func (f *finder) Probe(ctx context.Context) views.Metrics {
	if r := f.current(); r != nil {
		s := r.Probe(ctx)
		if s.Reachable || f.configured != nil {
			return views.Metrics{Source: cmp.Or(f.shown, s.Source), Checked: true, Reachable: s.Reachable, Problem: s.Problem, Price: f.price(ctx, r, s.Reachable)}
		}
	}
	problem := f.search(ctx)
	if r := f.current(); r != nil && problem == "" {
		return views.Metrics{Source: r.Source(), Checked: true, Reachable: true, Price: f.price(ctx, r, true)}
	}
	if f.present != nil && f.present.Available(ctx) {
		return views.Metrics{Source: "metrics API", Checked: true, Reachable: true, NowOnly: true, Problem: problem}
	}
	return views.Metrics{Checked: true, Problem: problem}
}

// search looks for a Prometheus, at most once a minute, and uses the one that was chosen before or the best. It returns
// why there is none.
func (f *finder) search(ctx context.Context) data.Text {
	f.mu.Lock()
	if !f.searched.IsZero() && f.now().Sub(f.searched) < searchEvery {
		defer f.mu.Unlock()
		return f.problem
	}
	f.searched = f.now()
	f.mu.Unlock()
	endpoints, _, err := f.endpoints(ctx)
	if err != nil {
		return f.noneBecause("services can't be searched for a Prometheus: " + data.Clean(err.Error()))
	}
	chosen := f.choice.load()
	slices.SortStableFunc(endpoints, func(a, b prom.Endpoint) int {
		return rank(a.Name == chosen) - rank(b.Name == chosen)
	})
	found := prom.Search(ctx, endpoints, false)
	best := prom.Best(found)
	if len(found) > 0 && found[0].Name == chosen && found[0].State == data.Accepted {
		best = 0
	}
	f.mu.Lock()
	f.found = found
	f.mu.Unlock()
	if best < 0 {
		return f.noneBecause(noneWords(found))
	}
	f.use(found[best].Name, found[best].Reader)
	return ""
}

// rank puts what is true first.
func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

func (f *finder) noneBecause(why data.Text) data.Text {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reader, f.used, f.problem = nil, "", why
	return why
}

// noneWords says why none of the candidates is used.
func noneWords(found []prom.Found) data.Text {
	refused := 0
	for i := range found {
		if found[i].State == data.Refused {
			refused++
		}
	}
	switch {
	case len(found) == 0:
		return "no service in the cluster looks like a Prometheus: name one with --prometheus-url"
	case len(found) == 1:
		return data.Textf("%s was refused: %s", found[0].Name, found[0].Why)
	}
	return data.Textf("%d services look like a Prometheus, none can be used: \"oomedic check\" tells why", len(found))
}

// endpoints are the configured one and those that are discovered. The error says that nothing could be discovered and
// nothing is configured.
func (f *finder) endpoints(ctx context.Context) ([]prom.Endpoint, []data.Gap, error) {
	var out []prom.Endpoint
	if f.configured != nil {
		out = append(out, *f.configured)
	}
	if f.discover == nil {
		return out, nil, nil
	}
	more, gaps, err := f.discover(ctx)
	if err != nil && f.configured == nil {
		return nil, gaps, err
	}
	if err != nil {
		gaps = append(gaps, data.Gap{What: "Prometheus services in the cluster", Why: data.Clean(err.Error())})
	}
	return append(out, more...), gaps, nil
}

// Candidates examines every endpoint. Gaps say where none could be looked for.
func (f *finder) Candidates(ctx context.Context) ([]data.Candidate, []data.Gap) {
	endpoints, gaps, err := f.endpoints(ctx)
	if err != nil {
		return nil, append(gaps, data.Gap{What: "Prometheus services in the cluster", Why: data.Clean(err.Error())})
	}
	found := prom.Search(ctx, endpoints, true)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.found = found
	out := make([]data.Candidate, len(found))
	for i := range found {
		out[i] = found[i].Candidate
		out[i].Used = f.reader != nil && found[i].Name == f.used
	}
	return out, gaps
}

// Use asks the candidate of a name from now on, and remembers that for the cluster. The error says why it can't be.
func (f *finder) Use(_ context.Context, name data.Text) error {
	f.mu.Lock()
	i := slices.IndexFunc(f.found, func(c prom.Found) bool { return c.Name == name })
	if i < 0 || f.found[i].State != data.Accepted {
		defer f.mu.Unlock()
		if i < 0 {
			return errNoPrometheus
		}
		return errors.New(f.found[i].Why.String())
	}
	one := f.found[i]
	f.mu.Unlock()
	f.use(one.Name, one.Reader)
	return f.choice.save(one.Name)
}

// Overview reads what the list shows of memory.
func (f *finder) Overview(ctx context.Context, cs []*data.Container, window time.Duration, points int) (map[data.Key]data.Overview, []data.Gap) {
	if r := f.current(); r != nil {
		return r.Overview(ctx, cs, window, points)
	}
	if f.present == nil {
		return nil, []data.Gap{{What: "memory", Why: data.Clean(errNoPrometheus.Error())}}
	}
	return f.present.Overview(ctx, cs, window, points)
}

// Chart reads one window of one container.
func (f *finder) Chart(ctx context.Context, c *data.Container, w data.Window) (*data.Chart, error) {
	if r := f.current(); r != nil {
		return r.Chart(ctx, c, w)
	}
	if f.present == nil {
		return nil, errNoPrometheus
	}
	return f.present.Chart(ctx, c, w)
}

// Parts says what the memory of one container is made of. The metrics API can't.
func (f *finder) Parts(ctx context.Context, c *data.Container, w data.Window) (*data.Parts, error) {
	if r := f.current(); r != nil {
		return r.Parts(ctx, c, w)
	}
	return nil, errNoPrometheus
}

// History reads 30 days of a container.
func (f *finder) History(ctx context.Context, c *data.Container, progress func(done, total int)) (*data.History, error) {
	if r := f.current(); r != nil {
		return r.History(ctx, c, progress)
	}
	if f.present == nil {
		return nil, errNoPrometheus
	}
	return f.present.History(ctx, c)
}

// Histories reads 30 days of several containers and asks once what concerns many of them; each is called for every one.
func (f *finder) Histories(ctx context.Context, cs []*data.Container, each func(i int, h *data.History, err error)) {
	if r := f.current(); r != nil {
		r.Histories(ctx, cs, each)
		return
	}
	for i, c := range cs {
		h, err := f.History(ctx, c, nil)
		each(i, h, err)
	}
}

// ChildKills finds containers in which a process was killed.
func (f *finder) ChildKills(ctx context.Context, window time.Duration) ([]data.ChildKill, error) {
	r := f.current()
	if r == nil {
		return nil, errNoPrometheus
	}
	kills, err := r.ChildKills(ctx, window)
	out := make([]data.ChildKill, len(kills))
	for i, k := range kills {
		out[i] = data.ChildKill{Namespace: k.Namespace, Pod: k.Pod, Container: k.Container, Count: k.Count, From: k.From}
	}
	return out, err
}
