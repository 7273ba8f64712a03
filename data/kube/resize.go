package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/oomedic/oomedic/data"
)

// Numbers of resizing: how many pods are tried as a dry run side by side, and how many a workload may have at most. More
// are changed by their template, which the controller does at its own pace.
const (
	dryRunsAtOnce = 8
	maxResizes    = 100
)

// mirrorPod is the annotation of a pod that stands for one in a file on its node.
const mirrorPod = "kubernetes.io/config.mirror"

// inSpec finds a container of a pod's spec and the list that it stands in.
func inSpec(spec *corev1.PodSpec, name data.Text) (*corev1.Container, string) {
	for i := range spec.Containers {
		if c := &spec.Containers[i]; c.Name == name.String() {
			return c, "containers"
		}
	}
	for i := range spec.InitContainers {
		if c := &spec.InitContainers[i]; c.Name == name.String() {
			return c, "initContainers"
		}
	}
	return nil, ""
}

// setMemory gives a container's resources other memory.
func setMemory(r *corev1.ResourceRequirements, m data.Resources) {
	set := func(list *corev1.ResourceList, n *int64) {
		if n == nil {
			delete(*list, corev1.ResourceMemory)
			return
		}
		if *list == nil {
			*list = corev1.ResourceList{}
		}
		(*list)[corev1.ResourceMemory] = *resource.NewQuantity(*n, resource.BinarySI)
	}
	set(&r.Limits, m.Limit)
	set(&r.Requests, m.Request)
}

// podMemory is what a pod's spec gives a container.
func podMemory(p *corev1.Pod, name data.Text) data.Resources {
	c, _ := inSpec(&p.Spec, name)
	if c == nil {
		return data.Resources{}
	}
	return data.Resources{Limit: memory(c.Resources.Limits), Request: memory(c.Resources.Requests)}
}

// planPods adds to p what an in-place resize does, tried as a dry run for each pod.
func (c *Client) planPods(ctx context.Context, p *data.Plan, s *survey) error {
	ch := p.Change
	if offer := offerInPlace(ch, s); !offer.Offered {
		if ch.TakesBack() && ch.Way == data.WayBoth {
			return nil // the pods are gone, and their memory with them
		}
		return worded{offer.Why.String(), data.ErrUnsupported, data.ErrUnsupported}
	}
	if err := expectedPods(ch, s); err != nil {
		return err
	}
	plans := make([]data.PodPlan, len(s.pods))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(dryRunsAtOnce)
	for i := range s.pods {
		g.Go(func() (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = fmt.Errorf("plan the resize of pod %s: %v", data.Clean(s.pods[i].Name), r)
				}
			}()
			plans[i], err = c.planPod(gctx, ch, &s.pods[i])
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	p.Pods = plans
	i := slices.IndexFunc(plans, func(pp data.PodPlan) bool { return pp.Skip == "" })
	if i < 0 {
		if ch.Way == data.WayBoth {
			return nil
		}
		return worded{"nothing to resize: " + plans[0].Skip.String(), data.ErrNoChange, data.ErrNoChange}
	}
	n, restarts := int32(0), false
	for _, pp := range plans {
		if pp.Skip == "" {
			n++
			restarts = restarts || pp.Restarts
		}
	}
	how := "without a restart"
	if restarts {
		how = "by restarting the container, as its resizePolicy says"
	}
	effect := data.Textf("resizes %s in place, %s", pods(n), how)
	if ch.Way == data.WayBoth {
		p.Effect = effect + ", then " + p.Effect
		return nil
	}
	first := &plans[i]
	p.Before, p.After, p.Diff, p.Patch = first.Before, first.After, first.Diff, first.Patch
	p.PatchType, p.ResourceVersion, p.UID, p.Generation = string(types.StrategicMergePatchType), first.ResourceVersion, first.Pod.UID, first.Generation
	p.Replicas = &n
	p.Command, p.Effect = resizeCommand(&s.pods[i], ch), effect+"; new pods get the old value from the template"
	if ch.Workload.Kind == "Pod" {
		p.Effect = effect
	}
	return nil
}

// expectedPods is an error when an undo finds that a pod has other values than its change left. A pod that is gone
// needs no undo.
func expectedPods(ch data.Change, s *survey) error {
	if len(ch.Expect) == 0 {
		return nil
	}
	s.pods = slices.DeleteFunc(s.pods, func(p corev1.Pod) bool {
		return !slices.ContainsFunc(ch.Expect, func(e data.Target) bool { return e.UID.String() == string(p.UID) })
	})
	for i := range s.pods {
		for _, e := range ch.Expect {
			now := podMemory(&s.pods[i], ch.Container)
			if e.UID.String() == string(s.pods[i].UID) && !sameMemory(now, e.After) {
				return worded{fmt.Sprintf("pod %s was changed since: it has %s now and not the %s of %s", e.Name, spoken(now), spoken(e.After), taken(ch)),
					data.ErrConflict, data.ErrConflict}
			}
		}
	}
	if len(s.pods) == 0 && ch.Way == data.WayInPlace {
		return worded{"the pods of " + taken(ch) + " are gone, and their memory with them: there is nothing to put back", data.ErrNoChange, data.ErrNoChange}
	}
	return nil
}

// planPod tries the resize of one pod, which is read again as long as its status moves between reading and trying.
func (c *Client) planPod(ctx context.Context, ch data.Change, p *corev1.Pod) (data.PodPlan, error) {
	for n := 0; ; n++ {
		out, err := c.tryPod(ctx, ch, p)
		if !errors.Is(err, data.ErrConflict) || n == maxConflicts {
			return out, err
		}
		again, err := c.cs.CoreV1().Pods(p.Namespace).Get(ctx, p.Name, metav1.GetOptions{})
		if err != nil {
			return out, c.explain(err, request{"get", "pods", p.Namespace, p.Name})
		}
		if again.UID != p.UID {
			out.Skip = "it is gone"
			return out, nil
		}
		p = again
	}
}

// tryPod tries the resize of a pod as it was read.
func (c *Client) tryPod(ctx context.Context, ch data.Change, p *corev1.Pod) (data.PodPlan, error) {
	ch = ch.For(data.Clean(string(p.UID)))
	before := podMemory(p, ch.Container)
	out := data.PodPlan{
		Pod: keyOf(p), Node: data.Clean(p.Spec.NodeName), ResourceVersion: p.ResourceVersion, Generation: p.Generation, Before: before, After: before,
	}
	wanted := want(before, ch)
	found, _ := inSpec(&p.Spec, ch.Container)
	switch {
	case p.DeletionTimestamp != nil:
		out.Skip = "it is being deleted"
	case p.Annotations[mirrorPod] != "":
		out.Skip = "it is a static pod: change its manifest on the node"
	case found == nil:
		out.Skip = data.Textf("it has no container %s", ch.Container)
	case sameMemory(before, wanted):
		out.Skip = data.Textf("pod %s has these values already", p.Name)
	case before.Limit != nil && wanted.Limit == nil || before.Request != nil && wanted.Request == nil:
		out.Skip = "a limit or request that a pod has can only be changed, not taken away"
	}
	if out.Skip != "" {
		return out, nil
	}
	out.Restarts = restartsFor(found)
	body, err := resizeBody(ch, p)
	if err != nil {
		return out, err
	}
	tried, err := c.cs.CoreV1().Pods(p.Namespace).Patch(ctx, p.Name, types.StrategicMergePatchType, body,
		metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}, FieldManager: FieldManager}, "resize")
	if err != nil {
		err = c.explain(err, request{"patch", "pods/resize", p.Namespace, p.Name})
		if errors.Is(err, data.ErrNotFound) {
			out.Skip = "it is gone"
			return out, nil
		}
		return out, err
	}
	out.Patch, out.After = body, podMemory(tried, ch.Container)
	out.Diff, err = diff(p, tried)
	return out, err
}

// restartsFor reports whether the container is restarted when its memory changes.
func restartsFor(c *corev1.Container) bool {
	return slices.ContainsFunc(c.ResizePolicy, func(r corev1.ContainerResizePolicy) bool {
		return r.ResourceName == corev1.ResourceMemory && r.RestartPolicy == corev1.RestartContainer
	})
}

// resizeBody is the strategic merge patch of pods/resize, which takes no other type that merges by name.
func resizeBody(ch data.Change, p *corev1.Pod) ([]byte, error) {
	ch = ch.For(data.Clean(string(p.UID)))
	_, list := inSpec(&p.Spec, ch.Container)
	body, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": p.UID, "resourceVersion": p.ResourceVersion},
		"spec":     map[string]any{list: []any{map[string]any{"name": ch.Container.String(), "resources": resourcesPatch(ch)}}},
	})
	if err != nil {
		return nil, fmt.Errorf("write the patch: %w", err)
	}
	return body, nil
}

// resizeCommand is the kubectl command (1.32 and later) that resizes the same pod.
func resizeCommand(p *corev1.Pod, ch data.Change) data.Text {
	ch = ch.For(data.Clean(string(p.UID)))
	_, list := inSpec(&p.Spec, ch.Container)
	body, err := json.Marshal(map[string]any{"spec": map[string]any{list: []any{map[string]any{"name": ch.Container.String(), "resources": resourcesPatch(ch)}}}})
	if err != nil {
		return ""
	}
	return data.Textf("kubectl patch pod %s -n %s --subresource resize --type strategic -p %s",
		data.ShellQuote(data.Clean(p.Name)), data.ShellQuote(data.Clean(p.Namespace)), data.ShellQuote(data.Clean(string(body))))
}
