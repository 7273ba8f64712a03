package kube

import (
	"encoding/json"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// marker is a label or annotation by which a tool is known, and what becomes of a change that is not made in its source.
type marker struct {
	annotation, label string
	tool              data.Text
	does              data.Text
	reverts           bool
}

// markers are those that each tool's documentation names. The first that matches of a tool counts.
var markers = []marker{
	{annotation: "argocd.argoproj.io/tracking-id", tool: "Argo CD", reverts: true, does: "shows OutOfSync and puts the old value back: at once with selfHeal, else at the next sync, unless Git has the new one"},
	{label: "kustomize.toolkit.fluxcd.io/name", tool: "Flux", reverts: true, does: "puts the old value back at its next interval unless Git has the new one"},
	{label: "helm.toolkit.fluxcd.io/name", tool: "Flux", reverts: true, does: "puts the old value back at the next upgrade, or at once where drift detection is enabled, unless the HelmRelease's values have the new one"},
	{annotation: "meta.helm.sh/release-name", tool: "Helm", does: "puts the chart's value back at the next upgrade: put the new one into its values too"},
	{label: "objectset.rio.cattle.io/hash", tool: "Rancher Fleet", reverts: true, does: "may put the old value back unless Git has the new one"},
	{label: "kapp.k14s.io/app", tool: "kapp", does: "puts the old value back at the next deploy unless its source has the new one"},
	{annotation: "configmanagement.gke.io/managed", tool: "Config Sync", reverts: true, does: "puts the old value back unless Git has the new one"},
	{label: "olm.owner", tool: "Operator Lifecycle Manager", reverts: true, does: "puts the old value back: set it in the Subscription's config.resources"},
	{label: "addonmanager.kubernetes.io/mode", tool: "the add-on manager", reverts: true, does: "puts the old value back where the mode is Reconcile"},
	{annotation: lastApplied, tool: "kubectl apply", does: "puts the old value back when its manifest is applied again: change the manifest too"},
}

// helm4 is what a change means for a release that Helm 4 applies on the server's side.
const helm4 = "the next upgrade fails with a conflict over the field (it is applied by Helm 4 on the server's side), unless its values have the same value or it is run with --force-conflicts"

// managers are the tools that also decide the numbers of a change.
func managers(t target, ch data.Change) []data.Manager {
	var out []data.Manager
	if t.foreign != "" {
		out = append(out, data.Manager{
			Tool: data.Clean(t.foreign), Evidence: "metadata.ownerReferences", Reverts: true,
			Does: "makes this object and puts back what is changed in it: set the memory there",
		})
	}
	o := t.live
	if o == nil {
		o = t.base
	}
	if o == nil {
		return out
	}
	fields := fieldOwners(o.meta.ManagedFields, ch.Container.String())
	for _, m := range markers {
		value, evidence := o.meta.Annotations[m.annotation], m.annotation
		if m.label != "" {
			value, evidence = o.meta.Labels[m.label], m.label
		}
		if value == "" || slices.ContainsFunc(out, func(x data.Manager) bool { return x.Tool == m.tool }) {
			continue
		}
		one := data.Manager{Tool: m.tool, Name: data.Clean(value), Evidence: data.Clean(evidence), Does: m.does, Reverts: m.reverts}
		switch {
		case m.annotation == lastApplied:
			one.Name = ""
		case m.tool == "Argo CD":
			name, _, _ := strings.Cut(value, ":")
			one.Name = data.Clean(name)
		case m.tool == "Helm" && slices.ContainsFunc(fields, func(f fieldOwner) bool { return f.manager == "helm" && f.applies }):
			one.Does = helm4
		case m.tool == "Helm" && slices.ContainsFunc(out, func(x data.Manager) bool { return x.Tool == "Flux" }):
			continue // Flux' helm-controller leaves Helm's annotations too
		}
		out = append(out, one)
	}
	return append(out, otherFieldOwners(fields, out)...)
}

// toolManagers are the field managers of the tools that markers know, and people's.
var toolManagers = []string{
	FieldManager, "helm", "kustomize-controller", "helm-controller", "argocd-controller", "argocd-application-controller",
	"kubectl-client-side-apply", "kubectl", "kubectl-edit", "kubectl-set", "kubectl-patch", "kubectl-create", "kubectl-rollout", "kapp", "kubectl-last-applied",
}

// otherFieldOwners are field managers that no marker tells of.
func otherFieldOwners(fields []fieldOwner, known []data.Manager) []data.Manager {
	var out []data.Manager
	for _, f := range fields {
		switch {
		case f.manager == "argocd-controller" || f.manager == "argocd-application-controller":
			if !slices.ContainsFunc(known, func(m data.Manager) bool { return m.Tool == "Argo CD" }) {
				out = append(out, data.Manager{Tool: "Argo CD", Evidence: data.Textf("field manager %s", f.manager), Reverts: true, Does: markers[0].does})
			}
		case slices.Contains(toolManagers, f.manager):
		case f.applies:
			out = append(out, data.Manager{
				Tool: data.Clean(f.manager), Evidence: "metadata.managedFields", Reverts: true,
				Does: data.Textf("applies this field on the server's side (last %s) and takes it back when it applies again", f.when()),
			})
		default:
			out = append(out, data.Manager{
				Tool: data.Clean(f.manager), Evidence: "metadata.managedFields",
				Does: data.Textf("wrote this field last (%s) and may write it again", f.when()),
			})
		}
	}
	return out
}

// fieldOwner is who wrote the memory of a container, by metadata.managedFields.
type fieldOwner struct {
	manager string
	applies bool // by server-side apply
	at      *metav1.Time
}

func (f fieldOwner) when() string {
	if f.at == nil {
		return "at an unknown time"
	}
	return f.at.UTC().Format("2006-01-02 15:04 UTC")
}

// fieldOwners finds the managers of the memory limit or request of a container.
func fieldOwners(entries []metav1.ManagedFieldsEntry, container string) []fieldOwner {
	var out []fieldOwner
	for _, e := range entries {
		if e.FieldsV1 == nil || e.Subresource != "" {
			continue
		}
		var tree map[string]any
		if json.Unmarshal(e.FieldsV1.GetRawBytes(), &tree) == nil && ownsMemory(tree, container) {
			out = append(out, fieldOwner{e.Manager, e.Operation == metav1.ManagedFieldsOperationApply, e.Time})
		}
	}
	return out
}

// ownsMemory looks in a set of fields for the memory of a container, at whatever depth its pod's spec is, or, in a
// custom resource, for the memory of resources above any list of containers.
func ownsMemory(tree map[string]any, container string) bool {
	key, err := json.Marshal(map[string]string{"name": container})
	if err != nil {
		return false
	}
	for name, below := range tree {
		next, ok := below.(map[string]any)
		switch {
		case !ok:
		case name == "k:"+string(key) || name == "f:resources":
			res := next
			if r, ok := next["f:resources"].(map[string]any); ok {
				res = r
			}
			for _, list := range []string{"f:limits", "f:requests"} {
				if m, ok := res[list].(map[string]any); ok && m["f:memory"] != nil {
					return true
				}
			}
		case strings.HasPrefix(name, "k:"): // another container
		case ownsMemory(next, container):
			return true
		}
	}
	return false
}
