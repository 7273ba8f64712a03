package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/oomedic/oomedic/data"
)

const (
	// metricsPath is the metrics API, which metrics-server answers.
	metricsPath = "/apis/metrics.k8s.io/v1beta1"
	// presentEvery is how often a pod is asked about at most; metrics-server itself samples every 15 s.
	presentEvery = 15 * time.Second
	// presentStep is the step of charts: what is known is a sample of now and then.
	presentStep = 30 * time.Second
	// maxPresentPods is how many pods are sampled; metrics-server holds the newest sample of each in its memory.
	maxPresentPods = 100
	// maxPresentSamples bounds what is kept of a container: a day at one sample in 15 s.
	maxPresentSamples = 24 * 60 * 4
)

// Present is the memory of containers as the metrics API tells it: their working set now and nothing of the past. It
// keeps the samples that it has seen, so that a chart grows while the program runs. It is safe for concurrent use.
type Present struct {
	c       *Client
	started time.Time

	mu      sync.Mutex
	asked   map[data.PodKey]time.Time
	lives   map[data.Key][]data.Life
	restart map[data.Key]int32
}

// Present returns a memory of samples that is empty. Nothing is asked yet.
func (c *Client) Present() *Present {
	return &Present{c: c, started: c.now(), asked: map[data.PodKey]time.Time{}, lives: map[data.Key][]data.Life{}, restart: map[data.Key]int32{}}
}

// errNoMetricsAPI is what a cluster without a REST client behind it has.
var errNoMetricsAPI = errors.New("there is no metrics API here")

// get reads a path of the metrics API. The module of its types is not needed for three fields.
func (p *Present) get(ctx context.Context, path string) ([]byte, error) {
	if p.c.cfg == nil {
		return nil, errNoMetricsAPI
	}
	return p.c.cs.CoreV1().RESTClient().Get().AbsPath(metricsPath+path).SetHeader("Accept", "application/json").DoRaw(ctx)
}

// Available reports whether the cluster has a metrics API that answers.
func (p *Present) Available(ctx context.Context) bool {
	_, err := p.get(ctx, "")
	return err == nil
}

// podMetrics is what is read of a PodMetrics object.
type podMetrics struct {
	Timestamp  time.Time `json:"timestamp"`
	Containers []struct {
		Name  string                       `json:"name"`
		Usage map[string]resource.Quantity `json:"usage"`
	} `json:"containers"`
}

// sample asks about the pods of cs, each at most once in presentEvery and four at a time. It returns the first trouble.
func (p *Present) sample(ctx context.Context, cs []*data.Container) error {
	pods := map[data.PodKey][]*data.Container{}
	for _, c := range cs {
		pk := data.PodKey{Namespace: c.Key.Namespace, Name: c.Key.Pod, UID: c.Key.UID}
		if c.State == data.Gone || pods[pk] == nil && len(pods) >= maxPresentPods {
			continue
		}
		pods[pk] = append(pods[pk], c)
	}
	var g errgroup.Group
	g.SetLimit(4)
	for pk, containers := range pods {
		if !p.due(pk) {
			continue
		}
		g.Go(func() (err error) {
			defer func() {
				if v := recover(); v != nil {
					err = fmt.Errorf("reading the metrics API failed: %v", v)
				}
			}()
			body, err := p.get(ctx, "/namespaces/"+pk.Namespace.String()+"/pods/"+pk.Name.String())
			if err != nil {
				return p.c.explain(err, request{verb: "get", resource: "pods.metrics.k8s.io", namespace: pk.Namespace.String(), name: pk.Name.String()})
			}
			var m podMetrics
			if err := json.Unmarshal(body, &m); err != nil {
				return fmt.Errorf("the metrics API answers something else: %w", err)
			}
			p.keep(m, containers)
			return nil
		})
	}
	return g.Wait()
}

// due reports whether a pod may be asked about again, and notes that it is.
func (p *Present) due(pk data.PodKey) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.c.now()
	if last, ok := p.asked[pk]; ok && now.Sub(last) < presentEvery {
		return false
	}
	p.asked[pk] = now
	return true
}

// keep adds a sample to each container; a restart begins a new life.
func (p *Present) keep(m podMetrics, containers []*data.Container) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := m.Timestamp.UnixMilli()
	for _, one := range m.Containers {
		i := slices.IndexFunc(containers, func(c *data.Container) bool { return c.Key.Container == data.Clean(one.Name) })
		q, ok := one.Usage["memory"]
		if i < 0 || !ok || m.Timestamp.IsZero() {
			continue
		}
		c := containers[i]
		lives := p.lives[c.Key]
		if n := len(lives); n == 0 || p.restart[c.Key] != c.Restarts {
			lives = append(lives, data.Life{Pod: c.Key.Pod})
			p.restart[c.Key] = c.Restarts
		} else if last := lives[n-1].T; last[len(last)-1] >= at {
			continue // the same sample again
		}
		// What is handed out shares memory with lives; appending never changes what was there.
		l := &lives[len(lives)-1]
		l.T, l.V = append(l.T, at), append(l.V, q.AsApproximateFloat64())
		if drop := len(l.T) - maxPresentSamples; drop > 0 {
			l.T, l.V = l.T[drop:], l.V[drop:]
		}
		p.lives[c.Key] = lives
	}
}

// of returns the samples of a container from a time on.
func (p *Present) of(k data.Key, from time.Time) []data.Life {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []data.Life
	for _, l := range p.lives[k] {
		s := l.Between(from, time.UnixMilli(math.MaxInt64/2))
		if s.Len() > 0 {
			out = append(out, data.Life{Pod: l.Pod, Samples: data.Samples{T: slices.Clone(s.T), V: slices.Clone(s.V)}})
		}
	}
	return out
}

// gaps says what can't be known without a Prometheus.
func (p *Present) gaps() []data.Gap {
	return []data.Gap{{What: data.Clean("memory before " + p.started.UTC().Format("15:04:05") + " UTC"),
		Why: "the metrics API knows the present alone: the samples are those since this program began. For a history, install Prometheus or name one with --prometheus-url"}}
}

// Overview samples the containers and returns what has been seen of them in the window.
func (p *Present) Overview(ctx context.Context, cs []*data.Container, window time.Duration, points int) (map[data.Key]data.Overview, []data.Gap) {
	gaps := p.gaps()
	if err := p.sample(ctx, cs); err != nil {
		gaps = append(gaps, data.Gap{What: "memory now", Why: data.Clean(err.Error())})
	}
	now := p.c.now()
	points = max(points, 1)
	step := max(window/time.Duration(points), time.Second)
	out := make(map[data.Key]data.Overview, len(cs))
	for _, c := range cs {
		o := data.Overview{Spark: slices.Repeat([]float64{math.NaN()}, points)}
		for _, l := range p.of(c.Key, now.Add(-window)) {
			for i, v := range l.V {
				at := points - 1 - int(now.Sub(time.UnixMilli(l.T[i]))/step)
				if at = min(at, points-1); at < 0 {
					continue
				}
				if math.IsNaN(o.Spark[at]) || v > o.Spark[at] {
					o.Spark[at] = v
				}
				if o.Peak == nil || v > *o.Peak {
					o.Peak = &v
				}
			}
		}
		out[c.Key] = o
	}
	return out, gaps
}

// Chart samples the container and returns what has been seen of it in the window.
func (p *Present) Chart(ctx context.Context, c *data.Container, w data.Window) (*data.Chart, error) {
	gaps := p.gaps()
	if err := p.sample(ctx, []*data.Container{c}); err != nil {
		gaps = append(gaps, data.Gap{What: "memory now", Why: data.Clean(err.Error())})
	}
	now := p.c.now()
	from := now.Add(-w.Duration())
	return &data.Chart{Key: c.Key, Window: w, From: from, To: now, Step: presentStep, Lives: p.of(c.Key, from), Kills: c.Kills, Gaps: gaps}, nil
}

// History is what has been seen of the container, as far as it goes.
func (p *Present) History(ctx context.Context, c *data.Container) (*data.History, error) {
	gaps := p.gaps()
	if err := p.sample(ctx, []*data.Container{c}); err != nil {
		gaps = append(gaps, data.Gap{What: "memory now", Why: data.Clean(err.Error())})
	}
	now := p.c.now()
	h := &data.History{Key: c.Key, From: now.Add(-data.ThirtyDay.Duration()), To: now, ScrapeInterval: presentStep, Source: "metrics API", Gaps: gaps}
	h.Lives = p.of(c.Key, h.From)
	for _, l := range h.Lives {
		if first := time.UnixMilli(l.T[0]).UTC(); h.First.IsZero() || first.Before(h.First) {
			h.First = first
		}
	}
	return h, nil
}
