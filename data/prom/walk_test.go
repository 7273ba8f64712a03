package prom

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// heldServer answers nothing until it is let go, and keeps count of what is asked.
type heldServer struct {
	mu           sync.Mutex
	flying, most int
	asked        []string
	arrived      chan struct{}
	letGo        chan struct{}
}

// RoundTrip waits with the answer, which is an empty one.
func (h *heldServer) RoundTrip(req *http.Request) (*http.Response, error) {
	h.mu.Lock()
	h.flying++
	h.most = max(h.most, h.flying)
	h.asked = append(h.asked, req.FormValue("query"))
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.flying--
	}()
	h.arrived <- struct{}{}
	select {
	case <-h.letGo:
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	body := `{"status":"success","data":{"resultType":"matrix","result":[]}}`
	if strings.HasSuffix(req.URL.Path, "/query") && !strings.HasSuffix(req.FormValue("query"), "]") {
		body = emptyVector
	}
	return bodies(func(*http.Request) string { return body }).RoundTrip(req)
}

// about counts the questions about a pod's workload.
func (h *heldServer) about(name string) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, q := range h.asked {
		if strings.Contains(q, name) {
			n++
		}
	}
	return n
}

// TestAListThatIsWalkedQuickly holds that however many cases are opened at a time, no more than four questions are in
// flight, and that a case which is left is not asked about any more.
func TestAListThatIsWalkedQuickly(t *testing.T) {
	t.Parallel()
	held := &heldServer{arrived: make(chan struct{}, 10_000), letGo: make(chan struct{})}
	r, err := Dial("http://engine", Options{Transport: held, Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	var all, first sync.WaitGroup
	leave := make([]context.CancelFunc, 8)
	for i := range leave {
		ctx, cancel := context.WithCancel(t.Context())
		leave[i] = cancel
		t.Cleanup(cancel)
		c := apiCase()
		c.Key.Pod = data.Textf("walked%d-0", i)
		c.Workload = data.Workload{Kind: "StatefulSet", Namespace: c.Key.Namespace, Name: data.Textf("walked%d", i)}
		group := &all
		if i < len(leave)-1 {
			group = &first
		}
		group.Go(func() {
			_, err := r.History(ctx, c, nil)
			if canceled := troubleOf(err) == Canceled; canceled == (i == len(leave)-1) {
				t.Errorf("%d: %v", i, err)
			}
		})
		group.Go(func() { _, _ = r.Chart(ctx, c, data.Day) })
	}
	for range maxInFlight {
		<-held.arrived
	}
	for _, cancel := range leave[:len(leave)-1] {
		cancel()
	}
	first.Wait() // without an answer to any question
	before := make([]int, len(leave)-1)
	for i := range before {
		before[i] = held.about(fmt.Sprintf("walked%d", i))
	}
	close(held.letGo)
	all.Wait()
	for i, n := range before {
		if now := held.about(fmt.Sprintf("walked%d", i)); now != n {
			t.Errorf("case %d was asked about after it was left: %d questions more", i, now-n)
		}
	}
	if last := held.about(fmt.Sprintf("walked%d", len(leave)-1)); last < 20 {
		t.Errorf("%d questions about the case that stayed", last)
	}
	if held.most > maxInFlight {
		t.Errorf("%d questions in flight", held.most)
	}
}
