package kube

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/oomedic/oomedic/data"
)

// heapWords begin the words of a command that bound a runtime's heap.
var heapWords = []string{"-Xmx", "-XX:MaxRAMPercentage=", "--max-old-space-size", "--max_old_space_size"}

// settingsOf returns what of a container's specification may size its runtime's memory; nil when nothing does, so that a
// cluster of many pods is not kept.
func settingsOf(p *corev1.Pod, spec *corev1.Container) *data.Container {
	env := knobs(spec.Env)
	if len(env) == 0 && !slices.ContainsFunc(append(slices.Clone(spec.Command), spec.Args...), hasHeapWord) {
		return nil
	}
	return &data.Container{
		Key:  data.Key{Namespace: data.Clean(p.Namespace), Pod: data.Clean(p.Name), Container: data.Clean(spec.Name), UID: data.Clean(string(p.UID))},
		Kind: data.RegularContainer, Image: data.Clean(spec.Image), Command: command(spec), Env: env,
	}
}

// hasHeapWord reports whether a word of a command, or a script in one, bounds a heap.
func hasHeapWord(word string) bool {
	return slices.ContainsFunc(heapWords, func(w string) bool { return strings.Contains(word, w) })
}
