package analysis

import (
	"math"

	"github.com/oomedic/oomedic/data"
)

// The autoscaler's numbers: 70% of the request is what leaves room for new pods to start, ten minutes of calm keep it
// from taking pods away between two waves, and twice the replicas of today bound what it may cost.
const (
	hpaUtilization = 70
	hpaCalm        = 600 // seconds
	hpaLeastPods   = 2
	hpaGrowth      = 2
)

// scaled are the kinds that have a scale subresource.
var scaled = map[data.Text]bool{"Deployment": true, "StatefulSet": true, "ReplicaSet": true, "ReplicationController": true, "Rollout": true}

// target names the workload as autoscalers want it.
func (m *maker) target() map[string]any {
	w := m.c.Workload
	version := w.APIVersion.String()
	if version == "" {
		version = map[data.Text]string{"CronJob": "batch/v1", "Job": "batch/v1", "ReplicationController": "v1"}[w.Kind]
	}
	if version == "" {
		version = "apps/v1"
	}
	return map[string]any{"apiVersion": version, "kind": w.Kind.String(), "name": w.Name.String()}
}

// hpa scales on memory.
func (m *maker) hpa() Artifact {
	a := Artifact{Kind: ArtifactHPA, Title: "HorizontalPodAutoscaler", About: "More pods when memory is above 70% of the request on average.", File: m.file(ArtifactHPA, ".yaml")}
	w := m.c.Workload
	switch {
	case !scaled[w.Kind] && w.Kind == "":
		a.Missing = "The pod has no workload above it that could be scaled."
		return a
	case !scaled[w.Kind]:
		a.Missing = data.Textf("A %s is not scaled by an autoscaler.", w.Kind)
		return a
	case m.request == nil:
		a.Missing = "Utilisation is measured against the request, and the container has none: set one first."
		return a
	}
	least := int64(hpaLeastPods)
	if w.Replicas != nil {
		least = max(least, int64(*w.Replicas))
	}
	most := hpaGrowth * least
	if w.MaxReplicas != nil {
		most = max(most, int64(*w.MaxReplicas))
	}
	a.Lines = yamlText([]data.Text{
		data.Textf("70%% of the request of %s is %s a pod, averaged over all pods of %s", human(float64(*m.request)), human(0.7*float64(*m.request)), m.place()),
		"every container of the pod needs a memory request, or the autoscaler does nothing",
	}, m.object("autoscaling/v2", "HorizontalPodAutoscaler", w.Name.String(), map[string]any{
		"scaleTargetRef": m.target(), "minReplicas": least, "maxReplicas": most,
		"metrics": []any{map[string]any{"type": "Resource", "resource": map[string]any{
			"name": "memory", "target": map[string]any{"type": "Utilization", "averageUtilization": hpaUtilization}}}},
		"behavior": map[string]any{"scaleDown": map[string]any{"stabilizationWindowSeconds": hpaCalm}},
	}))
	a.Apply, a.Warnings = applyCommand(a.File), m.hpaWarnings(least)
	return a
}

// hpaWarnings say where more pods do not mean less memory in each.
func (m *maker) hpaWarnings(least int64) []data.Text {
	var out []data.Text
	switch c := m.d.Cause.Class; c {
	case LoadSpike, ConcurrentRequests:
		out = append(out, "Pods take a minute or more to come: a jump within seconds is over before that. Bound the work of one pod as well.")
	case MemoryLeak, GradualAccumulation:
		out = append(out, "Memory does not fall with load here: it grows with time. The autoscaler would add pods that leak as well, and never take one away.")
	case UnboundedCache, JVMHeap, SharedMemory:
		out = append(out, "Memory does not fall with load here: what was taken once is kept. The autoscaler would add pods and never take one away.")
	case NodePressure:
		out = append(out, "The node ran out and not the pods: more pods need more nodes.")
	default:
		out = append(out, "Nothing shows that memory falls when load is shared by more pods. Try with two pods more by hand before you trust this.")
	}
	switch m.d.Runtime {
	case "java", "node", "ruby", "python":
		out = append(out, data.Textf("%s seldom gives memory back to the system, so pods stay once they were added: scale on requests or connections where you can.", runtimeNames[m.d.Runtime]))
	}
	if m.c.Workload.Kind == "StatefulSet" {
		out = append(out, "A StatefulSet holds data: more pods must mean that data is spread, or nothing is gained.")
	}
	if m.c.Workload.MaxReplicas != nil {
		out = append(out, "An autoscaler of this workload exists already: two of them fight. Add the metric to that one.")
	}
	if s := m.d.Usage[data.Day]; s.Samples > 0 {
		if want := int64(math.Ceil(float64(least) * s.Mean / float64(*m.request) / (hpaUtilization / 100.0))); want > least {
			out = append(out, data.Textf("At the mean use of the last day (%s) it would go to %d pods at once.", human(s.Mean), want))
		}
	}
	if m.d.Recommendation.Request != nil && !same(m.c.Resources.Request, m.request) {
		out = append(out, data.Textf("It is made for the recommended request of %s: set that first.", human(float64(*m.request))))
	}
	return out
}

func same(a, b *int64) bool { return a != nil && b != nil && *a == *b }

// vpaHeadroom is how far above the finding a VerticalPodAutoscaler may go.
const vpaHeadroom = 2

// vpa keeps the memory from being set below what was found.
func (m *maker) vpa() Artifact {
	a := Artifact{Kind: ArtifactVPA, Title: "VerticalPodAutoscaler", About: "Lets the autoscaler follow the use, never below what was found.", File: m.file(ArtifactVPA, ".yaml")}
	w := m.c.Workload
	switch {
	case w.Kind == "":
		a.Missing = "The pod has no workload above it that an autoscaler could be bound to."
		return a
	case m.request == nil || m.limit == nil:
		a.Missing = "No size is known that could be the least: neither a recommendation nor a limit and request of today."
		return a
	}
	ratio := float64(*m.limit) / float64(*m.request)
	a.Lines = yamlText([]data.Text{
		data.Textf("minAllowed is the request of the finding, %s; with limit %s beside it the limit stays %.1f times the request", human(float64(*m.request)), human(float64(*m.limit)), ratio),
		"updateMode Initial sets memory when pods are made and evicts none; Recreate evicts, InPlaceOrRecreate resizes",
	}, m.object("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", w.Name.String(), map[string]any{
		"targetRef":    m.target(),
		"updatePolicy": map[string]any{"updateMode": "Initial"},
		"resourcePolicy": map[string]any{"containerPolicies": []any{
			map[string]any{
				"containerName": m.c.Key.Container.String(), "controlledResources": []any{"memory"}, "controlledValues": "RequestsAndLimits",
				"minAllowed": map[string]any{"memory": data.Quantity(*m.request)},
				"maxAllowed": map[string]any{"memory": data.Quantity(vpaHeadroom * *m.request)},
			},
			map[string]any{"containerName": "*", "mode": "Off"},
		}},
	}))
	a.Apply, a.Warnings = applyCommand(a.File), m.vpaWarnings(ratio)
	return a
}

func (m *maker) vpaWarnings(ratio float64) []data.Text {
	out := []data.Text{"It needs the VerticalPodAutoscaler's components and their CRD: kubectl get crd verticalpodautoscalers.autoscaling.k8s.io"}
	if r, l := above(m.c.Resources.Request), above(m.c.Resources.Limit); r == nil || l == nil {
		out = append(out, "Without a request and a limit in the template it sets no limit: put the resources block there first.")
	} else if now := float64(*l) / float64(*r); now < 0.95*ratio {
		out = append(out, data.Textf("It keeps the template's ratio of limit to request, which is %.1f today: put the resources block there first, or the limit ends at %s.",
			now, human(now*float64(*m.request))))
	}
	if m.leaks() {
		out = append(out, "It follows a leak up to maxAllowed, where the kills go on.")
	}
	if m.d.Runtime == "java" || m.d.Runtime == "node" || m.d.Runtime == "go" || m.d.Runtime == "dotnet" {
		out = append(out, "It knows nothing of the runtime's heap: an absolute bound (-Xmx, --max-old-space-size, GOMEMLIMIT) does not grow with it.")
	}
	if m.c.Workload.MaxReplicas != nil {
		out = append(out, "Beside a HorizontalPodAutoscaler on memory the two fight: let one of them have memory.")
	}
	return out
}

// limitRange is a default for containers of the namespace that say nothing.
func (m *maker) limitRange() Artifact {
	a := Artifact{Kind: ArtifactLimitRange, Title: "LimitRange", About: "A default for containers of the namespace that set no memory.", File: m.file(ArtifactLimitRange, ".yaml")}
	if m.limit == nil || m.request == nil {
		a.Missing = "No size is known that could be the default: neither a recommendation nor a limit and request of today."
		return a
	}
	a.Lines = yamlText([]data.Text{
		data.Textf("for containers of namespace %s that set no memory of their own; pods that run are not changed", m.c.Key.Namespace),
	}, m.object("v1", "LimitRange", "memory-defaults", map[string]any{"limits": []any{map[string]any{
		"type":           "Container",
		"defaultRequest": map[string]any{"memory": data.Quantity(*m.request)},
		"default":        map[string]any{"memory": data.Quantity(*m.limit)},
	}}}))
	a.Apply = applyCommand(a.File)
	a.Warnings = []data.Text{
		"The numbers are those of this one container: choose what suits most containers of the namespace.",
		"It changes no container that sets its own memory; this one " + hasOwn(m.c) + ".",
		"It sets no min and no max: those would refuse pods.",
	}
	return a
}

func hasOwn(c *data.Container) data.Text {
	if above(c.Resources.Limit) != nil {
		return "does"
	}
	return "does not"
}
