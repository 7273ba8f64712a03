package kube

import (
	"encoding/json"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/oomedic/oomedic/data"
)

// exportOnly is a plan of a change that cannot be made from here: words, and at most a guess at the place.
func exportOnly(ch data.Change, t target) (*data.Plan, error) {
	p := &data.Plan{Change: ch, Target: t.workload, Effect: data.Clean(t.why.Error())}
	if t.base != nil {
		p.Before, p.Replicas = t.base.memory(ch.Container), t.base.replicas
	}
	p.After = want(p.Before, ch)
	return p, nil
}

// exports is the change as text in every form that fits.
func exports(p *data.Plan, t target) map[data.ExportFormat][]data.Text {
	out := map[data.ExportFormat][]data.Text{}
	if p.Command != "" {
		out[data.ExportKubectl] = []data.Text{p.Command}
	}
	o := t.live
	if o == nil || p.Change.Way == data.WayInPlace {
		if res := resourcesYAML(p.Change, 0); len(res) > 0 && o == nil {
			out[data.ExportStrategic] = append([]data.Text{data.Textf("# %s", p.Effect), data.Textf("# memory of container %s:", p.Change.Container)}, res...)
		}
		return out
	}
	if o.custom != nil {
		patch := customMerge(p.Change, o)
		out[data.ExportStrategic] = yamlLines(patch)
		if patch != nil && p.Command == "" {
			out[data.ExportKubectl] = []data.Text{mergeCommand(t.workload, o, patch)}
		}
	} else if pod, err := o.podPatch(p.Change); err == nil {
		patch := o.aboveTemplate(pod)
		out[data.ExportStrategic] = yamlLines(patch)
		apply := map[string]any{"apiVersion": apiVersionOf(t.workload), "kind": t.workload.Kind, "metadata": map[string]any{"name": t.workload.Name, "namespace": t.workload.Namespace}, "spec": patch["spec"]}
		out[data.ExportServerSide] = append([]data.Text{"# kubectl apply --server-side --field-manager=oomedic -f this.yaml"}, yamlLines(apply)...)
	}
	out[data.ExportKustomize] = kustomize(t.workload, out[data.ExportStrategic])
	out[data.ExportHelmValues] = helmValues(p, o)
	for format, lines := range out {
		if len(lines) == 0 {
			delete(out, format)
		}
	}
	return out
}

// yamlLines writes v as lines of YAML.
func yamlLines(v any) []data.Text {
	text, err := yaml.Marshal(v)
	if err != nil || v == nil {
		return nil
	}
	var out []data.Text
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		out = append(out, data.Clean(line))
	}
	return out
}

// apiVersionOf is the version of a workload, where the walk to it did not read one.
func apiVersionOf(w data.Workload) string {
	if w.APIVersion != "" {
		return w.APIVersion.String()
	}
	if g := groups[w.Kind]; g != "" {
		return g + "/v1"
	}
	return "v1"
}

// kustomize is an entry of a kustomization.yaml's patches.
func kustomize(w data.Workload, patch []data.Text) []data.Text {
	if len(patch) == 0 {
		return nil
	}
	out := []data.Text{"patches:", "- target:"}
	if group, _, ok := strings.Cut(apiVersionOf(w), "/"); ok {
		out = append(out, data.Textf("    group: %s", group))
	}
	out = append(out, data.Textf("    kind: %s", w.Kind), data.Textf("    name: %s", w.Name), "  patch: |-",
		data.Textf("    apiVersion: %s", apiVersionOf(w)), data.Textf("    kind: %s", w.Kind), "    metadata:", data.Textf("      name: %s", w.Name))
	for _, line := range patch {
		out = append(out, "    "+line)
	}
	return out
}

// resourcesYAML is the resources of a container.
func resourcesYAML(ch data.Change, indent int) []data.Text {
	lines := yamlLines(map[string]any{"resources": resourcesPatch(ch)})
	for i := range lines {
		lines[i] = data.Clean(strings.Repeat(" ", indent)) + lines[i]
	}
	return lines
}

// helmValues guesses at a chart's values: the keys are the chart author's, and "resources" at the top, or below the
// component's name, is no more than the custom that "helm create" began.
func helmValues(p *data.Plan, o *owner) []data.Text {
	release := o.meta.Annotations["meta.helm.sh/release-name"]
	if release == "" && o.meta.Labels["app.kubernetes.io/managed-by"] != "Helm" && o.meta.Labels["helm.sh/chart"] == "" {
		return nil
	}
	out := []data.Text{"# A guess: look for these keys with \"helm show values\" of the chart."}
	if release != "" {
		out = append(out, data.Textf("# helm upgrade %s CHART -n %s --reuse-values -f this.yaml", data.ShellQuote(data.Clean(release)), p.Target.Namespace))
	}
	out = append(out, resourcesYAML(p.Change, 0)...)
	if component := o.meta.Labels["app.kubernetes.io/component"]; component != "" {
		out = append(out, "# or, in a chart of several components:", data.Textf("# %s:", component))
		for _, line := range resourcesYAML(p.Change, 2) {
			out = append(out, "# "+line)
		}
	}
	return out
}

// customMerge is a merge patch (RFC 7386) of a custom resource; nil when the value stands in a list, which a merge patch
// would replace whole.
func customMerge(ch data.Change, o *owner) map[string]any {
	path := o.custom.resources[ch.Container.String()]
	if path == "" {
		return nil
	}
	parts := strings.Split(path, ".")
	var inner any = resourcesPatch(ch)
	for i := len(parts) - 1; i >= 0; i-- {
		inner = map[string]any{parts[i]: inner}
	}
	m, _ := inner.(map[string]any)
	return m
}

// mergeCommand is the kubectl command of a merge patch.
func mergeCommand(w data.Workload, o *owner, patch map[string]any) data.Text {
	body, err := json.Marshal(patch)
	if err != nil {
		return ""
	}
	return data.Textf("kubectl patch %s %s -n %s --type merge -p %s", fmt.Sprintf("%s.%s", o.custom.plural, o.custom.group),
		data.ShellQuote(w.Name), data.ShellQuote(w.Namespace), data.ShellQuote(data.Clean(string(body))))
}
