package kube_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/data/kube"
)

func TestServerEviction(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	p := newPod(meta(ns, "db-0"))
	p.Spec.NodeName = "" // without a kubelet only a pod that is not on a node goes at once
	pod := create(t, cs, p)
	j := journal.New(filepath.Join(t.TempDir(), "changes.jsonl"), time.Now)
	c := connect(t, apiServer(t), kube.Options{Journal: j})
	other := data.PodKey{Namespace: data.Text(ns), Name: "db-0", UID: "another"}
	if err := c.DeletePod(t.Context(), other); !errors.Is(err, data.ErrConflict) {
		t.Errorf("another pod of that name: %v, want a conflict", err)
	}
	must(t, c.DeletePod(t.Context(), data.PodKey{Namespace: data.Text(ns), Name: "db-0", UID: data.Text(pod.UID)}))
	deadline := time.Now().Add(5 * time.Second)
	for {
		got, err := cs.CoreV1().Pods(ns).Get(t.Context(), "db-0", metav1.GetOptions{})
		if err != nil || got.DeletionTimestamp != nil {
			break
		}
		if time.Now().After(deadline) {
			body, _ := json.Marshal(got.ObjectMeta)
			t.Fatalf("the pod is still there: %s", body)
		}
	}
	if err := c.DeletePod(t.Context(), data.PodKey{Namespace: data.Text(ns), Name: "no-such"}); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("a pod that is gone: %v, want ErrNotFound", err)
	}
	all, _, err := j.Entries()
	must(t, err)
	var states []data.JournalState
	for _, e := range all {
		states = append(states, e.State)
		if e.Way != data.WayEvict || e.Undoable() || len(e.Targets) != 1 || e.Targets[0].UID != e.Workload.UID {
			t.Errorf("the journal has %+v", e)
		}
	}
	if want := []data.JournalState{data.JournalFailed, data.JournalApplied, data.JournalFailed}; !slices.Equal(states, want) {
		t.Errorf("the journal has %v, want %v", states, want)
	}
}

// TestEvictionWhoseAnswerIsLost cuts the connection before or after the server has taken the eviction, and asks what the
// program says and what the next start finds.
func TestEvictionWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	k := data.PodKey{Namespace: "shop", Name: "api-1", UID: "pod-1"}
	for _, tc := range []struct {
		name   string
		taken  bool // the server ends the pod
		unread bool // and it cannot be read again
		err    error
		state  data.JournalState
		found  data.JournalState // by the next start
	}{
		{"cut before", false, false, data.ErrUnknownOutcome, data.JournalUnknown, data.JournalFailed},
		{"cut after", true, false, nil, data.JournalApplied, data.JournalApplied},
		{"cut after, and nothing can be read", true, true, data.ErrUnknownOutcome, data.JournalUnknown, data.JournalApplied},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			gone, unread := false, tc.unread
			server := roundTrip(func(r *http.Request) (*http.Response, error) {
				w := httptest.NewRecorder()
				switch {
				case strings.HasSuffix(r.URL.Path, "/eviction"):
					gone = tc.taken
					return nil, errCut
				case unread:
					return nil, errCut
				case gone:
					answer(w, 404, status(404, metav1.StatusReasonNotFound, "gone"))
				default:
					p := newPod(meta("shop", "api-1"))
					p.TypeMeta, p.UID = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, "pod-1"
					answer(w, 200, p)
				}
				return w.Result(), nil
			})
			j := journal.New(filepath.Join(t.TempDir(), "changes.jsonl"), time.Now)
			c := through(t, server, kube.Options{Journal: j})
			if err := c.DeletePod(t.Context(), k); !errors.Is(err, tc.err) {
				t.Errorf("%v, want %v", err, tc.err)
			}
			all, _, err := j.Entries()
			must(t, err)
			if len(all) != 1 || all[0].State != tc.state {
				t.Fatalf("the journal has %+v", all)
			}
			unread = false
			if all[0].State == data.JournalUnknown {
				all[0] = c.Reconcile(t.Context(), all[0])
			}
			if all[0].State != tc.found {
				t.Errorf("the next start finds %s, want %s", all[0].State, tc.found)
			}
		})
	}
	blind := through(t, roundTrip(func(*http.Request) (*http.Response, error) { return nil, errCut }), kube.Options{Journal: journal.New("", nil)})
	if err := blind.DeletePod(t.Context(), k); !errors.Is(err, data.ErrNoJournal) {
		t.Errorf("without a journal: %v", err)
	}
}

// roundTrip is a function as a transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
