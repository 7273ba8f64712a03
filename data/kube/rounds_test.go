package kube_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/data/kube"
)

// through returns a client whose every request goes through t.
func through(tb testing.TB, t http.RoundTripper, o kube.Options) *kube.Client {
	tb.Helper()
	cfg := &rest.Config{Host: "http://small.invalid"}
	cfg.Wrap(func(http.RoundTripper) http.RoundTripper { return t })
	c, err := kube.New(cfg, o)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// edits are what others do to the objects between the diff and the write.
var edits = []struct {
	name string
	do   func(s *small)
}{
	{"nothing", func(*small) {}},
	{"nothing", func(*small) {}},
	{"status of both", func(s *small) { s.bump(&s.d.ObjectMeta); s.bump(&s.pod.ObjectMeta) }},
	{"another limit", func(s *small) {
		setLimit(&s.d.Spec.Template.Spec, "600Mi")
		s.d.Generation++
		s.bump(&s.d.ObjectMeta)
	}},
	{"another part of the template", func(s *small) {
		s.d.Spec.Template.Spec.Containers[0].Image = "other"
		s.d.Generation++
		s.bump(&s.d.ObjectMeta)
	}},
	{"made anew", func(s *small) { s.d.UID += "x"; s.d.Generation = 1; s.bump(&s.d.ObjectMeta) }},
	{"a new pod of the name", func(s *small) { s.pod.UID += "x"; s.pod.Generation = 1; s.bump(&s.pod.ObjectMeta) }},
	{"another resize of the pod", func(s *small) {
		setLimit(&s.pod.Spec, "700Mi")
		s.pod.Generation++
		s.settle()
		s.bump(&s.pod.ObjectMeta)
	}},
}

// TestRoundsOfFaultsAndEdits runs the apply path many times (a thousand with make e2e) against random faults of the connection and the
// server, and as many edits by others: no update is lost, nothing is written to another object, nothing is changed that
// was not shown, and at the end of each round the journal and the cluster agree.
func TestRoundsOfFaultsAndEdits(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	counts, outcomes := map[string]int{}, map[data.JournalState]int{}
	dir := t.TempDir()
	next := make(chan uint64)
	var wg sync.WaitGroup
	for range 8 { // most of a round is waiting
		wg.Go(func() {
			for seed := range next {
				faults, state := round(t, seed, filepath.Join(dir, fmt.Sprint(seed), "changes.jsonl"))
				mu.Lock()
				outcomes[state]++
				for name, n := range faults {
					counts[name] += n
				}
				mu.Unlock()
			}
		})
	}
	for seed := range uint64(rounds) {
		if t.Failed() {
			break
		}
		next <- seed
	}
	close(next)
	wg.Wait()
	t.Logf("faults %v, outcomes %v", counts, outcomes)
	for _, s := range []data.JournalState{data.JournalApplied, data.JournalFailed, data.JournalPartly, data.JournalUnknown} {
		if outcomes[s] == 0 {
			t.Errorf("no round ended %s: the faults miss something", s)
		}
	}
}

// round is one run with the random numbers of a seed. It returns the faults that there were and how the journal ended.
func round(t *testing.T, seed uint64, path string) (map[string]int, data.JournalState) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 7))
	s := newSmall()
	f := &faulty{server: s, rnd: rnd, counts: map[string]int{}}
	j := journal.New(path, time.Now)
	c := through(t, f, kube.Options{Journal: j, Context: "rounds"})
	ways := []data.Way{data.WayTemplate, data.WayInPlace, data.WayBoth}
	ch := data.Change{Workload: workload("Deployment", "shop", "api"), Container: "app", Limit: bytes(768 * data.Mi), Way: ways[rnd.IntN(3)]}
	p, err := c.Plan(t.Context(), ch)
	if err != nil {
		t.Errorf("seed %d: %v", seed, err)
		return nil, ""
	}
	s.shown[types.UID(p.UID)] = "512Mi/256Mi"
	for _, pp := range p.Pods {
		s.shown[types.UID(pp.Pod.UID)] = "512Mi/256Mi"
	}
	edit := edits[rnd.IntN(len(edits))]
	at, writes := rnd.IntN(3), 0
	s.before = func(s *small) {
		if writes == at {
			edit.do(s)
		}
		writes++
	}
	f.rate = rnd.Float64() * 0.8
	a, applyErr := c.Apply(t.Context(), p)
	f.rate, s.before = 0, func(*small) {}
	for _, b := range s.breaches {
		t.Errorf("%s, %s: %s (%v)", ch.Way, edit.name, b, applyErr)
	}
	all, skipped, err := j.Entries()
	if err != nil || len(all) != 1 || skipped != 0 || all[0].ID != a.JournalID {
		t.Errorf("seed %d: %d entries, %d skipped, %v", seed, len(all), skipped, err)
		return nil, ""
	}
	e := all[0]
	if (applyErr == nil) != (e.State == data.JournalApplied) {
		t.Errorf("%s, %s: the error is %v, the journal says %s", ch.Way, edit.name, applyErr, e.State)
	}
	if e.State == data.JournalUnknown {
		if !errors.Is(applyErr, data.ErrUnknownOutcome) && !errors.Is(applyErr, data.ErrPartly) {
			t.Errorf("unknown, but the error is %v", applyErr)
		}
		e = c.Reconcile(t.Context(), e) // what the next start does
	}
	agree(t, s, e, fmt.Sprintf("seed %d, %s", seed, edit.name))
	return f.counts, all[0].State
}

// agree compares what the journal says of each object with what the server stored for the program.
func agree(t *testing.T, s *small, e data.JournalEntry, edit string) {
	t.Helper()
	stored := map[string]int{}
	for _, uid := range s.ours {
		stored[uid]++
	}
	for _, target := range e.Targets {
		n := stored[target.UID.String()]
		switch {
		case n > 1:
			t.Errorf("%s: %s was written %d times", edit, target.Name, n)
		case target.State == data.TargetStored && n != 1:
			t.Errorf("%s: the journal says that %s %s has it; the server stored nothing", edit, target.Kind, target.Name)
		case target.State == data.TargetFailed && n == 1 && holds(s, target):
			t.Errorf("%s: the journal says that %s %s was left alone (%s); the server stored it", edit, target.Kind, target.Name, target.Error)
		case target.State == data.TargetWaiting && n != 0:
			t.Errorf("%s: %s %s was never sent, says the journal", edit, target.Kind, target.Name)
		}
	}
}

// holds reports whether the object of a target still exists with the values that were written.
func holds(s *small, t data.Target) bool {
	spec, uid := &s.d.Spec.Template.Spec, s.d.UID
	if t.Kind == "Pod" {
		spec, uid = &s.pod.Spec, s.pod.UID
	}
	return string(uid) == t.UID.String() && spec.Containers[0].Resources.Limits.Memory().Value() == *t.After.Limit
}
