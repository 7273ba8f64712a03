package kube_test

import (
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

func TestReplicaThatCanBeLookedInto(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	up := func(name string, ago time.Duration) {
		p := newPod(meta(ns, name))
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: p.Spec.Containers[0].Name}}
		if ago > 0 {
			p.Status.Phase = corev1.PodRunning
			p.Status.ContainerStatuses[0].State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(time.Now().Add(-ago))}
		}
		create(t, cs, p)
	}
	up("api-7d9f8b6c5-aaaaa", 0) // does not run; and its name is none that a Deployment makes
	up("api-7d9f8b6c5-x2bcd", 0)
	up("api-7d9f8b6c5-zzzzz", time.Minute)
	up("api-7d9f8b6c5-wwwww", time.Hour)
	up("api-gateway-7d9f8b6c5-zzzzz", 24*time.Hour)
	c := connect(t, apiServer(t), kube.Options{ReadOnly: true})
	container := data.Clean(newPod(meta(ns, "x")).Spec.Containers[0].Name)
	of := func(pod data.Text) *data.Container {
		return &data.Container{Key: data.Key{Namespace: data.Clean(ns), Pod: pod, Container: container}, Workload: workload("Deployment", ns, "api")}
	}
	for _, one := range []struct{ pod, want data.Text }{
		{"api-7d9f8b6c5-zzzzz", "api-7d9f8b6c5-zzzzz"}, // it runs itself
		{"api-7d9f8b6c5-x2bcd", "api-7d9f8b6c5-wwwww"}, // it does not
		{"api-7d9f8b6c5-ggggg", "api-7d9f8b6c5-wwwww"}, // it is gone
	} {
		got, err := c.Replica(t.Context(), of(one.pod))
		if err != nil || got.Key.Pod != one.want || got.Key.Container != container {
			t.Errorf("%s: %+v, %v; want %s", one.pod, got, err, one.want)
		}
	}
	other := of("web-7d9f8b6c5-ggggg")
	other.Workload = workload("Deployment", ns, "web")
	if got, err := c.Replica(t.Context(), other); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("%+v, %v", got, err)
	}
}
