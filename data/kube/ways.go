package kube

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	utilversion "k8s.io/apimachinery/pkg/util/version"

	"github.com/oomedic/oomedic/data"
)

// Ways says which ways lead to a change, the best one preferred, each with its reason. Nothing is tried. Errors are
// those of reading the workload.
func (c *Client) Ways(ctx context.Context, ch data.Change) ([]data.WayOffer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t, err := c.resolve(ctx, ch.Workload)
	if err != nil {
		return nil, err
	}
	return offers(ch, t, c.survey(ctx, ch, t)(), managers(t, ch)), nil
}

// offers judges every way.
func offers(ch data.Change, t target, s *survey, by []data.Manager) []data.WayOffer {
	template, inPlace := offerTemplate(ch, t, s), offerInPlace(ch, s)
	both := data.WayOffer{Way: data.WayBoth, Offered: template.Offered && inPlace.Offered, Why: "stops the kills at once in the pods that run, then changes the template"}
	switch {
	case !template.Offered:
		both.Why = template.Why
	case !inPlace.Offered:
		both.Why = inPlace.Why
	}
	if besideMemory(ch) {
		inPlace.Offered, inPlace.Why = false, besideText
	}
	out := []data.WayOffer{template, inPlace, both, {Way: data.WayExport, Offered: true, Why: "changes nothing here: the change as text for Git, Helm or a colleague"}}
	best, why := prefer(t, s, by, template.Offered, inPlace.Offered, both.Offered)
	for i := range out {
		if out[i].Way == best {
			out[i].Preferred, out[i].Why = true, why
		}
	}
	return out
}

// prefer picks the best way and says why.
func prefer(t target, s *survey, by []data.Manager, template, inPlace, both bool) (data.Way, data.Text) {
	for _, m := range by {
		if m.Reverts {
			return data.WayExport, data.Textf("%s puts back what is changed here: change it at its source", m.Tool)
		}
	}
	switch {
	case !template && inPlace:
		return data.WayInPlace, "the only way here: the template cannot be changed"
	case !template:
		return data.WayExport, "nothing can be changed from here"
	case both && t.base != nil:
		if why := stays(t.base, s); why != "" {
			return data.WayBoth, why
		}
	}
	if _, ok := t.live.object.(*batchv1.CronJob); ok {
		return data.WayTemplate, "each run makes new pods: the next one takes the change"
	}
	return data.WayTemplate, "lasts: every new pod gets it"
}

// stays says why pods would keep their memory after a change of the template alone; empty when they are replaced.
func stays(o *owner, s *survey) data.Text {
	switch w := o.object.(type) {
	case *appsv1.ReplicaSet, *corev1.ReplicationController:
		return "its pods are not replaced when the template changes"
	case *appsv1.StatefulSet:
		switch {
		case w.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType:
			return "strategy OnDelete: pods that run keep the old template until somebody deletes them"
		case partition(w) > 0:
			return data.Textf("pods below number %d keep the old template (partition)", partition(w))
		case w.Spec.PodManagementPolicy != appsv1.ParallelPodManagement:
			for i := range s.pods {
				if hopeless(&s.pods[i]) != "" {
					return data.Textf("the controller never replaces pod %s, which does not become ready: in place it comes up again", s.pods[i].Name)
				}
			}
		}
	case *appsv1.DaemonSet:
		if w.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType {
			return "strategy OnDelete: pods that run keep the old template until somebody deletes them"
		}
	case *appsv1.Deployment:
		if w.Spec.Paused {
			return "the rollout is paused: pods that run keep the old template until it is resumed"
		}
	}
	return ""
}

// offerTemplate says whether the template can be changed.
func offerTemplate(ch data.Change, t target, s *survey) data.WayOffer {
	o := data.WayOffer{Way: data.WayTemplate}
	switch {
	case t.live == nil && t.why != nil:
		o.Why = data.Clean(t.why.Error())
	case t.live == nil:
		o.Why = "it has no template"
	case !has(t.live, ch.Container):
		o.Why = data.Clean(injected(ch).Error())
	case s.patch.err == nil && !s.patch.allowed:
		o.Why = data.Textf("you lack the right to %s", right(patchOf(t.workload)))
	default:
		o.Offered, o.Why = true, effect(t.live)
		if t.live.custom != nil {
			o.Why = data.Textf("changes %s, which makes these pods", t.workload.Ref())
			if t.live.custom.note != "" {
				o.Why += data.Clean("; " + t.live.custom.note)
			}
		}
	}
	return o
}

func has(o *owner, container data.Text) bool {
	c, _ := o.container(container)
	return c != nil
}

// offerInPlace says whether pods can be resized.
func offerInPlace(ch data.Change, s *survey) data.WayOffer {
	no := func(format string, args ...any) data.WayOffer {
		return data.WayOffer{Way: data.WayInPlace, Why: data.Textf(format, args...)}
	}
	switch {
	case ch.Kind == data.EphemeralContainer:
		return no("container %s is ephemeral: such a container cannot have a limit of its own", ch.Container)
	case s.podsErr != nil:
		return no("its pods cannot be listed: %s", s.podsErr)
	case len(s.pods) == 0:
		return no("no pod of it runs")
	case len(s.pods) > maxResizes:
		return no("%d pods are more than are resized one by one: change the template", len(s.pods))
	case s.knownErr == nil && !s.known:
		return no("this API server has no pods/resize (Kubernetes 1.33 and later do)")
	case s.resize.err == nil && !s.resize.allowed:
		return no("you lack the right to patch pods/resize in namespace %s", ch.Workload.Namespace)
	}
	need, what := resizeFrom, ""
	if ch.Kind == data.InitContainer {
		need, what = resizeInitFrom, " for an init container"
	}
	for i := range s.pods {
		if n := s.nodes[s.pods[i].Spec.NodeName]; n != nil && older(n, need) {
			return no("the kubelet of node %s is %s: resizing in place%s needs %s", n.Name, n.Status.NodeInfo.KubeletVersion, what, "v"+need.String())
		}
	}
	if ch.Kind == data.InitContainer {
		for _, n := range s.nodes { // what a kubelet declares, the API server asks for
			if f := n.Status.DeclaredFeatures; len(f) > 0 && !slices.Contains(f, resizeInitFeature) {
				return no("node %s has no feature %s, which resizing an init container in place needs", n.Name, resizeInitFeature)
			}
		}
	}
	if s.pods[0].Annotations[mirrorPod] != "" {
		return no("pod %s is a static pod: change its manifest on node %s", s.pods[0].Name, s.pods[0].Spec.NodeName)
	}
	found, _ := inSpec(&s.pods[0].Spec, ch.Container)
	if found == nil {
		return no("pod %s has no container %s", s.pods[0].Name, ch.Container)
	}
	if was, is := qos(&s.pods[0].Spec), qosAfter(&s.pods[0], ch); was != is {
		return no("the pod's QoS class would change from %s to %s, which is not allowed in place%s", was, is, togetherHint(was))
	}
	why := fmt.Sprintf("raises the memory of %s without a restart; new pods get the old value", pods(int32(len(s.pods))))
	if restartsFor(found) {
		why = fmt.Sprintf("raises the memory of %s by restarting the container (its resizePolicy); new pods get the old value", pods(int32(len(s.pods))))
	}
	return data.WayOffer{Way: data.WayInPlace, Offered: true, Why: data.Clean(why)}
}

func togetherHint(was corev1.PodQOSClass) string {
	if was == corev1.PodQOSGuaranteed {
		return ": set request and limit to the same size"
	}
	return ""
}

// qosAfter is the class that a pod would have with the changed memory.
func qosAfter(p *corev1.Pod, ch data.Change) corev1.PodQOSClass {
	next := p.DeepCopy()
	c, _ := inSpec(&next.Spec, ch.Container)
	if c != nil {
		setMemory(&c.Resources, want(podMemory(p, ch.Container), ch.For(data.Clean(string(p.UID)))))
	}
	return qos(&next.Spec)
}

// older reports whether a node's kubelet is older than a version; false when it does not say.
func older(n *corev1.Node, than *utilversion.Version) bool {
	v, err := utilversion.ParseGeneric(n.Status.NodeInfo.KubeletVersion)
	return err == nil && v.LessThan(than)
}
