package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// keyOf is the container of p that has the demand.
func keyOf(p *pod) data.Key {
	return data.Key{Namespace: data.Clean(p.w.namespace), Pod: data.Clean(p.name), Container: data.Clean(p.target().Name)}
}

// podsOf returns the pods of a workload.
func podsOf(t *testing.T, c *cluster, name string) []*pod {
	t.Helper()
	for _, o := range c.owners {
		if o.w.name == name {
			return o.pods
		}
	}
	t.Fatalf("no workload %s", name)
	return nil
}

// door is the program's own client of the sandbox.
func door(s *Sandbox) *kube.Client {
	return kube.NewFor(s.Clientset(), s.Address(), kube.Options{Now: s.now, Dial: s.DialPod})
}

func TestLogOfTheLifeBefore(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	for name, want := range map[string]string{
		"api-server": `streams=3\d\d\d goroutines=3\d\d\d`, "database": `report: hash of \d+ MiB`, "ledger": `Pause Full \(G1 Compaction Pause\) \d+M`,
		"catalog-cache": `\d clients connected \(0 replicas\), 10\d{8} bytes in use`, "checkout": `"in_flight":[1-9]\d\d,"rss_mb":4\d\d`, "log-shipper": `"open_buffers":[67]\d\d`,
		"frontend": "received SIGTERM", "migrator": `migrate: read \d+ rows of accounts, 5\dMiB held`,
	} {
		p := podsOf(t, s.cluster, name)[0]
		tail, err := door(s).LastLog(t.Context(), keyOf(p))
		if err != nil || !tail.Previous || tail.Short != "" || len(tail.Lines) < 7 || len(tail.Lines) > 200 {
			t.Errorf("%s: %d lines, previous %v, %q, %v", name, len(tail.Lines), tail.Previous, tail.Short, err)
			continue
		}
		last, before := p.run.last, time.Time{}
		end := strings.Builder{}
		for i, l := range tail.Lines {
			if l.At.Before(before) || l.At.Before(last.StartedAt.Time) || !l.At.Before(last.FinishedAt.Add(time.Second)) {
				t.Errorf("%s: a line at %s, after one at %s, of a life from %s to %s", name, l.At, before, last.StartedAt, last.FinishedAt)
			}
			if before = l.At; i >= len(tail.Lines)-12 {
				end.WriteString(l.Text.String() + "\n")
			}
		}
		if !regexp.MustCompile(want).MatchString(end.String()) {
			t.Errorf("%s: %s is not in\n%s", name, want, end.String())
		}
	}
}

func TestLogWithoutALifeBefore(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	for name, want := range map[string]string{
		"worker": "exited with 'signal 9 (SIGKILL)'", "nightly-report": "sorting in memory, merging runs", "web": "HTTP/1.1", "auth": "managed heap", "search": "Pause Young", "prometheus": "Head GC",
	} {
		pods := podsOf(t, s.cluster, name)
		tail, err := door(s).LastLog(t.Context(), keyOf(pods[len(pods)-1]))
		if err != nil || tail.Previous || !strings.Contains(tail.Short.String(), "no log of a life before this one") {
			t.Errorf("%s: previous %v, %q, %v", name, tail.Previous, tail.Short, err)
		}
		if !slices.ContainsFunc(tail.Lines, func(l data.LogLine) bool { return strings.Contains(l.Text.String(), want) }) {
			t.Errorf("%s: %q is in none of %d lines", name, want, len(tail.Lines))
		}
	}
}

// TestLogsSayWhatTheSeriesSay compares each figure of a log with the sample of that minute.
func TestLogsSayWhatTheSeriesSay(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	rss := regexp.MustCompile(`rss(?:_mib|_mb)?["=:]+(\d+)`)
	for _, name := range []string{"api-server", "checkout", "thumbnailer", "log-shipper", "frontend"} {
		p := podsOf(t, s.cluster, name)[0]
		log, err := s.podLog(p.w.namespace, p.name, &corev1.PodLogOptions{Timestamps: true})
		if err != nil {
			t.Fatal(err)
		}
		var off []float64
		for line := range strings.Lines(string(log)) {
			stamp, text, _ := strings.Cut(line, " ")
			at, err := time.Parse(time.RFC3339Nano, stamp)
			m := rss.FindStringSubmatch(text)
			if err != nil || m == nil || epoch.Sub(at) > 110*time.Minute || at.Sub(p.run.life.start) < 5*time.Minute {
				continue
			}
			said, _ := strconv.ParseFloat(m[1], 64)
			query := fmt.Sprintf(`container_memory_rss{pod=%q,container=%q}`, p.name, p.target().Name)
			r := ask(t, s, "/api/v1/query", url.Values{"query": {query}, "time": {fmt.Sprint(at.Unix())}})
			var v struct{ Result []struct{ Value [2]any } }
			if err := json.Unmarshal(r.Data, &v); err != nil || len(v.Result) != 1 {
				t.Fatalf("%s at %s: %s", name, at, r.Data)
			}
			sample, _ := strconv.ParseFloat(v.Result[0].Value[1].(string), 64)
			off = append(off, math.Abs(sample/mi-said))
		}
		slices.Sort(off)
		if len(off) < 3 || off[len(off)/2] > 6 {
			t.Errorf("%s: %d figures, half of them off by %.1f MiB and more", name, len(off), off)
		}
	}
}

func TestWhatAKubeletRefuses(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	log := func(namespace, pod string, o corev1.PodLogOptions) error {
		body, err := s.Clientset().CoreV1().Pods(namespace).GetLogs(pod, &o).Stream(t.Context())
		if err == nil {
			_ = body.Close()
		}
		return err
	}
	web, migrator := podsOf(t, s.cluster, "web")[0].name, podsOf(t, s.cluster, "migrator")[0].name
	for _, c := range []struct {
		name string
		err  error
		is   func(error) bool
		says string
	}{
		{"a pod that is not there", log("shop", "gone", corev1.PodLogOptions{}), apierrors.IsNotFound, "gone"},
		{"a pod of another namespace", log("data", web, corev1.PodLogOptions{}), apierrors.IsNotFound, web},
		{"another container", log("shop", web, corev1.PodLogOptions{Container: "sidecar"}), apierrors.IsBadRequest, "not valid for pod"},
		{"no life before", log("shop", web, corev1.PodLogOptions{Previous: true}), apierrors.IsBadRequest, "previous terminated container"},
		{"behind an init container", log("platform", migrator, corev1.PodLogOptions{Container: "migrator"}), apierrors.IsBadRequest, "is waiting to start"},
	} {
		if !c.is(c.err) || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
	few, err := s.Clientset().CoreV1().Pods("shop").GetLogs(web, &corev1.PodLogOptions{TailLines: new(int64(3))}).DoRaw(t.Context())
	if err != nil || strings.Count(string(few), "\n") != 3 || strings.HasPrefix(string(few), "2026") {
		t.Errorf("%v: %s", err, few)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Clientset().CoreV1().Pods("shop").GetLogs(web, &corev1.PodLogOptions{}).DoRaw(ctx); err == nil {
		t.Error("a request that was given up was answered")
	}
}

func TestLogOfAKillThatIsWatched(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	for range 40 {
		s.Step(time.Second)
		for _, p := range podsOf(t, s.cluster, "api-server") {
			if p.run.last == nil || !p.run.last.FinishedAt.After(epoch) {
				continue
			}
			tail, err := door(s).LastLog(t.Context(), keyOf(p))
			if err != nil || len(tail.Lines) < 50 {
				t.Fatalf("%d lines, %v", len(tail.Lines), err)
			}
			last := tail.Lines[len(tail.Lines)-1]
			if off := p.run.last.FinishedAt.Sub(last.At); off < 0 || off > time.Second || !last.At.After(epoch.Add(-time.Second)) {
				t.Errorf("the last line is of %s, the kill of %s", last.At, p.run.last.FinishedAt)
			}
			return
		}
	}
	t.Error("nothing was killed within 40 s")
}
