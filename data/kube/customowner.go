package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/oomedic/oomedic/data"
)

// custom returns the door to a custom resource.
func (c *Client) custom(w data.Workload, k *customKind) (dynamic.ResourceInterface, error) {
	if c.dyn == nil {
		return nil, worded{fmt.Sprintf("%s is a custom resource, which cannot be read here", w.Ref()), data.ErrUnsupported, data.ErrUnsupported}
	}
	gv, err := schema.ParseGroupVersion(w.APIVersion.String())
	if err != nil {
		return nil, fmt.Errorf("read the version of %s: %w", w.Ref(), err)
	}
	return c.dyn.Resource(gv.WithResource(k.plural)).Namespace(w.Namespace.String()), nil
}

// getCustom reads a custom resource. The error is explained.
func (c *Client) getCustom(ctx context.Context, w data.Workload, k *customKind) (*owner, error) {
	door, err := c.custom(w, k)
	if err != nil {
		return nil, err
	}
	u, err := door.Get(ctx, w.Name.String(), metav1.GetOptions{})
	if err != nil {
		return nil, c.explain(err, request{"get", k.plural, w.Namespace.String(), w.Name.String()})
	}
	return customOwner(u, k)
}

// patchCustom sends a JSON patch of a custom resource. The error is client-go's.
func (c *Client) patchCustom(ctx context.Context, w data.Workload, k *customKind, body []byte, opts metav1.PatchOptions) (*owner, error) {
	door, err := c.custom(w, k)
	if err != nil {
		return nil, err
	}
	u, err := door.Patch(ctx, w.Name.String(), types.JSONPatchType, body, opts)
	if err != nil {
		return nil, err
	}
	return customOwner(u, k)
}

// customOwner makes a custom resource look like the other workloads. Where it has no pod template, one is made of the
// containers whose memory it decides.
func customOwner(u *unstructured.Unstructured, k *customKind) (*owner, error) {
	m := &metav1.ObjectMeta{
		Name: u.GetName(), Namespace: u.GetNamespace(), UID: u.GetUID(), ResourceVersion: u.GetResourceVersion(), Generation: u.GetGeneration(),
		Labels: u.GetLabels(), Annotations: u.GetAnnotations(), OwnerReferences: u.GetOwnerReferences(), ManagedFields: u.GetManagedFields(),
	}
	o := &owner{object: u, meta: m, template: &corev1.PodTemplateSpec{}, custom: k}
	if n, ok, err := unstructured.NestedInt64(u.Object, "spec", "replicas"); ok && err == nil {
		small := int32(n)
		o.replicas = &small
	}
	if k.template != "" {
		raw, _ := at(u.Object, k.template).(map[string]any)
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, o.template); err != nil {
			return nil, fmt.Errorf("read the pod template of %s %s: %w", k.kind, data.Clean(u.GetName()), err)
		}
		return o, nil
	}
	add := func(name string, raw any) error {
		c := corev1.Container{Name: name}
		if r, ok := raw.(map[string]any); ok {
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(r, &c.Resources); err != nil {
				return fmt.Errorf("read the resources of %s %s: %w", k.kind, data.Clean(u.GetName()), err)
			}
		}
		o.template.Spec.Containers = append(o.template.Spec.Containers, c)
		return nil
	}
	for name, path := range k.resources {
		if err := add(name, at(u.Object, path)); err != nil {
			return nil, err
		}
	}
	items, _ := at(u.Object, k.list).([]any)
	for _, item := range items {
		c, _ := item.(map[string]any)
		name, _ := c["name"].(string)
		if _, known := k.resources[name]; known || name == "" {
			continue
		}
		if err := add(name, c["resources"]); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// customBody is a JSON patch that touches the wanted numbers of one container. The resource version and the UID that it
// puts back make the server refuse it (409) when the object is not the one that was looked at.
func customBody(ch data.Change, o *owner) ([]byte, error) {
	u, ok := o.object.(*unstructured.Unstructured)
	if !ok {
		return nil, fmt.Errorf("%w: %T is no custom resource", data.ErrUnsupported, o.object)
	}
	if o.custom.template == "" && (len(ch.Knobs) > 0 || ch.SizeLimit != nil || ch.DropSize != "") {
		return nil, worded{"beside the memory nothing is changed in a " + o.custom.kind + ": set the rest in the object itself", data.ErrUnsupported, data.ErrUnsupported}
	}
	name := ch.Container.String()
	ops := []operation{
		{"replace", "/metadata/resourceVersion", o.meta.ResourceVersion},
		{"replace", "/metadata/uid", string(o.meta.UID)},
	}
	where, resources, found := customPlace(u.Object, o.custom, name)
	if !found {
		return nil, injected(ch)
	}
	if n := len(where); n > 2 && o.custom.resources[name] == "" { // a container of a list: be sure of its place
		ops = append(ops, operation{"test", pointer(append(append([]string(nil), where[:n-1]...), "name")...), name})
	}
	beside, err := besideOperations(u.Object, where[:len(where)-1], ch, o)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(append(append(ops, memoryOperations(where, resources, ch)...), beside...))
	if err != nil {
		return nil, fmt.Errorf("write the patch: %w", err)
	}
	return body, nil
}

// customPlace is the path of a container's resources, and what stands there.
func customPlace(object map[string]any, k *customKind, name string) (where []string, resources map[string]any, found bool) {
	lists := []string{}
	switch path := k.resources[name]; {
	case path != "":
		resources, _ = at(object, path).(map[string]any)
		return strings.Split(path, "."), resources, true
	case k.template != "":
		lists = append(lists, k.template+".spec.containers", k.template+".spec.initContainers")
	case k.list != "":
		lists = append(lists, k.list)
	}
	for _, list := range lists {
		if i, c := indexOf(at(object, list), name); i != "" {
			resources, _ = c["resources"].(map[string]any)
			return append(strings.Split(list, "."), i, "resources"), resources, true
		}
	}
	return nil, nil, false
}
