package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	utilversion "k8s.io/apimachinery/pkg/util/version"

	"github.com/oomedic/oomedic/data"
)

// Numbers of looking around before a change. checkTime is how long one check may take; later answers are unknown.
// maxNodes bounds for how many nodes room is looked for, each of which costs a list of its pods.
const (
	checkTime = 1300 * time.Millisecond
	maxNodes  = 8
)

// Versions of the kubelet from which a resize works: of containers (KEP-1287, beta and on in 1.33), of lowering a memory
// limit without a restart (1.34), and of init containers that end (on in 1.36).
var (
	resizeFrom     = utilversion.MustParseGeneric("1.33")
	lowerFrom      = utilversion.MustParseGeneric("1.34")
	resizeInitFrom = utilversion.MustParseGeneric("1.36")
)

// resizeInitFeature is the feature that a kubelet declares when it resizes init containers (KEP-1287).
const resizeInitFeature = "InPlacePodVerticalScalingInitContainers"

// survey is what was found of the pods that a change concerns and of what may be done with them.
type survey struct {
	pods     []corev1.Pod // that run or may run, the one in trouble first
	podsErr  error
	known    bool  // the API server knows pods/resize
	knownErr error // it could not be asked
	resize   right3
	patch    right3
	nodes    map[string]*corev1.Node
	nodesErr error
}

// right3 is the answer about a right: yes, no, or not known.
type right3 struct {
	allowed bool
	why     string
	err     error
}

// crew runs functions side by side and survives their panics.
type crew struct {
	wg  sync.WaitGroup
	log func(string)
}

func (w *crew) do(f func()) {
	w.wg.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				w.log(fmt.Sprint(r))
			}
		}()
		f()
	})
}

// crew returns a crew whose panics go to the log.
func (c *Client) crew() *crew {
	return &crew{log: func(why string) { c.log.Error("a check ended early", "panic", why) }}
}

// survey begins to look around and returns the function that waits for what was found.
func (c *Client) survey(ctx context.Context, ch data.Change, t target) func() *survey {
	s := &survey{podsErr: errLate, knownErr: errLate, resize: right3{err: errLate}, patch: right3{err: errLate}, nodesErr: errLate}
	whole := ctx // a resize needs the pods, however long they take
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	if !ch.Way.InPlace() {
		whole = ctx
	}
	all := c.crew()
	all.do(func() {
		s.pods, s.podsErr = c.podsOf(whole, ch.Workload, t.base)
		sortPods(s.pods, ch)
		s.nodes, s.nodesErr = c.nodesOf(ctx, s.pods)
	})
	all.do(func() { s.known, s.knownErr = c.knowsResize(ctx) })
	ns := ch.Workload.Namespace.String()
	all.do(func() {
		s.resize = c.may(ctx, authorizationv1.ResourceAttributes{Namespace: ns, Verb: "patch", Resource: "pods", Subresource: "resize"})
	})
	all.do(func() {
		if t.live == nil {
			return
		}
		r := patchOf(t.workload)
		group, _, found := strings.Cut(t.workload.APIVersion.String(), "/")
		if !found {
			group = groups[t.workload.Kind]
		}
		s.patch = c.may(ctx, authorizationv1.ResourceAttributes{Namespace: ns, Verb: "patch", Group: group, Resource: r.resource, Name: r.name})
	})
	return func() *survey {
		all.wg.Wait()
		cancel()
		return s
	}
}

// groups are the API groups of Kubernetes' own kinds.
var groups = map[data.Text]string{
	"Deployment": "apps", "StatefulSet": "apps", "DaemonSet": "apps", "ReplicaSet": "apps", "CronJob": "batch", "Job": "batch",
}

// errLate is why something is not known when no answer came.
var errLate = worded{"no answer came in time", data.ErrUnreachable, context.DeadlineExceeded}

// may asks the API server whether the user may do something.
func (c *Client) may(ctx context.Context, a authorizationv1.ResourceAttributes) right3 {
	out, err := c.cs.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{
		Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &a},
	}, metav1.CreateOptions{})
	if err != nil {
		return right3{err: err}
	}
	return right3{allowed: out.Status.Allowed, why: out.Status.Reason}
}

// knowsResize asks whether the API server has the pods/resize subresource.
func (c *Client) knowsResize(ctx context.Context) (bool, error) {
	list, err := c.cs.Discovery().ServerResourcesForGroupVersionWithContext(ctx, "v1")
	if err != nil {
		return false, c.explain(err, request{verb: "read", resource: "the list of resources"})
	}
	return slices.ContainsFunc(list.APIResources, func(r metav1.APIResource) bool { return r.Name == "pods/resize" }), nil
}

// podsOf lists the pods of a workload that have not ended. base is the workload as the server has it, nil when it could
// not be read or is a pod.
func (c *Client) podsOf(ctx context.Context, w data.Workload, base *owner) ([]corev1.Pod, error) {
	ns := w.Namespace.String()
	if w.Kind == "Pod" {
		p, err := c.cs.CoreV1().Pods(ns).Get(ctx, w.Name.String(), metav1.GetOptions{})
		if err != nil {
			return nil, c.explain(err, request{"get", "pods", ns, w.Name.String()})
		}
		return []corev1.Pod{*p}, nil
	}
	uids, err := c.makers(ctx, w, base)
	if err != nil {
		return nil, err
	}
	list, err := c.cs.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{LabelSelector: selectorOf(base)})
	if err != nil {
		return nil, c.explain(err, request{verb: "list", resource: "pods", namespace: ns})
	}
	return slices.DeleteFunc(list.Items, func(p corev1.Pod) bool {
		ref := metav1.GetControllerOf(&p)
		ended := p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed || p.DeletionTimestamp != nil
		return ended || ref == nil || !uids[string(ref.UID)] && !(w.UID == "" && base == nil && ref.Kind == w.Kind.String() && ref.Name == w.Name.String())
	}), nil
}

// nodesOf reads the nodes that pods run on, at most maxNodes.
func (c *Client) nodesOf(ctx context.Context, pods []corev1.Pod) (map[string]*corev1.Node, error) {
	out := map[string]*corev1.Node{}
	var firstErr error
	for i := range pods {
		name := pods[i].Spec.NodeName
		if name == "" || out[name] != nil || len(out) >= maxNodes {
			continue
		}
		n, err := c.cs.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
		switch {
		case err == nil:
			out[name] = n
		case apierrors.IsForbidden(err):
			return out, c.explain(err, request{verb: "get", resource: "nodes"})
		case firstErr == nil:
			firstErr = c.explain(err, request{verb: "get", resource: "nodes", name: name})
		}
	}
	return out, firstErr
}

// podsOn lists the pods of a node that have not ended.
func (c *Client) podsOn(ctx context.Context, node string) ([]corev1.Pod, error) {
	sel := fields.AndSelectors(
		fields.OneTermEqualSelector("spec.nodeName", node),
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodSucceeded)), fields.OneTermNotEqualSelector("status.phase", string(corev1.PodFailed)),
	)
	list, err := c.cs.CoreV1().Pods("").List(ctx, metav1.ListOptions{FieldSelector: sel.String()})
	if err != nil {
		return nil, c.explain(err, request{verb: "list", resource: "pods"})
	}
	return list.Items, nil
}

// sortPods puts the pod whose container is in trouble first, and the rest by name, so that the first try helps most.
func sortPods(pods []corev1.Pod, ch data.Change) {
	rank := func(p *corev1.Pod) int {
		for _, s := range slices.Concat(p.Status.ContainerStatuses, p.Status.InitContainerStatuses) {
			if s.Name != ch.Container.String() {
				continue
			}
			switch t := s.LastTerminationState.Terminated; {
			case s.State.Waiting != nil || s.State.Terminated != nil:
				return 0
			case t != nil && oomKilled(t):
				return 1
			}
		}
		return 2
	}
	slices.SortStableFunc(pods, func(a, b corev1.Pod) int {
		if d := rank(&a) - rank(&b); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
}
