package kube

import (
	"strconv"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// besideOperations change what a change wants beside the memory, in the pod template of a custom resource: the words of
// the container at path here, and the sizeLimit of an emptyDir. Each place is tested by its name first.
func besideOperations(object map[string]any, here []string, ch data.Change, o *owner) ([]operation, error) {
	found, _ := o.container(ch.Container)
	if found == nil || o.custom.template == "" {
		return nil, nil
	}
	one := map[string]any{}
	if err := knobPatch(one, found, ch.Knobs); err != nil {
		return nil, err
	}
	var ops []operation
	in := func(path []string, more ...string) string {
		return pointer(append(append([]string(nil), path...), more...)...)
	}
	changed, _ := one["env"].([]any)
	for _, e := range changed {
		set, _ := e.(map[string]any)
		for i, v := range found.Env {
			if v.Name == set["name"] && v.ValueFrom == nil {
				at := strconv.Itoa(i)
				ops = append(ops, operation{"test", in(here, "env", at, "name"), v.Name}, operation{"replace", in(here, "env", at, "value"), set["value"]})
				break
			}
		}
	}
	for _, list := range []string{"args", "command"} {
		if words, ok := one[list]; ok {
			ops = append(ops, operation{"replace", in(here, list), words})
		}
	}
	volume := ch.DropSize
	if ch.SizeLimit != nil {
		volume = ch.SizeLimit.Volume
	}
	volumes := append(strings.Split(o.custom.template, "."), "spec", "volumes")
	i, _ := indexOf(at(object, strings.Join(volumes, ".")), volume.String())
	if volume == "" || i == "" {
		return ops, nil
	}
	ops = append(ops, operation{"test", in(volumes, i, "name"), volume.String()})
	if ch.SizeLimit != nil {
		return append(ops, operation{"add", in(volumes, i, "emptyDir", "sizeLimit"), data.Quantity(ch.SizeLimit.Bytes)}), nil
	}
	return append(ops, operation{Op: "remove", Path: in(volumes, i, "emptyDir", "sizeLimit")}), nil
}
