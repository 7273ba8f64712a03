package kube_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// A pod may have as many containers as fit; each that was killed is told of, and no other.
func TestPodOfManyContainers(t *testing.T) {
	t.Parallel()
	p := newPod(meta("shop", "many"))
	p.Spec.Containers, p.Status.ContainerStatuses = nil, nil
	for i := range 50 {
		name := fmt.Sprintf("c%02d", i)
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: name, Image: "img", Resources: requirements(fmt.Sprintf("%dMi", 100+i), "64Mi")})
		s := corev1.ContainerStatus{Name: name, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(at)}}}
		switch {
		case i%7 == 3:
			s.RestartCount, s.LastTerminationState.Terminated = 1, terminated("OOMKilled", 137)
		case i%7 == 4:
			s.RestartCount, s.LastTerminationState.Terminated = 1, terminated("Completed", 0)
		}
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, s)
	}
	slices.Reverse(p.Status.ContainerStatuses) // their order is not that of the spec
	out := decoded(t, p, none)
	if len(out.Containers) != 7 {
		t.Fatalf("%d containers, want 7", len(out.Containers))
	}
	for i := range out.Containers {
		c := &out.Containers[i]
		var n int64
		if _, err := fmt.Sscanf(c.Key.Container.String(), "c%02d", &n); err != nil || n%7 != 3 {
			t.Errorf("%s was not killed", c.Key)
		}
		if c.Resources.Limit == nil || *c.Resources.Limit != (100+n)<<20 {
			t.Errorf("%s has another's limit %v", c.Key, c.Resources.Limit)
		}
		if len(c.Kills) != 1 || !c.Kills[0].At.Equal(at) {
			t.Errorf("%s: kills %v", c.Key, c.Kills)
		}
	}
}

// What a status or a spec lacks is unknown and takes nothing else away.
func TestPodsThatAreNotWhole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*corev1.Pod)
		want   int
		check  func(*data.Container) bool
	}{
		"a status without a spec": {func(p *corev1.Pod) { kill(p, at).Spec.Containers = nil }, 1,
			func(c *data.Container) bool {
				return c.Resources.Limit == nil && c.Resources.Request == nil && c.SumLimits == nil && c.Image == "img" && c.LimitUnknown
			}},
		"a spec without a status": {func(p *corev1.Pod) { p.Status = corev1.PodStatus{} }, 0, nil},
		"a status for a container that the spec lacks": {func(p *corev1.Pod) {
			s := kill(p, at).Status.ContainerStatuses[0]
			s.Name = "injected"
			p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, s)
		}, 2, func(c *data.Container) bool {
			return (c.Resources.Limit == nil) == (c.Key.Container == "injected") && c.LimitUnknown == (c.Resources.Limit == nil)
		}},
		"a container that ran out of memory while it was made": {func(p *corev1.Pod) {
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CreateContainerError",
				Message: "container create failed: container init was OOM-killed (memory limit too low?)"}}
		}, 1, func(c *data.Container) bool {
			return c.State == data.Waiting && strings.Contains(c.WaitingMessage.String(), "OOM-killed") && len(c.Kills) == 0
		}},
		"a container that could not be made for another reason": {func(p *corev1.Pod) {
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CreateContainerError", Message: "no such file"}}
		}, 0, nil},
		"an init container that the spec lacks": {func(p *corev1.Pod) {
			kill(p, at)
			p.Spec.Containers, p.Status.InitContainerStatuses, p.Status.ContainerStatuses = nil, p.Status.ContainerStatuses, nil
		}, 1, func(c *data.Container) bool { return c.Kind == data.InitContainer && c.LimitUnknown }},
		"a container without a limit": {func(p *corev1.Pod) { kill(p, at).Spec.Containers[0].Resources = corev1.ResourceRequirements{} }, 1,
			func(c *data.Container) bool { return c.Resources.Limit == nil && !c.LimitUnknown }},
		"a node that is not told": {func(p *corev1.Pod) { kill(p, at).Spec.NodeName = "" }, 1, func(c *data.Container) bool { return c.Node == "" }},
		"neither start nor end": {func(p *corev1.Pod) {
			e := kill(p, at).Status.ContainerStatuses[0].LastTerminationState.Terminated
			e.StartedAt, e.FinishedAt = metav1.Time{}, metav1.Time{}
		}, 1, func(c *data.Container) bool {
			return c.Last.StartedAt.IsZero() && c.Last.FinishedAt.IsZero() && len(c.Kills) == 0
		}},
		"a start and an end at the epoch": {func(p *corev1.Pod) {
			e := kill(p, at).Status.ContainerStatuses[0].LastTerminationState.Terminated
			e.StartedAt, e.FinishedAt = metav1.NewTime(time.Unix(0, 0)), metav1.NewTime(time.Unix(0, 0))
		}, 1, func(c *data.Container) bool {
			return c.Last.StartedAt.IsZero() && c.Last.FinishedAt.IsZero() && len(c.Kills) == 0
		}},
		"a life that began at the epoch": {func(p *corev1.Pod) {
			kill(p, at).Status.ContainerStatuses[0].State.Running.StartedAt = metav1.NewTime(time.Unix(0, 0))
		}, 1, func(c *data.Container) bool { return c.StartedAt.IsZero() && c.State == data.Running }},
		"no state at all": {func(p *corev1.Pod) { kill(p, at).Status.ContainerStatuses[0].State = corev1.ContainerState{} }, 1,
			func(c *data.Container) bool { return c.StartedAt.IsZero() && len(c.Kills) == 1 }},
		"the same container twice": {func(p *corev1.Pod) {
			kill(p, at)
			p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, p.Status.ContainerStatuses[0])
		}, 2, nil},
	} {
		p := newPod(meta("shop", "odd"))
		p.UID = "u"
		c.change(p)
		out := decoded(t, p, none)
		if len(out.Containers) != c.want {
			t.Errorf("%s: %d containers, want %d", name, len(out.Containers), c.want)
			continue
		}
		for i := range out.Containers {
			if c.check != nil && !c.check(&out.Containers[i]) {
				t.Errorf("%s: %+v", name, out.Containers[i])
			}
		}
		s := data.NewStore(func() time.Time { return at })
		s.Put(out)
		for _, k := range s.Snapshot().Containers {
			if len(k.Kills) > 1 {
				t.Errorf("%s: one kill counts as %d", name, len(k.Kills))
			}
		}
	}
}
