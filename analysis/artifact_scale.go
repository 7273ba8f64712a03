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
	case m.c.Kind == data.InitContainer:
		a.Missing = "It is an init container: it has ended before load comes, so more pods do not help it."
		return a
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
	metric, metricNote := m.hpaMetric()
	a.Lines = yamlText([]data.Text{
		data.Textf("70%% of the request of %s is %s a pod, averaged over all pods of %s", human(float64(*m.request)), human(0.7*float64(*m.request)), m.place()),
		metricNote,
	}, m.object("autoscaling/v2", "HorizontalPodAutoscaler", w.Name.String(), map[string]any{
		"scaleTargetRef": m.target(), "minReplicas": least, "maxReplicas": most,
		"metrics":  []any{metric},
		"behavior": map[string]any{"scaleDown": map[string]any{"stabilizationWindowSeconds": hpaCalm}},
	}))
	a.Apply, a.Warnings = applyCommand(a.File), m.hpaWarnings(least)
	return a
}

// hpaMetric is the memory that the autoscaler goes by: of this container where the pod has others, whose use would dilute
// it, else of the pod. The first is stable since Kubernetes 1.30.
func (m *maker) hpaMetric() (metric map[string]any, note data.Text) {
	target := map[string]any{"type": "Utilization", "averageUtilization": hpaUtilization}
	if len(m.c.Workload.InTemplate) > 1 {
		return map[string]any{"type": "ContainerResource", "containerResource": map[string]any{"container": m.c.Key.Container.String(), "name": "memory", "target": target}},
			"only this container counts, whatever the others of the pod use (Kubernetes 1.30 and later)"
	}
	return map[string]any{"type": "Resource", "resource": map[string]any{"name": "memory", "target": target}},
		"every container of the pod needs a memory request, or the autoscaler does nothing"
}

// oneScaler says that two autoscalers of the same memory work against each other.
const oneScaler = "Take this or the %s, not both on memory: the one changes what the other measures."

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
	out = append(out, data.Textf(oneScaler, "VerticalPodAutoscaler"))
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
