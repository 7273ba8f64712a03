package kube

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	utilnet "k8s.io/apimachinery/pkg/util/net"

	"github.com/oomedic/oomedic/data"
)

// How long the first pod is watched before the others are resized, and how often it is read. The kubelet looks at a pod
// at least every minute, and within a second or two of a change of its spec.
const (
	confirmTime  = 15 * time.Second
	confirmEvery = 250 * time.Millisecond
)

// resize sends the resize of one pod until its outcome is known.
func (c *Client) resize(ctx context.Context, p *data.Plan, pp *data.PodPlan, t data.Target) (data.Target, error) {
	pod, err := c.sendResize(ctx, p, pp)
	t = ended(t, err)
	if err == nil {
		t.ResourceVersion, t.Generation, t.After, t.Resize = pod.ResourceVersion, pod.Generation, podMemory(pod, p.Change.Container), data.ResizePending
	}
	return t, err
}

func (c *Client) sendResize(ctx context.Context, p *data.Plan, pp *data.PodPlan) (*corev1.Pod, error) {
	ns, name, ch := pp.Pod.Namespace.String(), pp.Pod.Name.String(), p.Change
	body, lost := pp.Patch, error(nil)
	for range maxConflicts + 1 {
		done, err := c.cs.CoreV1().Pods(ns).Patch(ctx, name, types.StrategicMergePatchType, body, metav1.PatchOptions{FieldManager: FieldManager}, "resize")
		if err == nil {
			return done, nil
		}
		switch {
		case apierrors.IsConflict(err):
		case lost == nil && utilnet.IsConnectionRefused(err), !maybeDone(err):
			return nil, c.explain(err, request{"patch", "pods/resize", ns, name})
		default:
			lost = err
		}
		live, seen := c.lookPod(ctx, ns, name)
		switch {
		case seen != nil && lost != nil:
			return nil, worded{fmt.Sprintf("the answer to the resize of pod %s was lost (%s), and it cannot be read again: look at it before you try again",
				name, words(bare(lost))), data.ErrUnknownOutcome, lost}
		case seen != nil:
			return nil, seen
		case string(live.UID) != pp.Pod.UID.String():
			return nil, worded{fmt.Sprintf("pod %s is another one by now", name), data.ErrConflict, err}
		case lost != nil && sameMemory(podMemory(live, ch.Container), pp.After):
			return live, nil
		case lost != nil && podMoved(live, pp, ch.Container):
			return nil, worded{fmt.Sprintf("the answer to the resize of pod %s was lost (%s), and somebody else changed it since: whether this resize was in between is not known",
				name, words(bare(lost))), data.ErrUnknownOutcome, lost}
		case podMoved(live, pp, ch.Container):
			return nil, worded{fmt.Sprintf("pod %s changed since the diff was made", name), data.ErrConflict, err}
		case ctx.Err() != nil:
			return nil, worded{fmt.Sprintf("the resize of pod %s was given up; it still has the old values", name), data.ErrUnknownOutcome, err}
		}
		if body, err = resizeBody(ch, live); err != nil {
			return nil, err
		}
	}
	if lost != nil {
		return nil, worded{fmt.Sprintf("the answer to the resize of pod %s was lost again and again (%s); it still has the old values", name, words(bare(lost))),
			data.ErrUnknownOutcome, lost}
	}
	return nil, worded{fmt.Sprintf("pod %s changes faster than it can be resized", name), data.ErrConflict, data.ErrConflict}
}

// podMoved reports whether more than a pod's status changed since it was planned.
func podMoved(live *corev1.Pod, pp *data.PodPlan, container data.Text) bool {
	return !sameMemory(podMemory(live, container), pp.Before) || pp.Generation != 0 && live.Generation != pp.Generation
}

// lookPod reads a pod again, for lookAgain at most and even when ctx is done.
func (c *Client) lookPod(ctx context.Context, ns, name string) (*corev1.Pod, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookAgain)
	defer cancel()
	p, err := c.cs.CoreV1().Pods(ns).Get(ctx, name, metav1.GetOptions{})
	return p, c.explain(err, request{"get", "pods", ns, name})
}

// confirm watches a resized pod until the kubelet has said yes or no. Deferred, Infeasible and no word in confirmTime
// are errors that wrap data.ErrPartly: the API server has the new values and the container has not.
func (c *Client) confirm(ctx context.Context, t data.Target, container data.Text) (data.Target, error) {
	ctx, cancel := context.WithTimeout(ctx, confirmTime)
	defer cancel()
	tick := time.NewTicker(confirmEvery)
	defer tick.Stop()
	says := data.Text("the kubelet has said nothing yet")
	for {
		pod, err := c.cs.CoreV1().Pods(t.Namespace.String()).Get(ctx, t.Name.String(), metav1.GetOptions{})
		if err == nil && string(pod.UID) == t.UID.String() {
			r := resizeOf(pod, container)
			t.Resize, says = r.State, r.Says
			switch r.State {
			case data.ResizeDone:
				t.Error = ""
				return t, nil
			case data.ResizeDeferred, data.ResizeInfeasible, data.ResizeError:
				t.Error = data.Textf("%s: %s", r.State, r.Says)
				return t, worded{fmt.Sprintf("the resize of pod %s is %s, so the container still has its former memory: %s", t.Name, r.State, r.Says), data.ErrPartly, data.ErrPartly}
			}
		} else if err == nil || apierrors.IsNotFound(err) {
			t.Error = "the pod was replaced"
			return t, worded{fmt.Sprintf("pod %s was replaced after it was resized", t.Name), data.ErrPartly, data.ErrPartly}
		}
		select {
		case <-ctx.Done():
			t.Error = data.Textf("%s after %s: %s", t.Resize, confirmTime, says)
			return t, worded{fmt.Sprintf("the kubelet has not resized pod %s within %s (%s), so the rest was left alone: %s", t.Name, confirmTime, t.Resize, says), data.ErrPartly, data.ErrPartly}
		case <-tick.C:
		}
	}
}

// resizeOf reads how far the kubelet has come with the resize of a container (KEP-1287).
func resizeOf(p *corev1.Pod, container data.Text) data.PodResize {
	r := data.PodResize{Pod: keyOf(p), State: data.ResizePending, Says: "the kubelet has said nothing yet"}
	status := containerStatus(p, container)
	if status != nil && status.Resources != nil {
		r.Actual = data.Resources{Limit: memory(status.Resources.Limits), Request: memory(status.Resources.Requests)}
	}
	for _, cond := range p.Status.Conditions {
		if cond.Status != corev1.ConditionTrue || cond.ObservedGeneration != 0 && cond.ObservedGeneration < p.Generation {
			continue
		}
		switch {
		case cond.Type == corev1.PodResizePending && cond.Reason == corev1.PodReasonInfeasible:
			r.State, r.Says = data.ResizeInfeasible, data.Clean(cond.Message)
		case cond.Type == corev1.PodResizePending:
			r.State, r.Says = data.ResizeDeferred, data.Clean(cond.Message)
		case cond.Type == corev1.PodResizeInProgress && cond.Reason == corev1.PodReasonError:
			r.State, r.Says = data.ResizeError, data.Clean(cond.Message)
		case cond.Type == corev1.PodResizeInProgress && r.State == data.ResizePending:
			r.State, r.Says = data.ResizeInProgress, "the kubelet is writing it"
		}
	}
	if r.State != data.ResizePending {
		return r
	}
	seen := p.Status.ObservedGeneration == 0 || p.Status.ObservedGeneration >= p.Generation
	spec := podMemory(p, container)
	switch {
	case status == nil || !seen:
	case sameMemory(r.Actual, spec):
		r.State, r.Says = data.ResizeDone, data.Textf("it runs with %s", spoken(spec))
	case status.State.Running == nil && same(memory(status.AllocatedResources), spec.Request):
		r.State, r.Says = data.ResizeDone, data.Textf("its next start has %s", spoken(spec))
	}
	return r
}

func containerStatus(p *corev1.Pod, container data.Text) *corev1.ContainerStatus {
	for _, list := range [][]corev1.ContainerStatus{p.Status.ContainerStatuses, p.Status.InitContainerStatuses} {
		for i := range list {
			if list[i].Name == container.String() {
				return &list[i]
			}
		}
	}
	return nil
}
