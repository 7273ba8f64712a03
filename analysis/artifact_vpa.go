package analysis

import "github.com/oomedic/oomedic/data"

// vpaHeadroom is how far above the finding a VerticalPodAutoscaler may go.
const vpaHeadroom = 2

// vpa keeps the memory from being set below what was found.
func (m *maker) vpa() Artifact {
	a := Artifact{Kind: ArtifactVPA, Title: "VerticalPodAutoscaler", About: "Lets the autoscaler follow the use, never below what was found.", File: m.file(ArtifactVPA, ".yaml")}
	w := m.c.Workload
	injected, _ := m.c.Injected()
	switch {
	case m.c.Kind == data.InitContainer || m.c.Kind == data.SidecarContainer:
		a.Missing = "It is an init container or a sidecar among those: the autoscaler sizes neither."
		return a
	case injected:
		a.Missing = "The container stands in no template, so its size is that of what puts it into the pods."
		return a
	case w.Kind == "":
		a.Missing = "The pod has no workload above it that an autoscaler could be bound to."
		return a
	case m.request == nil || m.limit == nil:
		a.Missing = "No size is known that could be the least: neither a recommendation nor a limit and request of today."
		return a
	}
	ratio := float64(*m.limit) / float64(*m.request)
	most, bounded := m.vpaMost(ratio)
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
				"maxAllowed": map[string]any{"memory": data.Quantity(most)},
			},
			map[string]any{"containerName": "*", "mode": "Off"},
		}},
	}))
	a.Apply, a.Warnings = applyCommand(a.File), append(bounded, m.vpaWarnings(ratio)...)
	return a
}

// vpaMost is the largest request that the autoscaler may set, in bytes: twice the finding, and no more than a LimitRange or
// the node has room for. Where they have no room for the finding itself, a warning says so.
func (m *maker) vpaMost(ratio float64) (int64, []data.Text) {
	most, b := vpaHeadroom**m.request, m.d.Bounds
	if b == nil {
		return most, nil
	}
	var out []data.Text
	least := func(v *int64, share float64, what string, from data.Text) {
		if v == nil || *v <= 0 {
			return
		}
		room := int64(float64(*v) / share)
		if room < *m.request {
			out = append(out, data.Textf("%s %s, less than the finding needs: pods made with it are refused or stay pending. Raise that first (%s).", what, human(float64(*v)), from))
			return
		}
		most = min(most, room)
	}
	least(b.MostLimit, ratio, "A LimitRange allows limits of", b.LimitFrom)
	least(b.Node, 1, "The node gives to all its pods", b.NodeFrom)
	return max(most, *m.request), out
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
		return append(out, "A HorizontalPodAutoscaler of this workload exists: where it goes by memory the two fight. Let one of them have memory.")
	}
	if scaled[m.c.Workload.Kind] {
		out = append(out, data.Textf(oneScaler, "HorizontalPodAutoscaler"))
	}
	return out
}
