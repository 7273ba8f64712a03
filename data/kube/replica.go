package kube

import (
	"context"
	"errors"
	"regexp"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// replicaPods is how many pods of a namespace are looked at for another one of a workload.
const replicaPods = 1000

// Replica returns a container that can be looked into now: c itself as it is now, when it runs; else the same container
// in another pod of its workload, of those that run the one that has run longest, in which a leak has grown most. The
// error wraps data.ErrNotFound when none runs.
func (c *Client) Replica(ctx context.Context, of *data.Container) (*data.Container, error) {
	ns, name := of.Key.Namespace.String(), of.Key.Container.String()
	keep := func(container string) bool { return container == name }
	own, err := c.FetchPod(ctx, ns, of.Key.Pod.String(), keep)
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return nil, err
	}
	if err == nil && len(own.Containers) == 1 && own.Containers[0].State == data.Running {
		return &own.Containers[0], nil
	}
	pattern, err := regexp.Compile("^(?:" + data.PodPattern(of) + ")$")
	if err != nil {
		return nil, err
	}
	list, err := c.cs.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{Limit: replicaPods})
	if err != nil {
		return nil, c.explain(err, request{"list", "pods", ns, ""})
	}
	var best *data.Container
	var since time.Time
	for i := range list.Items {
		p := &list.Items[i]
		up := running(p, name)
		if up == nil || p.DeletionTimestamp != nil || !pattern.MatchString(p.Name) {
			continue
		}
		if at := up.State.Running.StartedAt.Time; best == nil || at.Before(since) {
			if got := decode(p, keep); len(got.Containers) == 1 {
				best, since = &got.Containers[0], at
			}
		}
	}
	if best == nil {
		return nil, worded{"no pod of " + of.Workload.Ref().String() + " runs this container now", data.ErrNotFound, data.ErrNotFound}
	}
	best.Workload = of.Workload
	return best, nil
}
