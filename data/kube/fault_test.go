package kube_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// against returns a client of a server that answers with handler.
func against(t *testing.T, o kube.Options, handler http.HandlerFunc) *kube.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch p := r.URL.Path; {
		case strings.HasSuffix(p, "/events"):
			answer(w, 200, &corev1.EventList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "EventList"}})
		case strings.HasSuffix(p, "/namespaces"):
			answer(w, 403, status(403, metav1.StatusReasonForbidden, "namespaces may not be listed"))
		case strings.Contains(p, "/nodes/"):
			answer(w, 404, status(404, metav1.StatusReasonNotFound, "no node"))
		default:
			handler(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return connect(t, &rest.Config{Host: s.URL}, o)
}

// answer writes an object or a Status as JSON.
func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

func status(code int, reason metav1.StatusReason, message string) metav1.Status {
	return metav1.Status{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusFailure,
		Code: int32(code), Reason: reason, Message: message,
	}
}

func TestErrorsOfReading(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code   int
		reason metav1.StatusReason
		words  string
		want   error
		says   string
	}{
		{401, metav1.StatusReasonUnauthorized, "Unauthorized", data.ErrUnauthorized, "log in again"},
		{403, metav1.StatusReasonForbidden, `pods "x" is forbidden: User "jane" cannot get resource "pods"`, data.ErrForbidden, `user "jane" lacks the right to get pods in namespace shop`},
		{404, metav1.StatusReasonNotFound, `pods "x" not found`, data.ErrNotFound, "does not exist"},
		{400, metav1.StatusReasonBadRequest, "no \x1b[31mthanks\nto you", data.ErrRefused, "no ␛[31mthanks to you"},
		{500, metav1.StatusReasonInternalError, "etcd leader changed", nil, "etcd leader changed"},
		{504, metav1.StatusReasonTimeout, "timed out", data.ErrUnreachable, "overloaded or not ready"},
	} {
		client := against(t, kube.Options{}, func(w http.ResponseWriter, _ *http.Request) { answer(w, c.code, status(c.code, c.reason, c.words)) })
		_, err := client.FetchPod(t.Context(), "shop", "x", none)
		if err == nil || (c.want != nil && !errors.Is(err, c.want)) || !strings.Contains(err.Error(), c.says) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%d: %v, want %v that says %q", c.code, err, c.want, c.says)
		}
	}
}

func TestErrorsOfTheConnection(t *testing.T) {
	t.Parallel()
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(tls.Close)
	for _, c := range []struct{ host, says string }{
		{refusing(t).Host, "connection refused: check that it runs"},
		{"https://no-such-host.invalid", "no-such-host.invalid is not known"},
		{tls.URL, "certificate"},
	} {
		_, err := connect(t, &rest.Config{Host: c.host}, kube.Options{}).Check(t.Context())
		if !errors.Is(err, data.ErrUnreachable) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.host) {
			t.Errorf("%s: %v, want %q", c.host, err, c.says)
		}
	}
}

func TestNewRefusesABadConfiguration(t *testing.T) {
	t.Parallel()
	_, err := kube.New(&rest.Config{Host: "https://x", TLSClientConfig: rest.TLSClientConfig{CAFile: "/no/such/file"}}, kube.Options{})
	if err == nil || !strings.Contains(err.Error(), "/no/such/file") {
		t.Errorf("got %v", err)
	}
}

// refusing returns a configuration whose server refuses connections.
func refusing(t *testing.T) *rest.Config {
	t.Helper()
	s := httptest.NewServer(nil)
	s.Close()
	return &rest.Config{Host: s.URL}
}

// podList is a page of one pod.
func podList(p *corev1.Pod, rv, next string) *corev1.PodList {
	return &corev1.PodList{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"},
		ListMeta: metav1.ListMeta{ResourceVersion: rv, Continue: next}, Items: []corev1.Pod{*p},
	}
}

func TestListStartsAnewWhenItsTokenExpires(t *testing.T) {
	t.Parallel()
	var firsts, expired atomic.Int32
	client := against(t, kube.Options{}, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.FormValue("limit") == "":
			t.Error("a list without a limit")
		case r.FormValue("continue") == "":
			firsts.Add(1)
			answer(w, 200, podList(kill(newPod(meta("shop", "a")), at), "7", "next"))
		case expired.Add(1) == 1:
			answer(w, 410, status(410, metav1.StatusReasonExpired, "too old"))
		default:
			answer(w, 200, podList(kill(newPod(meta("shop", "b")), at), "7", ""))
		}
	})
	st := data.NewStore(time.Now)
	must(t, client.List(t.Context(), st))
	if s := st.Snapshot(); len(s.Containers) != 2 || s.PodsSeen != 2 || firsts.Load() != 2 {
		t.Errorf("%d containers of %d pods after %d beginnings, want 2 of 2 after 2", len(s.Containers), s.PodsSeen, firsts.Load())
	}
}

func TestListAsksInOnePieceWhenTokensGoOnExpiring(t *testing.T) {
	t.Parallel()
	client := against(t, kube.Options{}, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.FormValue("continue") != "":
			answer(w, 410, status(410, metav1.StatusReasonExpired, "too old"))
		case r.FormValue("limit") != "":
			answer(w, 200, podList(newPod(meta("shop", "a")), "7", "next"))
		default:
			answer(w, 200, podList(kill(newPod(meta("shop", "whole")), at), "9", ""))
		}
	})
	st := data.NewStore(time.Now)
	must(t, client.List(t.Context(), st))
	if s := st.Snapshot(); s.PodsSeen != 1 || find(s, "whole", "app") == nil {
		t.Errorf("%d pods seen", s.PodsSeen)
	}
}

// A server that cannot stream a list, ends the first watch with 410, and drops the second.
func TestWatchListsAgainAfterGone(t *testing.T) {
	t.Parallel()
	var lists, watches atomic.Int32
	client := against(t, kube.Options{}, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.FormValue("watch") == "":
			n := lists.Add(1)
			answer(w, 200, podList(kill(newPod(meta("shop", fmt.Sprintf("p%d", n))), at), fmt.Sprint(n), ""))
		case r.FormValue("sendInitialEvents") != "":
			answer(w, 422, status(422, metav1.StatusReasonInvalid, "sendInitialEvents is forbidden"))
		case watches.Add(1) == 1:
			answer(w, 200, metav1.WatchEvent{Type: "ERROR", Object: raw(status(410, metav1.StatusReasonExpired, "too old"))})
		default:
			w.Header().Set("Content-Type", "application/json")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	})
	st := watching(t, client)
	until(t, st, 5*time.Second, "the second list", func(s *data.Snapshot) bool {
		return live(s) && find(s, "p2", "app") != nil && find(s, "p1", "app") != nil && find(s, "p1", "app").State == data.Gone
	})
}

func raw(v any) (out runtime.RawExtension) {
	out.Raw, _ = json.Marshal(v)
	return out
}
