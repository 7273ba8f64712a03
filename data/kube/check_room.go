package kube

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/util/watchlist"

	"github.com/oomedic/oomedic/data"
)

// newPod tries to create a pod of the changed template as a dry run: limit ranges, quotas, pod security and webhooks act
// on pods and not on templates.
func (sc *scene) newPod(ctx context.Context) *data.Check {
	o := sc.tried
	if o == nil || o.custom != nil && o.custom.template == "" || watchlist.DoesClientNotSupportWatchListSemantics(sc.c.cs) {
		return nil // the last: client-go's fake clientset, which would store the pod
	}
	err := sc.c.tryNewPod(ctx, o)
	switch {
	case err == nil:
		return passes("a pod of the new template is taken: limit ranges, quotas, pod security and webhooks agree")
	case !apierrors.IsForbidden(err) && !apierrors.IsInvalid(err):
		return unsure("a pod of the new template could not be tried: %s", words1(err))
	case deniedUser.MatchString(err.Error()):
		return unsure("a pod of the new template could not be tried: you lack the right to create pods in namespace %s", sc.ns())
	case strings.Contains(err.Error(), "exceeded quota") && !surges(o):
		return passes("a pod of the new template is taken once an old one has given its share of the quota back")
	}
	f := fails("a pod of the new template would be refused now: %s", words(err))
	f.Typed = true
	return from(f, "kubectl describe limitranges,resourcequotas -n %s", sc.ns())
}

// growth is by how many bytes limits and requests of all pods together rise at most, old pods that go later included.
func (sc *scene) growth() (limits, requests int64) {
	n := int64(len(sc.resized()))
	extra := int64(0)
	if sc.p.Change.Way.Template() && sc.t.live != nil {
		n, extra = 1, 0
		if sc.t.live.replicas != nil {
			n = int64(*sc.t.live.replicas)
		}
		if d, ok := sc.t.live.object.(*appsv1.Deployment); ok {
			extra = int64(surgeOf(d))
		}
	}
	rise := func(before, after *int64) int64 {
		if after == nil {
			return 0
		}
		was := int64(0)
		if before != nil {
			was = *before
		}
		return n*(*after-was) + extra**after
	}
	request := func(r data.Resources) *int64 {
		if r.Request == nil {
			return r.Limit
		}
		return r.Request
	}
	return rise(sc.p.Before.Limit, sc.p.After.Limit), rise(request(sc.p.Before), request(sc.p.After))
}

// surgeOf is how many pods a Deployment may have above its replicas while it rolls out. The default is 25 %.
func surgeOf(d *appsv1.Deployment) int {
	if d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		return 0
	}
	surge := intstr.FromString("25%")
	if u := d.Spec.Strategy.RollingUpdate; u != nil && u.MaxSurge != nil {
		surge = *u.MaxSurge
	}
	n, err := intstr.GetScaledValueFromIntOrPercent(&surge, int(*replicas(d.Spec.Replicas)), true)
	if err != nil {
		return 1
	}
	return n
}

// quota compares what the namespace has left with what the change takes.
func (sc *scene) quota(ctx context.Context) *data.Check {
	list, err := sc.c.cs.CoreV1().ResourceQuotas(sc.ns()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return unsure("the quotas of namespace %s cannot be read: %s", sc.ns(), words1(sc.c.explain(err, request{verb: "list", resource: "resourcequotas", namespace: sc.ns()})))
	}
	limits, requests := sc.growth()
	seen := false
	for _, q := range list.Items {
		for name, rise := range map[corev1.ResourceName]int64{corev1.ResourceLimitsMemory: limits, corev1.ResourceRequestsMemory: requests, corev1.ResourceMemory: requests} {
			hard, ok := q.Status.Hard[name]
			if !ok {
				continue
			}
			seen = true
			used := q.Status.Used[name]
			if left := hard.Value() - used.Value(); rise > left {
				f := fails("quota %s has %s of %s left, the change takes up to %s more", q.Name, data.HumanBytes(float64(max(0, left))), name, data.HumanBytes(float64(rise)))
				f.Typed = true
				return from(f, "kubectl describe resourcequota %s -n %s", q.Name, sc.ns())
			}
		}
	}
	if !seen {
		return from(passes("no quota bounds memory in namespace %s", sc.ns()), "kubectl get resourcequotas -n %s", sc.ns())
	}
	return from(passes("the quotas of namespace %s have room for it", sc.ns()), "kubectl describe resourcequotas -n %s", sc.ns())
}

// requestOf is the memory that the scheduler sets aside for a pod (Kubernetes: "Resource sharing within containers").
func requestOf(s *corev1.PodSpec) int64 {
	one := func(c *corev1.Container) int64 {
		if q, ok := c.Resources.Requests[corev1.ResourceMemory]; ok {
			return q.Value()
		}
		q := c.Resources.Limits[corev1.ResourceMemory]
		return q.Value()
	}
	sum, sidecars, start := int64(0), int64(0), int64(0)
	for i := range s.InitContainers {
		c := &s.InitContainers[i]
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sidecars += one(c)
			start = max(start, sidecars)
			continue
		}
		start = max(start, sidecars+one(c))
	}
	for i := range s.Containers {
		sum += one(&s.Containers[i])
	}
	overhead := s.Overhead[corev1.ResourceMemory]
	return max(sum+sidecars, start) + overhead.Value()
}

// room says whether the nodes have the memory: the pods' own nodes in place, any node for new pods.
func (sc *scene) room(ctx context.Context) *data.Check {
	if sc.p.Change.Way.InPlace() {
		return sc.roomInPlace(ctx)
	}
	if sc.tried == nil || sc.tried.custom != nil && sc.tried.custom.template == "" {
		return nil
	}
	return sc.roomForNew(ctx)
}

// roomInPlace adds up, for each node, what the resized pods take more.
func (sc *scene) roomInPlace(ctx context.Context) *data.Check {
	if sc.s.nodesErr != nil {
		return unsure("the pods' nodes cannot be read: %s", words1(sc.s.nodesErr))
	}
	more := map[string]int64{}
	for _, p := range sc.resized() {
		if p.After.Request != nil && p.Before.Request != nil {
			more[p.Node.String()] += *p.After.Request - *p.Before.Request
		}
	}
	looked := 0
	for name, rise := range more {
		n := sc.s.nodes[name]
		if n == nil {
			continue
		}
		free, err := sc.c.free(ctx, n)
		switch {
		case err != nil:
			return unsure("the pods of node %s cannot be listed: %s", name, words1(err))
		case rise > allocatable(n):
			f := fails("node %s has %s at all: the kubelet would call the resize infeasible", name, data.HumanBytes(float64(allocatable(n))))
			f.Blocks = true
			return f
		case rise > free:
			f := fails("node %s has %s left for requests, the resize takes %s more: the kubelet would defer it", name, data.HumanBytes(float64(max(0, free))), data.HumanBytes(float64(rise)))
			f.Typed = true
			return from(f, "kubectl describe node %s", name)
		}
		looked++
	}
	if looked < len(more) {
		return warns("%d of %d nodes were looked at, and have room", looked, len(more))
	}
	return passes("the pods' own nodes have room for it")
}

// roomForNew looks for a node that fits a new pod.
func (sc *scene) roomForNew(ctx context.Context) *data.Check {
	list, err := sc.c.cs.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 500})
	if err != nil {
		return unsure("the nodes cannot be listed: %s", words1(sc.c.explain(err, request{verb: "list", resource: "nodes"})))
	}
	spec := &sc.tried.template.Spec
	need, selector := requestOf(spec), labels.SelectorFromSet(spec.NodeSelector)
	nodes := slices.DeleteFunc(list.Items, func(n corev1.Node) bool {
		return n.Spec.Unschedulable || !selector.Matches(labels.Set(n.Labels)) || !tolerated(&n, spec.Tolerations)
	})
	slices.SortFunc(nodes, func(a, b corev1.Node) int { return -compare(allocatable(&a), allocatable(&b)) })
	if len(nodes) == 0 {
		return warns("no schedulable node matches the pod's nodeSelector and tolerations")
	}
	if need > allocatable(&nodes[0]) {
		f := fails("no node can hold a pod that requests %s: the largest that fits otherwise has %s", data.HumanBytes(float64(need)), data.HumanBytes(float64(allocatable(&nodes[0]))))
		f.Typed = true
		return from(f, "kubectl describe nodes")
	}
	best := int64(math.MinInt64)
	for i := range nodes[:min(len(nodes), maxNodes)] {
		free, err := sc.c.free(ctx, &nodes[i])
		if err != nil {
			return unsure("the largest node can hold such a pod; how much of it is free is not known: %s", words1(err))
		}
		if best = max(best, free); free >= need {
			return passes("node %s has %s free for a pod that requests %s", nodes[i].Name, data.HumanBytes(float64(free)), data.HumanBytes(float64(need)))
		}
	}
	text := "no node has"
	if len(nodes) > maxNodes {
		text = "none of the 8 largest nodes has"
	}
	return from(warns("%s %s free for a new pod (the most is %s); it starts when an old one has gone, or waits", text, data.HumanBytes(float64(need)), data.HumanBytes(float64(max(0, best)))), "kubectl describe nodes")
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// allocatable is the memory that a node gives to pods.
func allocatable(n *corev1.Node) int64 {
	q := n.Status.Allocatable[corev1.ResourceMemory]
	return q.Value()
}

// free is what requests leave of a node.
func (c *Client) free(ctx context.Context, n *corev1.Node) (int64, error) {
	on, err := c.podsOn(ctx, n.Name)
	if err != nil {
		return 0, err
	}
	left := allocatable(n)
	for i := range on {
		if on[i].Spec.NodeName == n.Name { // a fake clientset knows no field selectors
			left -= requestOf(&on[i].Spec)
		}
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return 0, errLate
	}
	return left, nil
}

// tolerated reports whether a pod may be put onto a node despite its taints.
func tolerated(n *corev1.Node, by []corev1.Toleration) bool {
	return !slices.ContainsFunc(n.Spec.Taints, func(t corev1.Taint) bool {
		if t.Effect == corev1.TaintEffectPreferNoSchedule {
			return false
		}
		return !slices.ContainsFunc(by, func(tol corev1.Toleration) bool {
			return (tol.Effect == "" || tol.Effect == t.Effect) && (tol.Key == t.Key || tol.Key == "" && tol.Operator == corev1.TolerationOpExists) &&
				(tol.Operator == corev1.TolerationOpExists || tol.Value == t.Value)
		})
	})
}
