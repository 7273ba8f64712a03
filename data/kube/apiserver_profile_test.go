package kube_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// ports answers by the port that was asked for.
type ports map[string]http.HandlerFunc

// ServeHTTP implements http.Handler.
func (p ports) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, port, _ := strings.Cut(r.Host, ":")
	if h := p[port]; h != nil {
		h(w, r)
		return
	}
	http.NotFound(w, r)
}

func heapHere(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	if strings.HasSuffix(r.URL.Path, "/goroutine") {
		_ = pprof.Lookup("goroutine").WriteTo(w, 0)
		return
	}
	_ = pprof.Lookup("heap").WriteTo(w, 0)
}

func webPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<!DOCTYPE html><title>Shop</title>")
}

// cutShort promises more than it sends and breaks the connection off.
func cutShort(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", "4000000")
	_, _ = w.Write([]byte("\x1f\x8b\x08" + strings.Repeat("x", 70000)))
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func tooLarge(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", fmt.Sprint(300<<20))
	_, _ = w.Write([]byte{0x1f, 0x8b})
}

// goPod makes a running pod whose container declares ports, on a node of this test.
func goPod(t *testing.T, name, env string, declared ...corev1.ContainerPort) (data.Key, *kube.Client, ports) {
	t.Helper()
	cs := admin(t)
	ns := newNamespace(t, cs)
	answers := ports{}
	target := httptest.NewServer(answers)
	t.Cleanup(target.Close)
	node(t, cs, ns, kubelet(strings.TrimPrefix(target.URL, "http://")))
	pod := newPod(meta(ns, name))
	pod.Spec.NodeName = ns
	c := &pod.Spec.Containers[0]
	c.Ports = declared
	if env != "" {
		c.Env = []corev1.EnvVar{{Name: "PPROF", Value: env}}
	}
	pod.Status.Phase = corev1.PodRunning
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: c.Name, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}}}}
	create(t, cs, pod)
	k := data.Key{Namespace: data.Clean(ns), Pod: data.Clean(name), Container: data.Clean(c.Name)}
	return k, connect(t, apiServer(t), kube.Options{ReadOnly: true}), answers
}

func TestProfileThroughTheAPIServer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		env      string
		declared []corev1.ContainerPort
		answers  ports
		port     int    // 0 when there is none
		says     string // part of the error
	}{
		{name: "a variable names the port", env: "0.0.0.0:7070", answers: ports{"7070": heapHere, "6060": webPage}, port: 7070},
		{name: "a port is named for it", declared: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}, {Name: "debug", ContainerPort: 8081}},
			answers: ports{"8080": webPage, "8081": heapHere}, port: 8081},
		{name: "the usual port", answers: ports{"6060": heapHere}, port: 6060},
		{name: "a port it declares", declared: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}, answers: ports{"8080": heapHere}, port: 8080},
		{name: "a web page", declared: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}, answers: ports{"8080": webPage}, says: "8080: a web page answers"},
		{name: "none", answers: ports{}, says: "6060: HTTP answers 404"},
		{name: "cut half-way", answers: ports{"6060": cutShort}, says: "the profile was cut after"},
		{name: "300 MiB", answers: ports{"6060": tooLarge}, says: "larger than 200Mi: it has 300Mi"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k, client, answers := goPod(t, "api-0", c.env, c.declared...)
			for port, h := range c.answers {
				answers[port] = h
			}
			p, err := client.Profile(t.Context(), k, data.HeapProfile)
			if c.says != "" {
				if p != nil || err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v, %v; want an error with %q", p, err, c.says)
				}
				if strings.Contains(c.says, "answers") && !errors.Is(err, kube.ErrNoProfile) {
					t.Errorf("%v is not ErrNoProfile", err)
				}
				return
			}
			must(t, err)
			if p.Port != c.port || p.Total == 0 || len(p.Lines) == 0 || p.At.IsZero() || p.From == "" {
				t.Errorf("%+v", p)
			}
			g, err := client.Profile(t.Context(), k, data.GoroutineProfile)
			if err != nil || g.Total == 0 {
				t.Errorf("goroutines: %+v, %v", g, err)
			}
		})
	}
}

func TestProfileOfWhatDoesNotRun(t *testing.T) {
	t.Parallel()
	k, client, _ := goPod(t, "api-0", "")
	k.Container = "other"
	if _, err := client.Profile(t.Context(), k, data.HeapProfile); err == nil || !strings.Contains(err.Error(), "does not run now") {
		t.Errorf("%v", err)
	}
	k.Pod = "gone"
	if _, err := client.Profile(t.Context(), k, data.HeapProfile); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	k.Pod = "api-0"
	if _, err := client.Profile(ctx, k, data.HeapProfile); err == nil {
		t.Error("a cancelled question was answered")
	}
}
