package kube_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// deployed puts a Deployment onto the server and returns a change of it to 768Mi / 512Mi.
func deployed(t *testing.T, cs kubernetes.Interface, ns string) data.Change {
	t.Helper()
	_, err := cs.AppsV1().Deployments(ns).Create(t.Context(), newDeployment(ns, "api"), metav1.CreateOptions{})
	must(t, err)
	return data.Change{Workload: workload("Deployment", ns, "api"), Container: "app", Limit: bytes(768 * data.Mi), Request: bytes(512 * data.Mi)}
}

func getDeployment(t *testing.T, cs kubernetes.Interface, ns string) *appsv1.Deployment {
	t.Helper()
	d, err := cs.AppsV1().Deployments(ns).Get(t.Context(), "api", metav1.GetOptions{})
	must(t, err)
	return d
}

func limitOf(d *appsv1.Deployment) string {
	return d.Spec.Template.Spec.Containers[0].Resources.Limits.Memory().String()
}

func TestServerDryRunStoresNothingAndApplyDoes(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	ch := deployed(t, cs, ns)
	c := connect(t, apiServer(t), kube.Options{})
	before := getDeployment(t, cs, ns)

	p, err := c.Plan(t.Context(), ch)
	must(t, err)
	if d := getDeployment(t, cs, ns); d.ResourceVersion != before.ResourceVersion || limitOf(d) != "512Mi" {
		t.Fatalf("the dry run stored something: limit %s, resource version %s → %s", limitOf(d), before.ResourceVersion, d.ResourceVersion)
	}
	if *p.Before.Limit != 512*data.Mi || *p.Before.Request != 256*data.Mi || *p.After.Limit != 768*data.Mi || *p.After.Request != 512*data.Mi {
		t.Errorf("before %+v after %+v", p.Before, p.After)
	}
	var changed []string
	for _, l := range p.Diff {
		if l.Kind == data.DiffAdd || l.Kind == data.DiffRemove {
			changed = append(changed, string(l.Kind)+strings.TrimSpace(l.Text.String()))
		}
	}
	if got, want := strings.Join(changed, " "), "-memory: 512Mi +memory: 768Mi -memory: 256Mi +memory: 512Mi"; got != want {
		t.Errorf("diff changes %q, want %q", got, want)
	}

	a, err := c.Apply(t.Context(), p)
	must(t, err)
	d := getDeployment(t, cs, ns)
	if limitOf(d) != "768Mi" || d.Generation != before.Generation+1 || a.Generation != d.Generation || a.ResourceVersion != d.ResourceVersion {
		t.Errorf("limit %s generation %d → %d, applied %+v", limitOf(d), before.Generation, d.Generation, a)
	}
	if *a.After.Limit != 768*data.Mi {
		t.Errorf("applied %+v", a.After)
	}
	if m := managers(d.ManagedFields, "f:memory"); !m[kube.FieldManager] {
		t.Errorf("field managers of memory are %v, want %s", m, kube.FieldManager)
	}
	if _, err := c.Apply(t.Context(), p); !errors.Is(err, data.ErrConflict) {
		t.Errorf("a plan applied twice: %v, want a conflict", err)
	}
	if _, err := c.Plan(t.Context(), ch); !errors.Is(err, data.ErrNoChange) {
		t.Errorf("plan of what is there: %v, want ErrNoChange", err)
	}
	r, err := c.Rollout(t.Context(), ch.Workload, a)
	must(t, err)
	if r.Done || r.Failed || !strings.Contains(r.Waits.String(), "controller") || r.Desired != 3 {
		t.Errorf("without a controller the rollout is %+v", r)
	}
}

// managers are the managers of updates that own a field.
func managers(entries []metav1.ManagedFieldsEntry, field string) map[string]bool {
	out := map[string]bool{}
	for _, e := range entries {
		if e.FieldsV1 != nil && strings.Contains(string(e.FieldsV1.GetRawBytes()), field) {
			out[e.Manager] = true
		}
	}
	return out
}

func TestServerApplyAfterOthersChanged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(t *testing.T, cs kubernetes.Interface, ns string)
		want   error
	}{
		{"only the status", func(t *testing.T, cs kubernetes.Interface, ns string) {
			d := getDeployment(t, cs, ns)
			d.Status.Replicas = 2
			_, err := cs.AppsV1().Deployments(ns).UpdateStatus(t.Context(), d, metav1.UpdateOptions{})
			must(t, err)
		}, nil},
		{"another number", func(t *testing.T, cs kubernetes.Interface, ns string) {
			d := getDeployment(t, cs, ns)
			d.Spec.Template.Spec.Containers[0].Resources.Limits[corev1.ResourceMemory] = resource.MustParse("600Mi")
			_, err := cs.AppsV1().Deployments(ns).Update(t.Context(), d, metav1.UpdateOptions{})
			must(t, err)
		}, data.ErrConflict},
		{"another part of the spec", func(t *testing.T, cs kubernetes.Interface, ns string) {
			_, err := cs.AppsV1().Deployments(ns).Patch(t.Context(), "api", types.MergePatchType, []byte(`{"spec":{"replicas":7}}`), metav1.PatchOptions{})
			must(t, err)
		}, data.ErrConflict},
		{"made anew", func(t *testing.T, cs kubernetes.Interface, ns string) {
			must(t, cs.AppsV1().Deployments(ns).Delete(t.Context(), "api", metav1.DeleteOptions{}))
			_, err := cs.AppsV1().Deployments(ns).Create(t.Context(), newDeployment(ns, "api"), metav1.CreateOptions{})
			must(t, err)
		}, data.ErrConflict},
		{"deleted", func(t *testing.T, cs kubernetes.Interface, ns string) {
			must(t, cs.AppsV1().Deployments(ns).Delete(t.Context(), "api", metav1.DeleteOptions{}))
		}, data.ErrNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cs := admin(t)
			ns := newNamespace(t, cs)
			ch := deployed(t, cs, ns)
			client := connect(t, apiServer(t), kube.Options{})
			p, err := client.Plan(t.Context(), ch)
			must(t, err)
			c.change(t, cs, ns)
			if _, err = client.Apply(t.Context(), p); !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if c.want == nil && limitOf(getDeployment(t, cs, ns)) != "768Mi" {
				t.Error("no error, and the limit is not there")
			}
		})
	}
}

func TestServerPatchesEachKind(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	ctx, none := t.Context(), metav1.CreateOptions{}
	_, err := cs.AppsV1().StatefulSets(ns).Create(ctx, newStatefulSet(ns, "db"), none)
	must(t, err)
	_, err = cs.AppsV1().DaemonSets(ns).Create(ctx, newDaemonSet(ns, "agent"), none)
	must(t, err)
	_, err = cs.BatchV1().CronJobs(ns).Create(ctx, newCronJob(ns, "nightly"), none)
	must(t, err)
	c := connect(t, apiServer(t), kube.Options{})
	for _, w := range []data.Workload{workload("StatefulSet", ns, "db"), workload("DaemonSet", ns, "agent"), workload("CronJob", ns, "nightly")} {
		for _, container := range []data.Text{"app", "migrate"} {
			p, err := c.Plan(ctx, data.Change{Workload: w, Container: container, Limit: bytes(data.Gi)})
			must(t, err)
			a, err := c.Apply(ctx, p)
			must(t, err)
			if *a.After.Limit != data.Gi || !same(a.After.Request, p.Before.Request) {
				t.Errorf("%s %s holds %+v, want 1Gi and the request as it was", w.Ref(), container, a.After)
			}
		}
	}
	cj, err := cs.BatchV1().CronJobs(ns).Get(ctx, "nightly", metav1.GetOptions{})
	must(t, err)
	spec := cj.Spec.JobTemplate.Spec.Template.Spec
	if len(spec.Containers) != 1 || len(spec.InitContainers) != 1 || spec.Containers[0].Env[0].Value != "hunter2" {
		t.Errorf("the patch changed more than the memory: %+v", spec)
	}
}

func same(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// recorder counts what is sent.
type recorder struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent []string
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.sent = append(r.sent, req.Method+" "+req.URL.RequestURI())
	r.mu.Unlock()
	return r.next.RoundTrip(req)
}

func TestServerReadOnlySendsNoWrite(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	ch := deployed(t, cs, ns)
	cfg := apiServer(t)
	rec := &recorder{}
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { rec.next = next; return rec })
	c := connect(t, cfg, kube.Options{ReadOnly: true})
	p, err := c.Plan(t.Context(), ch)
	must(t, err)
	if _, err := c.Apply(t.Context(), p); !errors.Is(err, data.ErrReadOnly) {
		t.Errorf("Apply: %v, want ErrReadOnly", err)
	}
	if err := c.DeletePod(t.Context(), data.PodKey{Namespace: data.Text(ns), Name: "x"}); !errors.Is(err, data.ErrReadOnly) {
		t.Errorf("DeletePod: %v, want ErrReadOnly", err)
	}
	patched := false
	for _, s := range rec.sent {
		patched = patched || strings.HasPrefix(s, "PATCH")
		question := strings.HasSuffix(s, "/selfsubjectaccessreviews") // stores nothing
		if !strings.HasPrefix(s, "GET ") && !strings.Contains(s, "dryRun=All") && !question {
			t.Errorf("sent %s", s)
		}
	}
	if !patched {
		t.Error("the dry run was not sent: the test sees nothing")
	}
	if limitOf(getDeployment(t, cs, ns)) != "512Mi" {
		t.Error("the limit changed")
	}
}
