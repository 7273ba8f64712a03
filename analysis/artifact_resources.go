package analysis

import "github.com/oomedic/oomedic/data"

// resourcesBlock is the wanted memory as it stands under a container.
func (m *maker) resourcesBlock() map[string]any {
	out := map[string]any{}
	if m.request != nil {
		out["requests"] = map[string]any{"memory": data.Quantity(*m.request)}
	}
	if m.limit != nil {
		out["limits"] = map[string]any{"memory": data.Quantity(*m.limit)}
	}
	return map[string]any{"resources": out}
}

// sizeWarnings say where the numbers come from and what they do not do.
func (m *maker) sizeWarnings() []data.Text {
	var out []data.Text
	if !m.fromRec {
		out = append(out, "No size is recommended, so these are today's numbers.")
	}
	if m.leaks() {
		out = append(out, "The cause grows without an end: this limit buys time and cures nothing.")
	}
	return append(out, m.d.Recommendation.Warnings...)
}

// resources is the block that is pasted under a container of a manifest or a chart.
func (m *maker) resources() Artifact {
	a := Artifact{Kind: ArtifactResources, Title: "resources block", About: "Memory of the container, to paste into its manifest or chart.", File: m.file(ArtifactResources, ".yaml")}
	if m.limit == nil && m.request == nil {
		a.Missing = "No size is known: neither a recommendation nor a limit or request of today."
		return a
	}
	comments := []data.Text{data.Textf("container %s of %s", m.c.Key.Container, m.place())}
	comments = append(comments, m.d.Recommendation.Steps...)
	a.Lines, a.Warnings = yamlText(comments, m.resourcesBlock()), m.sizeWarnings()
	if injected, _ := m.c.Injected(); injected {
		a.Warnings = append(a.Warnings, m.noPatch())
		return a
	}
	a.Apply = data.SetResourcesCommand(m.c.Workload, m.c.Key.Container, data.Resources{Limit: m.limit, Request: m.request})
	return a
}

// place names the workload with its namespace for people.
func (m *maker) place() data.Text {
	ref := m.c.Workload.Ref()
	if ref == "" {
		ref = "pod/" + m.c.Key.Pod
	}
	if m.c.Key.Namespace == "" {
		return ref
	}
	return ref + " in " + m.c.Key.Namespace
}

// templated are the kinds of package apps and batch whose pod template kubectl patches by strategic merge.
var templated = map[data.Text]bool{"Deployment": true, "StatefulSet": true, "DaemonSet": true, "ReplicaSet": true, "CronJob": true}

// patchOf puts what changes in a container into a patch of its workload; nil for a kind whose template cannot be patched.
func (m *maker) patchOf(change map[string]any) map[string]any {
	if injected, _ := m.c.Injected(); injected || !templated[m.c.Workload.Kind] {
		return nil
	}
	container := map[string]any{"name": m.c.Key.Container.String()}
	for k, v := range change {
		container[k] = v
	}
	list := "containers"
	if m.c.Kind == data.InitContainer || m.c.Kind == data.SidecarContainer {
		list = "initContainers"
	}
	spec := map[string]any{"template": map[string]any{"spec": map[string]any{list: []any{container}}}}
	if m.c.Workload.Kind == "CronJob" {
		spec = map[string]any{"jobTemplate": map[string]any{"spec": spec}}
	}
	return map[string]any{"spec": spec}
}

// patchCommand sends a file as a strategic merge patch of the workload, after the server has tried it.
func (m *maker) patchCommand(file data.Text) data.Text {
	w := m.c.Workload
	patch := data.Textf("kubectl patch %s%s --type strategic --patch-file %s", data.ShellQuote(w.Ref()), inNamespace(w.Namespace), file)
	return patch + " --dry-run=server && " + patch
}

// noPatch says why a workload's template cannot be patched from a file.
func (m *maker) noPatch() data.Text {
	injected, _ := m.c.Injected()
	switch {
	case injected:
		return data.Textf("%s stands in no template: what puts it into the pods (a webhook, such as that of a service mesh) has its size. A patch would add a second one.", m.c.Key.Container)
	case m.c.Workload.Kind == "":
		return "The pod has no workload above it, and the memory of a pod cannot be patched but in place."
	case m.c.Workload.Kind == "Job":
		return "The template of a Job cannot be changed once it exists: change what makes it."
	}
	return data.Textf("%s is not a kind that kubectl patches by strategic merge: paste the resources block into it.", m.c.Workload.Kind)
}

// patch is the same memory as a patch of the whole workload.
func (m *maker) patch() Artifact {
	a := Artifact{Kind: ArtifactPatch, Title: "Patch", About: "The same memory as a patch of the workload; it starts a rollout.", File: m.file(ArtifactPatch, ".yaml")}
	patch := m.patchOf(m.resourcesBlock())
	switch {
	case patch == nil:
		a.Missing = m.noPatch()
		return a
	case m.limit == nil && m.request == nil:
		a.Missing = "No size is known: neither a recommendation nor a limit or request of today."
		return a
	}
	a.Lines = yamlText([]data.Text{data.Textf("memory of container %s of %s", m.c.Key.Container, m.place())}, patch)
	a.Apply, a.Warnings = m.patchCommand(a.File), m.sizeWarnings()
	if m.c.Workload.Top != "" {
		a.Warnings = append(a.Warnings, data.Textf("%s makes this object and may put the old numbers back: change it there.", m.c.Workload.Top))
	}
	return a
}
