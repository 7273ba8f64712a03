package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// watchTime is how long a test waits for what must come at once; machines differ.
const watchTime = 2 * time.Minute

// watchedPod is a running pod whose container was OOMKilled at a time, or never when that is zero.
func watchedPod(name string, killed time.Time) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: "u-1"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "api"}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{Name: "api"}}}}
	s := &p.Status.ContainerStatuses[0]
	s.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(killed)}
	if !killed.IsZero() {
		s.RestartCount = 1
		s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{Reason: "OOMKilled", ExitCode: 137, StartedAt: metav1.NewTime(killed.Add(-time.Minute)), FinishedAt: metav1.NewTime(killed)}
	}
	return p
}

// startWatch runs a watch over a clientset and returns its lines, and what it returned when it ended.
func startWatch(ctx context.Context, t *testing.T, cs *fake.Clientset, format string) (*bufio.Scanner, *bytes.Buffer, chan error) {
	t.Helper()
	read, write := io.Pipe()
	errOut := &bytes.Buffer{}
	o := newOptions(genericiooptions.IOStreams{Out: write, ErrOut: errOut})
	o.sinceText = "24h"
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	o.output, o.selector = format, "app" // a selector, so that no journal of kills is kept
	c := kube.NewFor(cs, "fake", kube.Options{})
	done := make(chan error, 1)
	go func() {
		err := o.watchCluster(ctx, c, data.Cluster{}, &finder{now: time.Now})
		_ = write.Close()
		done <- err
	}()
	t.Cleanup(func() { _ = read.Close() })
	return bufio.NewScanner(read), errOut, done
}

// A kill is told once, as it comes; those from before are not.
func TestWatchTellsNewKills(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), watchTime)
	defer cancel()
	cs := fake.NewClientset(watchedPod("old", time.Now().Add(-time.Hour)), watchedPod("new", time.Time{}))
	lines, errOut, done := startWatch(ctx, t, cs, "json")
	kill := time.Now().Add(time.Second).Truncate(time.Second)
	update := make(chan error, 1)
	go func() {
		for ctx.Err() == nil { // until the watch is open, which nothing tells
			p := watchedPod("new", kill)
			if _, err := cs.CoreV1().Pods("shop").UpdateStatus(ctx, p, metav1.UpdateOptions{}); err != nil {
				update <- err
				return
			}
			select {
			case <-update:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	if !lines.Scan() {
		t.Fatalf("no line: %v, %s", lines.Err(), errOut)
	}
	update <- nil
	var got killLine
	if err := json.Unmarshal(lines.Bytes(), &got); err != nil || got.Kind != "Kill" || got.Pod != "new" || got.At == nil || *got.At != utc(kill) || got.Scope == "" || *got.ExitCode != 137 {
		t.Fatalf("%s, %v", lines.Text(), err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("interrupted: %v", err)
	}
	if lines.Scan() {
		t.Errorf("another line: %s", lines.Text())
	}
}

// shut is an output whose reader has left.
type shut struct{ wrote int }

// Write fails as a broken pipe does.
func (s *shut) Write([]byte) (int, error) {
	s.wrote++
	return 0, syscall.EPIPE
}

func TestWatchEndsWithItsReader(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), watchTime)
	defer cancel()
	out := &shut{}
	o := newOptions(genericiooptions.IOStreams{Out: out, ErrOut: io.Discard})
	o.sinceText = "24h"
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	o.output, o.selector = "text", "app"
	cs := fake.NewClientset(watchedPod("new", time.Now().Add(time.Minute))) // a node whose clock runs ahead
	if err := o.watchCluster(ctx, kube.NewFor(cs, "fake", kube.Options{}), data.Cluster{}, &finder{now: time.Now}); err != nil || out.wrote != 1 || ctx.Err() != nil {
		t.Errorf("%v after %d lines, %v", err, out.wrote, ctx.Err())
	}
}

func TestKillNews(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 3, 15, 12, 0, 0, 500_000_000, time.UTC)
	pod := func(name data.Text, at time.Time) data.Container {
		return data.Container{Key: data.Key{Namespace: "shop", Pod: name, Container: "api"}, State: data.Running,
			Last: &data.Termination{Reason: "OOMKilled", ExitCode: 137, FinishedAt: at, Field: "lastState.terminated"}}
	}
	snap := func(state data.Connection, cs ...data.Container) *data.Snapshot {
		s := &data.Snapshot{Health: data.Health{State: state}}
		for i := range cs {
			s.Containers = append(s.Containers, &cs[i])
		}
		return s
	}
	n := newKillNews(began)
	take := func(s *data.Snapshot) string {
		var out []string
		for _, k := range n.take(s, began) {
			out = append(out, k.c.Key.Pod.String()+"@"+k.at.Format("15:04:05"))
		}
		return strings.Join(out, " ")
	}
	old, now := began.Add(-time.Hour), began.Truncate(time.Second)
	for i, step := range []struct {
		s    *data.Snapshot
		want string
	}{
		{snap(data.Connecting, pod("a", old)), ""},
		{snap(data.Connecting, pod("a", old), pod("b", now)), "b@12:00:00"}, // in the very second, while the list came in
		{snap(data.Live, pod("a", old), pod("b", now), pod("c", old)), ""},
		{snap(data.Live, pod("a", now.Add(5*time.Second)), pod("b", now), pod("c", old)), "a@12:00:05"},
		{snap(data.Live, pod("a", now.Add(6*time.Second)), pod("b", now), pod("c", old)), ""}, // the same kill, rounded otherwise
		{snap(data.Live, pod("d", now.Add(-5*time.Minute))), "d@11:55:00"},                    // a node whose clock is late
		{snap(data.Stale, pod("d", now.Add(-5*time.Minute))), ""},
		{snap(data.Live, pod("d", now.Add(time.Minute))), "d@12:01:00"}, // what came during an outage
	} {
		if got := take(step.s); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
	child := func(count float64) data.Container {
		return data.Container{Key: data.Key{Pod: "child", Container: "w"}, State: data.Running, ChildKills: &count}
	}
	tell := func(count float64) int { return len(n.take(snap(data.Live, child(count)), began)) }
	if told := []int{tell(3), tell(3), tell(4), tell(4)}; !slices.Equal(told, []int{0, 0, 1, 0}) {
		t.Error("kills of child processes are told when their count rises, and not for having been there")
	}
}

func TestOutages(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	s := &outages{out: &b}
	at := time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)
	for i, state := range []data.Connection{data.Connecting, data.Live, data.Stale, data.Stale, data.Live, data.Live} {
		s.server(data.Health{State: state, Problem: "connection refused"}, at.Add(time.Duration(i)*time.Second))
	}
	for _, p := range []data.Text{"", "gone", "gone", "", ""} {
		s.metrics(p)
	}
	want := "oomedic: the API server can't be reached; kills are told when it is back: connection refused\noomedic: the API server is back after 2s\n" +
		"oomedic: the memory of the cluster can't be read, so risks are not told: gone\noomedic: the memory of the cluster is read again\n"
	if b.String() != want {
		t.Errorf("%q", b.String())
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	o := newOptions(genericiooptions.IOStreams{Out: &b})
	at := time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)
	code, limit := int32(137), int64(64<<20)
	c := data.Container{Key: data.Key{Namespace: "shop", Pod: "a-0", Container: "api"}, Workload: data.Workload{Kind: "StatefulSet", Name: "a"}, Resources: data.Resources{Limit: &limit}}
	if err := o.writeKill(killed{at: at, seen: at, c: c, v: analysis.Confirmation{OOMKilled: true, Scope: analysis.ScopeContainer, ExitCode: &code, Restarts: 2}}); err != nil {
		t.Fatal(err)
	}
	r := analysis.Risk{Usage: data.Usage{Key: c.Key}, Level: analysis.RiskWarning, Why: "at 86% of its limit"}
	if err := o.writeCrossing(&analysis.Crossing{At: at, Kind: analysis.CrossedWarning, Risk: r}); err != nil {
		t.Fatal(err)
	}
	o.output = "json"
	if err := o.writeCrossing(&analysis.Crossing{At: at, Kind: analysis.CrossedWarning, Risk: r}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	want := []string{
		"2026-03-15T12:00:00Z killed   shop/a-0/api (statefulset/a): limit 64Mi, container-limit, exit 137, 2 restarts",
		"2026-03-15T12:00:00Z warning  shop/a-0/api: at 86% of its limit",
	}
	if len(lines) != 4 || lines[0] != want[0] || lines[1] != want[1] || !strings.HasPrefix(lines[2], `{"apiVersion":"oomedic/v1","kind":"RiskCrossing","at":"2026-03-15T12:00:00Z","crossing":"warning","risk":{"level":"warning"`) {
		t.Errorf("%q", lines)
	}
}
