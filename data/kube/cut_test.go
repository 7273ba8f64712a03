package kube_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// paged is a server of pods in pages of a hundred that speaks protobuf. Each hundredth pod was killed.
type paged struct {
	t     *testing.T
	pages int
	// cut says how many percent of the bytes of an answer are sent, of the n-th request for a page (from 1).
	cut   func(page, n int) int
	asked [8]atomic.Int32
	lists atomic.Int32
}

func (s *paged) page(i int) *corev1.PodList {
	left := int64(100 * (s.pages - i - 1))
	l := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "7", RemainingItemCount: &left}}
	if left > 0 {
		l.Continue = strconv.Itoa(i + 1)
	}
	for n := range 100 {
		p := newPod(meta("shop", fmt.Sprintf("p-%d-%02d", i, n)))
		if n == 20 {
			kill(p, at)
		}
		l.Items = append(l.Items, *p)
	}
	return l
}

func (s *paged) serve(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("watch") != "" {
		w.Header().Set("Content-Type", "application/json")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return
	}
	i, _ := strconv.Atoi(r.FormValue("continue"))
	if i == 0 {
		s.lists.Add(1)
	}
	body := kube.WireList(s.t, s.page(i))
	w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body[:len(body)*s.cut(i, int(s.asked[i].Add(1)))/100])
}

const whole = 100

func TestListCutForGoodIsShownAsPartial(t *testing.T) {
	t.Parallel()
	for _, percent := range []int{1, 50, 99} {
		t.Run(fmt.Sprint(percent), func(t *testing.T) {
			t.Parallel()
			s := &paged{t: t, pages: 3, cut: func(page, _ int) int {
				if page == 1 {
					return percent
				}
				return whole
			}}
			st := data.NewStore(time.Now)
			must(t, against(t, kube.Options{}, s.serve).List(t.Context(), st))
			got := st.Snapshot()
			if len(got.Gaps) != 1 || got.Gaps[0].What != "pods of all namespaces" || !strings.Contains(got.Gaps[0].Why.String(), "of 300 pods were read") || !stale(got) {
				t.Errorf("gaps %v, health %+v", got.Gaps, got.Health)
			}
			if find(got, "p-0-20", "app") == nil || find(got, "p-2-20", "app") != nil {
				t.Error("not what was read until the cut is there")
			}
		})
	}
}

func TestListCutOnItsFirstPageIsNotEmpty(t *testing.T) {
	t.Parallel()
	for _, percent := range []int{0, 1, 50, 99} {
		t.Run(fmt.Sprint(percent), func(t *testing.T) {
			t.Parallel()
			s := &paged{t: t, pages: 1, cut: func(int, int) int { return percent }}
			st := data.NewStore(time.Now)
			err := against(t, kube.Options{}, s.serve).List(t.Context(), st)
			if got := st.Snapshot(); err == nil && (len(got.Gaps) == 0 || live(got)) {
				t.Errorf("no error, gaps %v, health %+v", got.Gaps, got.Health)
			}
		})
	}
}

func TestListThatIsCutAndHealsIsWhole(t *testing.T) {
	t.Parallel()
	for _, percent := range []int{0, 1, 50, 99} {
		t.Run(fmt.Sprint(percent), func(t *testing.T) {
			t.Parallel()
			s := &paged{t: t, pages: 3, cut: func(page, n int) int {
				if page > 0 && n <= 2 {
					return percent
				}
				return whole
			}}
			st := data.NewStore(time.Now)
			must(t, against(t, kube.Options{}, s.serve).List(t.Context(), st))
			got := st.Snapshot()
			if len(got.Gaps) != 0 || !live(got) || got.PodsSeen != 300 || len(got.Containers) != 3 || s.lists.Load() != 1 {
				t.Errorf("%d pods seen, %d containers, gaps %v, health %+v, %d lists", got.PodsSeen, len(got.Containers), got.Gaps, got.Health, s.lists.Load())
			}
			for _, c := range got.Containers {
				if len(c.Kills) != 1 {
					t.Errorf("%s: %d kills", c.Key, len(c.Kills))
				}
			}
		})
	}
}

func TestWatchOverAListThatIsCut(t *testing.T) {
	t.Parallel()
	s := &paged{t: t, pages: 2}
	var broken atomic.Bool
	broken.Store(true)
	s.cut = func(page, _ int) int {
		if broken.Load() && page == 1 {
			return 50
		}
		return whole
	}
	st := watching(t, against(t, kube.Options{}, s.serve))
	until(t, st, 5*time.Second, "what came before the cut", func(s *data.Snapshot) bool { return failing(s) && find(s, "p-0-20", "app") != nil })
	until(t, st, 15*time.Second, "the gap", func(s *data.Snapshot) bool { return len(s.Gaps) == 1 && !live(s) })
	broken.Store(false)
	until(t, st, 15*time.Second, "the whole list", func(s *data.Snapshot) bool {
		return live(s) && len(s.Gaps) == 0 && s.PodsSeen == 200 && len(s.Containers) == 2
	})
}

// failing reports whether there is no whole list yet, and the reason is told.
func failing(s *data.Snapshot) bool {
	return s.Health.State == data.Connecting && s.Health.Problem != ""
}

// A server that says when to come back is asked no sooner, however long it goes on.
func TestListHonoursRetryAfter(t *testing.T) {
	t.Parallel()
	for _, code := range []int{429, 503} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			s := &paged{t: t, pages: 2, cut: func(int, int) int { return whole }}
			var n atomic.Int32
			var last atomic.Int64
			client := against(t, kube.Options{}, func(w http.ResponseWriter, r *http.Request) {
				if now := time.Now().UnixMilli(); now-last.Swap(now) < 990 && n.Load() < 4 {
					t.Error("asked again before the second was over")
				}
				if i := n.Add(1); i == 1 || i == 3 {
					w.Header().Set("Retry-After", "1")
					answer(w, code, status(code, metav1.StatusReasonTooManyRequests, "slow down"))
					return
				}
				last.Store(0)
				s.serve(w, r)
			})
			st := data.NewStore(time.Now)
			must(t, client.List(t.Context(), st))
			if got := st.Snapshot(); got.PodsSeen != 200 || len(got.Containers) != 2 || n.Load() != 4 || len(got.Gaps) != 0 {
				t.Errorf("%d pods, %d containers after %d requests, gaps %v", got.PodsSeen, len(got.Containers), n.Load(), got.Gaps)
			}
		})
	}
}

func TestListOfSomethingElse(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"<html>Log in</html>", `{"kind":"Status","apiVersion":"v1","status":"Success"}`, "", "k8s\x00", "k8s\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		st := data.NewStore(time.Now)
		err := against(t, kube.Options{}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }).List(t.Context(), st)
		if err == nil || live(st.Snapshot()) {
			t.Errorf("%q: %v, health %+v", body, err, st.Snapshot().Health)
		}
	}
}
