// Package demo is a cluster in the process, for `oomedic demo` and for tests: client-go's fake clientset taught to
// behave like an API server, a simulation of kubelets and controllers behind it, and Prometheus's own storage and
// query engine with thirty days of series. Nothing it answers is prepared: every object follows from the simulation
// and every number from a query over stored samples.
//
// Units are bytes and time.Duration. A Sandbox may be used by several goroutines.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/prometheus/tsdb"

	"k8s.io/client-go/kubernetes"
)

// defaultSpeed lets an hour of demand pass in ten seconds: the leaking api-server, with three replicas that live
// thirteen hours each, then dies about every 43 seconds.
const defaultSpeed = 360

// tickEvery is the simulation's step.
const tickEvery = time.Second

// Options are the wishes for a sandbox. The zero value is good.
type Options struct {
	// Now is the clock of objects and samples; time.Now when nil.
	Now func() time.Time
	// Seed decides all that is random; 1 when zero. Equal seeds and clocks give equal sandboxes.
	Seed int64
	// Speed is how much faster than the clock the demand of the live workloads runs after the start; 360 when zero.
	Speed float64
	// Log takes what goes wrong in the background; nothing is logged when nil.
	Log *slog.Logger

	// span is how far back the series are written; all of history when zero. Tests that need none save time so.
	span time.Duration
}

// Sandbox is a running cluster with its Prometheus.
type Sandbox struct {
	api       *apiServer
	cluster   *cluster // guarded by api.mu
	db        *tsdb.DB
	dir       string
	transport *transport
	ports     *podPorts
	clock     func() time.Time
	log       *slog.Logger
	cancel    context.CancelFunc
	loaded    chan struct{} // closed when the history is written
	loadErr   error         // valid once loaded is closed
	sampled   time.Time     // of the newest live sample, guarded by api.mu
	done      sync.WaitGroup
	closing   sync.Once
	closeErr  error
}

// Start builds the cluster and returns at once; the series are written in the background, and queries wait for them.
// The sandbox runs until Close or until ctx ends; Close is to be called in both cases.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Speed <= 0 {
		o.Speed = defaultSpeed
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Sandbox{clock: o.Now, log: o.Log, loaded: make(chan struct{})}
	origin := o.Now().UTC().Truncate(time.Second)
	s.api = newAPIServer(uint64(o.Seed), func() time.Time {
		if s.cluster == nil {
			return origin
		}
		return s.cluster.now
	})
	var err error
	if s.cluster, err = newCluster(s.api, uint64(o.Seed), origin, o.Speed); err != nil {
		return nil, fmt.Errorf("start the sandbox: %w", err)
	}
	if s.db, s.dir, err = openSeries(); err != nil {
		return nil, fmt.Errorf("start the sandbox: %w", err)
	}
	s.sampled = origin
	ctx, s.cancel = context.WithCancel(ctx)
	s.transport = newTransport(s.db, s.now, s.ready)
	s.ports = newPodPorts(s.api, s.cluster)
	past := s.cluster.newLoader()
	past.db, past.oldest = s.db, origin.Add(-history)
	if o.span > 0 {
		past.oldest = origin.Add(-o.span)
	}
	s.done.Add(2)
	go s.run(ctx, past)
	go func() {
		defer s.done.Done()
		s.ports.serve()
	}()
	return s, nil
}

// Clientset returns the client of the sandbox's API server. It stays the same.
func (s *Sandbox) Clientset() kubernetes.Interface { return clientset{s.api.clientset, s} }

// Transport returns a round tripper that answers as a Prometheus at Address does, without a network.
func (s *Sandbox) Transport() http.RoundTripper { return s.transport }

// Address returns the address that the sandbox's Prometheus goes by.
func (s *Sandbox) Address() string { return "http://embedded" }

// now returns the simulation's time.
func (s *Sandbox) now() time.Time {
	s.api.mu.Lock()
	defer s.api.mu.Unlock()
	return s.cluster.now
}

// ready waits until the history is written, and returns why it is not.
func (s *Sandbox) ready(ctx context.Context) error {
	select {
	case <-s.loaded:
		return s.loadErr
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run writes the history and then lets the simulation follow the clock until ctx ends.
func (s *Sandbox) run(ctx context.Context, past *loader) {
	defer s.done.Done()
	if s.loadErr = s.guard(func() error { return past.load(ctx) }); s.loadErr != nil && ctx.Err() == nil {
		s.log.Error("the sandbox has no series", "error", s.loadErr)
	}
	close(s.loaded)
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.api.clientset.ClearActions() // the fake clientset remembers every request for tests
			if d := s.clock().Sub(s.now()); d > 0 {
				s.advance(ctx, min(d, time.Hour))
			}
		}
	}
}

// guard runs f and returns its panic as an error, so that a fault of the sandbox never takes the terminal along.
func (s *Sandbox) guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the sandbox's simulation broke: %v", r)
		}
	}()
	return f()
}

// Step advances the simulation by d, deterministically and without waiting for any clock. It first waits until the
// history is written. The sandbox follows its clock again once that is ahead of the steps taken.
func (s *Sandbox) Step(d time.Duration) {
	<-s.loaded
	s.advance(context.Background(), d)
}

// advance ticks through d and samples the series on the way.
func (s *Sandbox) advance(ctx context.Context, d time.Duration) {
	for d > 0 && ctx.Err() == nil {
		step := min(d, tickEvery)
		d -= step
		if err := s.guard(func() error { return s.tick(ctx, step) }); err != nil {
			s.log.Error("the sandbox missed a step", "error", err)
			return
		}
	}
}

// tick takes one step.
func (s *Sandbox) tick(ctx context.Context, d time.Duration) error {
	s.api.mu.Lock()
	defer s.api.mu.Unlock()
	if s.api.closed {
		return nil
	}
	if err := s.cluster.tick(d); err != nil {
		return err
	}
	since := s.cluster.now.Sub(s.sampled)
	if since < liveEvery {
		return nil
	}
	s.sampled = s.cluster.now
	return s.cluster.sample(ctx, s.db, since)
}

// Close stops the simulation, ends all watches, and removes what was written. Later calls return the same.
func (s *Sandbox) Close() error {
	s.closing.Do(func() {
		s.cancel()
		s.ports.close()
		s.done.Wait()
		s.api.close()
		s.transport.close()
		s.closeErr = errors.Join(s.db.Close(), os.RemoveAll(s.dir))
	})
	return s.closeErr
}

// close ends all watches and refuses further requests.
func (s *apiServer) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for w := range s.watchers {
		w.end()
		delete(s.watchers, w)
	}
}
