package analysis

import (
	"strings"

	"github.com/oomedic/oomedic/data"
)

// statusList returns the list of the pod's status that has the container: containerStatuses, initContainerStatuses
// (which holds sidecars too) or ephemeralContainerStatuses.
func statusList(k data.ContainerKind) string {
	switch k {
	case data.InitContainer, data.SidecarContainer:
		return "initContainerStatuses"
	case data.EphemeralContainer:
		return "ephemeralContainerStatuses"
	}
	return "containerStatuses"
}

// specList returns the list of the pod's spec that has the container.
func specList(k data.ContainerKind) string {
	switch k {
	case data.InitContainer, data.SidecarContainer:
		return "initContainers"
	case data.EphemeralContainer:
		return "ephemeralContainers"
	}
	return "containers"
}

// podCommand returns the words "kubectl VERB pod -n NAMESPACE POD" quoted for a shell.
func podCommand(c *data.Container, verb string) string {
	words := []string{"kubectl", verb, "pod"}
	if c.Key.Namespace != "" {
		words = append(words, "-n", data.ShellQuote(c.Key.Namespace))
	}
	return strings.Join(append(words, data.ShellQuote(c.Key.Pod)), " ")
}

// inNamespace returns " -n NAMESPACE" for a shell, or nothing without a namespace.
func inNamespace(ns data.Text) string {
	if ns == "" {
		return ""
	}
	return " -n " + data.ShellQuote(ns)
}

// jsonpathCommand returns a kubectl command that prints a field of the pod.
func jsonpathCommand(c *data.Container, path string) data.Text {
	return data.Clean(podCommand(c, "get") + " -o jsonpath=" + data.ShellQuote(data.Clean("{"+path+"}")))
}

// jsonpathEscapes makes a name safe inside the double quotes of a jsonpath filter.
var jsonpathEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// named returns a jsonpath filter for the entry of list that has the container's name.
func named(list string, c *data.Container) string {
	return list + `[?(@.name=="` + jsonpathEscapes.Replace(c.Key.Container.String()) + `")]`
}

// statusCommand prints a field of the container's status, such as "lastState.terminated.reason".
func statusCommand(c *data.Container, field string) data.Text {
	return jsonpathCommand(c, ".status."+named(statusList(c.Kind), c)+"."+field)
}

// specCommand prints a field of the container's spec, such as "resources.limits.memory".
func specCommand(c *data.Container, field string) data.Text {
	return jsonpathCommand(c, ".spec."+named(specList(c.Kind), c)+"."+field)
}
