package kube

import (
	"encoding/json"
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/oomedic/oomedic/data"
)

// patchType is the media type in which an object of o's kind is patched.
func (o *owner) patchType() types.PatchType {
	if o.custom != nil {
		return types.JSONPatchType
	}
	return types.StrategicMergePatchType
}

// body is the patch of a change: it touches what is wanted of one container, and nothing else. Its resource version and
// UID make the server refuse it (409) when the object is not the one that was looked at.
func (o *owner) body(ch data.Change, uid string) ([]byte, error) {
	if o.custom != nil {
		return customBody(ch, o)
	}
	pod, err := o.podPatch(ch)
	if err != nil {
		return nil, err
	}
	meta := map[string]any{"resourceVersion": o.meta.ResourceVersion}
	if uid != "" {
		meta["uid"] = uid
	}
	patch := o.aboveTemplate(pod)
	patch["metadata"] = meta
	body, err := json.Marshal(patch)
	if err != nil {
		return nil, fmt.Errorf("write the patch: %w", err)
	}
	return body, nil
}

// aboveTemplate puts a patch of a pod's spec where the template of o's kind has it.
func (o *owner) aboveTemplate(pod map[string]any) map[string]any {
	spec := map[string]any{"template": map[string]any{"spec": pod}}
	if _, ok := o.object.(*batchv1.CronJob); ok {
		spec = map[string]any{"jobTemplate": map[string]any{"spec": spec}}
	}
	return map[string]any{"spec": spec}
}

// podPatch is the part of the patch that is a pod's spec.
func (o *owner) podPatch(ch data.Change) (map[string]any, error) {
	found, list := o.container(ch.Container)
	if found == nil {
		return nil, injected(ch)
	}
	one := map[string]any{"name": ch.Container.String()}
	if res := resourcesPatch(ch); len(res) > 0 {
		one["resources"] = res
	}
	if err := knobPatch(one, found, ch.Knobs); err != nil {
		return nil, err
	}
	pod := map[string]any{list: []any{one}}
	switch {
	case ch.SizeLimit != nil:
		pod["volumes"] = volumePatch(ch.SizeLimit.Volume, data.Quantity(ch.SizeLimit.Bytes))
	case ch.DropSize != "":
		pod["volumes"] = volumePatch(ch.DropSize, nil)
	}
	return pod, nil
}

// resourcesPatch sets or takes away limit and request. A null takes the key away (strategic merge patch).
func resourcesPatch(ch data.Change) map[string]any {
	res := map[string]any{}
	set := func(list string, value *int64, drop bool) {
		switch {
		case value != nil:
			res[list] = map[string]any{"memory": data.Quantity(*value)}
		case drop:
			res[list] = map[string]any{"memory": nil}
		}
	}
	set("limits", ch.Limit, ch.DropLimit)
	set("requests", ch.Request, ch.DropRequest)
	return res
}

func volumePatch(name data.Text, size any) []any {
	return []any{map[string]any{"name": name.String(), "emptyDir": map[string]any{"sizeLimit": size}}}
}
