//go:build e2e && benchui

package terminal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/ui"
)

// The list that is measured, and the variables that make the test binary that program.
const (
	benchCases   = 10_000
	benchList    = "OOMEDIC_BENCH_LIST"    // set: be the program with the list
	benchUpdates = "OOMEDIC_BENCH_UPDATES" // how many changes a second come in
)

func init() {
	asProgram = func() bool {
		if os.Getenv(benchList) == "" {
			return false
		}
		perSecond, _ := strconv.Atoi(os.Getenv(benchUpdates)) //nolint:errcheck // none without it
		if err := runList(context.Background(), perSecond); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return true
	}
}

// noCluster is an API server that nothing is asked of.
type noCluster struct{ ui.Cluster }

// listOptions are the options of a program on a store.
func listOptions(s *data.Store) ui.Options {
	return ui.Options{
		Source: s, Cluster: noCluster{}, Where: data.Cluster{Context: "bench"}, MetricsProblem: "none in this list", Since: 24 * time.Hour,
		Theme: "dark", Price: analysis.DefaultPrice, Now: time.Now, Zone: time.UTC,
	}
}

// fullList is a store with benchCases containers, each killed for memory hours ago, so that no age changes within a minute.
func fullList() *data.Store {
	s := data.NewStore(time.Now)
	for i := range benchCases {
		s.Put(listed(i, 12))
	}
	s.SetHealth("", data.Live, "")
	return s
}

// listed is one pod of the list.
func listed(i int, restarts int32) data.Pod {
	// Half an hour past the full hour, so that the ages of the list turn over far from the measurement.
	// They are minutes apart: a moment in which 33 containers of one node are killed is another case than this.
	at := time.Now().Truncate(time.Hour).Add(-time.Duration(2+i%20)*time.Hour - 30*time.Minute + time.Duration(i%1700)*time.Second/2)
	code, limit := int32(137), int64(512*data.Mi)
	name := data.Textf("service-%04d-7d9f8b6c54-x2x4q", i)
	key := data.Key{Namespace: data.Textf("team-%02d", i%40), Pod: name, UID: "uid-" + name, Container: "server"}
	return data.Pod{Key: data.PodKey{Namespace: key.Namespace, Name: name, UID: key.UID}, Containers: []data.Container{{
		Key: key, Kind: data.RegularContainer, State: data.Running, Restarts: restarts, Node: data.Textf("node-%03d", i%300),
		PodCreated: at.Add(-48 * time.Hour), Resources: data.Resources{Limit: &limit, Request: &limit},
		Last:     &data.Termination{Reason: "OOMKilled", ExitCode: 137, StartedAt: at.Add(-time.Hour), FinishedAt: at, Field: "lastState.terminated"},
		Kills:    []data.Kill{{At: at, StartedAt: at.Add(-time.Hour), Reason: "OOMKilled", ExitCode: &code, From: "kubectl get pod"}},
		Workload: data.Workload{APIVersion: "apps/v1", Kind: "Deployment", Namespace: key.Namespace, Name: data.Textf("service-%04d", i)},
	}}}
}

// change changes containers of the list at a pace until ctx ends.
func change(ctx context.Context, s *data.Store, perSecond int) {
	if perSecond == 0 {
		return
	}
	t := time.NewTicker(time.Second / time.Duration(perSecond))
	defer t.Stop()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same changes in every run
	for n := int32(13); ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			s.Put(listed(r.IntN(benchCases), n))
		}
	}
}

// runList is the program with the list.
func runList(ctx context.Context, perSecond int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := fullList()
	go change(ctx, s, perSecond)
	return ui.Run(ctx, listOptions(s))
}
