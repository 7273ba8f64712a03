package kube

import (
	"context"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/oomedic/oomedic/data"
)

// qos compares the pods' class before and after.
func (sc *scene) qos(context.Context) *data.Check {
	var was, is corev1.PodQOSClass
	switch {
	case sc.tried != nil && (sc.tried.custom == nil || sc.tried.custom.template != ""):
		was, is = qos(&sc.t.live.template.Spec), qos(&sc.tried.template.Spec)
	case len(sc.s.pods) > 0 && sc.p.Change.Way.InPlace():
		was, is = qos(&sc.s.pods[0].Spec), qosAfter(&sc.s.pods[0], sc.p.Change)
	default:
		return nil
	}
	if was == is {
		return passes("the pods stay %s", is)
	}
	text := ""
	if was == corev1.PodQOSGuaranteed {
		text = ": they lose the last place in the order of eviction; to keep it set the request to the limit"
	}
	return warns("the pods change from %s to %s%s", was, is, text)
}

// resizePolicy says whether a resize restarts the container.
func (sc *scene) resizePolicy(context.Context) *data.Check {
	if !sc.p.Change.Way.InPlace() {
		return nil
	}
	n := 0
	lowers := false
	for _, p := range sc.resized() {
		if p.Restarts {
			n++
		}
		lowers = lowers || p.Before.Limit != nil && p.After.Limit != nil && *p.After.Limit < *p.Before.Limit
	}
	if n > 0 {
		return warns("the container's resizePolicy for memory is RestartContainer: it is restarted in %s", pods(int32(n)))
	}
	if lowers {
		for name, node := range sc.s.nodes {
			if older(node, lowerFrom) {
				f := fails("the kubelet of node %s is %s: before 1.34 a memory limit cannot be lowered in place", name, node.Status.NodeInfo.KubeletVersion)
				f.Blocks = true
				return f
			}
		}
		return warns("the limit is lowered in place: the kubelet does it only while less is in use")
	}
	return passes("no restart: the container's resizePolicy for memory is NotRequired")
}

// budget says what disruption budgets mean for the change.
func (sc *scene) budget(ctx context.Context) *data.Check {
	if sc.t.base == nil || !sc.p.Change.Way.Template() {
		return nil
	}
	list, err := sc.c.cs.PolicyV1().PodDisruptionBudgets(sc.ns()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return unsure("disruption budgets cannot be read: %s", words1(sc.c.explain(err, request{verb: "list", resource: "poddisruptionbudgets", namespace: sc.ns()})))
	}
	for i := range list.Items {
		b := &list.Items[i]
		sel, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
		if err != nil || sel.Empty() || !sel.Matches(labels.Set(sc.t.base.template.Labels)) {
			continue
		}
		if b.Status.DisruptionsAllowed == 0 && b.Status.ObservedGeneration > 0 {
			return from(warns("budget %s allows no disruption now: a rollout does not ask it, deleting a pod that is stuck would be refused", b.Name), "kubectl get pdb %s -n %s", b.Name, sc.ns())
		}
		return from(passes("budget %s allows %d disruptions; a rollout does not ask it", b.Name, b.Status.DisruptionsAllowed), "kubectl get pdb %s -n %s", b.Name, sc.ns())
	}
	return nil
}

// named reports whether a reference names the workload or the target of the change.
func (sc *scene) named(kind, name string) bool {
	for _, w := range []data.Workload{sc.p.Change.Workload, sc.t.workload} {
		if w.Kind.String() == kind && w.Name.String() == name {
			return true
		}
	}
	return false
}

// scaler says whether a HorizontalPodAutoscaler counts memory against the request.
func (sc *scene) scaler(ctx context.Context) *data.Check {
	if sc.p.Change.Request == nil && !sc.p.Change.DropRequest {
		return nil
	}
	list, err := sc.c.cs.AutoscalingV2().HorizontalPodAutoscalers(sc.ns()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return unsure("autoscalers cannot be read: %s", words1(sc.c.explain(err, request{verb: "list", resource: "horizontalpodautoscalers", namespace: sc.ns()})))
	}
	for i := range list.Items {
		h := &list.Items[i]
		if !sc.named(h.Spec.ScaleTargetRef.Kind, h.Spec.ScaleTargetRef.Name) {
			continue
		}
		for _, m := range h.Spec.Metrics {
			byPod := m.Resource != nil && m.Resource.Name == corev1.ResourceMemory && m.Resource.Target.Type == autoscalingv2.UtilizationMetricType
			one := m.ContainerResource
			byContainer := one != nil && one.Name == corev1.ResourceMemory && one.Target.Type == autoscalingv2.UtilizationMetricType && one.Container == sc.p.Change.Container.String()
			if byPod || byContainer {
				return from(warns("autoscaler %s counts memory in percent of the request: another request changes the number of pods", h.Name), "kubectl describe hpa %s -n %s", h.Name, sc.ns())
			}
		}
	}
	return nil
}

// vpas is the resource of the VerticalPodAutoscaler.
var vpas = schema.GroupVersionResource{Group: "autoscaling.k8s.io", Version: "v1", Resource: "verticalpodautoscalers"}

// vertical says whether a VerticalPodAutoscaler owns the number.
func (sc *scene) vertical(ctx context.Context) *data.Check {
	if sc.c.dyn == nil {
		return nil
	}
	list, err := sc.c.dyn.Resource(vpas).Namespace(sc.ns()).List(ctx, metav1.ListOptions{})
	if apierrors.IsNotFound(err) {
		return nil // not installed
	}
	if err != nil {
		return unsure("vertical autoscalers cannot be read: %s", words1(sc.c.explain(err, request{verb: "list", resource: vpas.Resource, namespace: sc.ns()})))
	}
	for i := range list.Items {
		v := list.Items[i].Object
		kind, _ := at(v, "spec.targetRef.kind").(string)
		name, _ := at(v, "spec.targetRef.name").(string)
		mode, _ := at(v, "spec.updatePolicy.updateMode").(string)
		if !sc.named(kind, name) {
			continue
		}
		if mode == "Off" {
			return passes("vertical autoscaler %s only recommends (updateMode Off)", list.Items[i].GetName())
		}
		f := fails("vertical autoscaler %s sets the pods' memory itself: change minAllowed or maxAllowed of its resourcePolicy, or set its updateMode to Off", list.Items[i].GetName())
		f.Typed = true
		return from(f, "kubectl get vpa %s -n %s -o yaml", list.Items[i].GetName(), sc.ns())
	}
	return nil
}

// paused says what keeps a change of the template from the pods.
func (sc *scene) paused(context.Context) *data.Check {
	if !sc.p.Change.Way.Template() || sc.t.live == nil {
		return nil
	}
	if said := hindrances(sc.t.live); len(said) > 0 {
		text := make([]string, len(said))
		for i := range said {
			text[i] = said[i].String()
		}
		return warns("%s", strings.Join(text, "; "))
	}
	if why := stays(sc.t.live, sc.s); why != "" {
		return warns("%s", why)
	}
	switch sc.t.live.object.(type) {
	case *appsv1.Deployment, *appsv1.StatefulSet, *appsv1.DaemonSet:
		return passes("the rollout can begin: not paused, no partition")
	case *batchv1.CronJob:
		return passes("the next run takes it")
	}
	return nil
}

// managed says who else decides the number.
func (sc *scene) managed(context.Context) *data.Check {
	if len(sc.p.ManagedBy) == 0 {
		return passes("nothing else is known to set this field")
	}
	m := sc.p.ManagedBy[0]
	for _, x := range sc.p.ManagedBy {
		if x.Reverts {
			m = x
			break
		}
	}
	who := m.Tool
	if m.Name != "" {
		who += " (" + m.Name + ")"
	}
	w := warns("%s %s", who, m.Does)
	if m.Reverts && sc.p.Change.Way.Template() {
		w.State, w.Typed = data.CheckFail, true
	}
	return from(w, "kubectl get %s -n %s -o yaml --show-managed-fields", sc.t.workload.Ref(), sc.ns())
}
