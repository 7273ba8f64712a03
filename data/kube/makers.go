package kube

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// made is an object and the one that made it.
type made struct{ uid, by string }

// makers are the UIDs of the objects that make the pods of a workload: itself, its ReplicaSets, its Jobs, and whatever a
// custom resource makes pods by.
func (c *Client) makers(ctx context.Context, w data.Workload, base *owner) (map[string]bool, error) {
	uids := map[string]bool{}
	if w.UID != "" {
		uids[w.UID.String()] = true
	}
	if base != nil {
		uids[string(base.meta.UID)] = true
	}
	var lists []func() ([]made, error)
	ns := w.Namespace.String()
	switch {
	case w.Kind == "CronJob" && own(w):
		lists = append(lists, func() ([]made, error) { return c.jobs(ctx, ns) })
	case w.Kind == "Deployment" && own(w) || w.Kind == "Rollout":
		lists = append(lists, func() ([]made, error) { return c.replicaSets(ctx, ns, selectorOf(base)) })
	case !own(w):
		lists = append(lists,
			func() ([]made, error) { return c.makersBelow(ctx, ns) },
			func() ([]made, error) { return c.replicaSets(ctx, ns, "") })
	}
	for _, list := range lists {
		all, err := list()
		if err != nil {
			return nil, err
		}
		for more := true; more; { // a list may have a child before its parent
			more = false
			for _, m := range all {
				if uids[m.by] && !uids[m.uid] {
					uids[m.uid], more = true, true
				}
			}
		}
	}
	return uids, nil
}

// madeBy tells who made an object.
func madeBy(m *metav1.ObjectMeta) made {
	out := made{uid: string(m.UID)}
	if ref := metav1.GetControllerOf(m); ref != nil {
		out.by = string(ref.UID)
	}
	return out
}

func (c *Client) replicaSets(ctx context.Context, ns, selector string) ([]made, error) {
	list, err := c.cs.AppsV1().ReplicaSets(ns).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, c.explain(err, request{verb: "list", resource: "replicasets", namespace: ns})
	}
	out := make([]made, 0, len(list.Items))
	for i := range list.Items {
		out = append(out, madeBy(&list.Items[i].ObjectMeta))
	}
	return out, nil
}

func (c *Client) jobs(ctx context.Context, ns string) ([]made, error) {
	list, err := c.cs.BatchV1().Jobs(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, c.explain(err, request{verb: "list", resource: "jobs", namespace: ns})
	}
	out := make([]made, 0, len(list.Items))
	for i := range list.Items {
		out = append(out, madeBy(&list.Items[i].ObjectMeta))
	}
	return out, nil
}

// makersBelow are the objects by which operators make pods.
func (c *Client) makersBelow(ctx context.Context, ns string) ([]made, error) {
	var out []made
	sets, err := c.cs.AppsV1().StatefulSets(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, c.explain(err, request{verb: "list", resource: "statefulsets", namespace: ns})
	}
	for i := range sets.Items {
		out = append(out, madeBy(&sets.Items[i].ObjectMeta))
	}
	deployments, err := c.cs.AppsV1().Deployments(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, c.explain(err, request{verb: "list", resource: "deployments", namespace: ns})
	}
	for i := range deployments.Items {
		out = append(out, madeBy(&deployments.Items[i].ObjectMeta))
	}
	daemons, err := c.cs.AppsV1().DaemonSets(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, c.explain(err, request{verb: "list", resource: "daemonsets", namespace: ns})
	}
	for i := range daemons.Items {
		out = append(out, madeBy(&daemons.Items[i].ObjectMeta))
	}
	return out, nil
}
