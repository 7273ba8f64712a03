package kube

import (
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// Bounds of what is kept of a command line, which a pod's author controls.
const (
	maxWordsOfCommand = 32
	maxBytesOfWord    = 200
	maxMessage        = 2000 // bytes of a termination message; the kubelet's own bound is 4096
)

// Reasons and codes that the kubelet and the runtimes report (container runtime interface, kubelet source).
const (
	reasonOOMKilled     = "OOMKilled"
	reasonStartError    = "StartError"             // containerd: the runtime could not start the process
	reasonStatusUnknown = "ContainerStatusUnknown" // the kubelet lost the container
	reasonError         = "Error"
	exitKilled          = 137 // 128 + SIGKILL
	exitStart           = 128
	exitAborted         = 134 // 128 + SIGABRT: V8 and .NET at the end of their heap
	exitJVM             = 3   // -XX:+ExitOnOutOfMemoryError
)

// reasonNotCreated is the kubelet's word for a container that the runtime could not make.
const reasonNotCreated = "CreateContainerError"

// suspect reports whether a termination may have to do with memory. It is wide on purpose: telling what it was is not
// this package's task, but what is dropped here nobody sees.
func suspect(t *corev1.ContainerStateTerminated) bool {
	switch {
	case t == nil:
		return false
	case t.Reason == reasonOOMKilled, t.ExitCode == exitKilled, t.Reason == reasonStatusUnknown, startOOM(t):
		return true
	}
	return t.Reason == reasonError && (t.ExitCode == exitAborted || t.ExitCode == exitJVM)
}

// startOOM reports whether the kernel killed the container while the runtime set it up.
func startOOM(t *corev1.ContainerStateTerminated) bool {
	return (t.Reason == reasonStartError || t.ExitCode == exitStart) && data.StartRanOutOfMemory(t.Message)
}

// createOOM reports whether the kernel killed the container while the runtime made it. CRI-O does that in one step, and no
// end tells of it.
func createOOM(w *corev1.ContainerStateWaiting) bool {
	return w != nil && w.Reason == reasonNotCreated && data.StartRanOutOfMemory(w.Message)
}

// oomKilled reports whether the runtime itself says that memory was the reason.
func oomKilled(t *corev1.ContainerStateTerminated) bool {
	return t.Reason == reasonOOMKilled || startOOM(t)
}

// keyOf returns the key of a pod.
func keyOf(p *corev1.Pod) data.PodKey {
	return data.PodKey{Namespace: data.Clean(p.Namespace), Name: data.Clean(p.Name), UID: data.Clean(string(p.UID))}
}

// decode returns the containers of p that are suspect or that keep names. Nothing in the result refers to p.
func decode(p *corev1.Pod, keep func(container string) bool) data.Pod {
	out := data.Pod{Key: keyOf(p)}
	for _, l := range []struct {
		statuses []corev1.ContainerStatus
		field    string
	}{
		{p.Status.ContainerStatuses, "containerStatuses"},
		{p.Status.InitContainerStatuses, "initContainerStatuses"},
		{p.Status.EphemeralContainerStatuses, "ephemeralContainerStatuses"},
	} {
		for i := range l.statuses {
			s := &l.statuses[i]
			if suspect(s.State.Terminated) || suspect(s.LastTerminationState.Terminated) || createOOM(s.State.Waiting) || keep(s.Name) {
				out.Containers = append(out.Containers, container(p, s, l.field))
			}
		}
	}
	return out
}

// container decodes one container of p whose status stands in the list named field.
func container(p *corev1.Pod, s *corev1.ContainerStatus, field string) data.Container {
	spec, kind, found := specOf(p, s.Name)
	if !found {
		kind = kindOfStatus(field)
	}
	k := keyOf(p)
	c := data.Container{
		Key:        data.Key{Namespace: k.Namespace, Pod: k.Name, UID: k.UID, Container: data.Clean(s.Name)},
		Kind:       kind,
		Node:       data.Clean(p.Spec.NodeName),
		Image:      data.Clean(s.Image),
		Resources:  resources(spec.Resources, s.Resources),
		PodLimit:   podLimit(p),
		State:      state(p, s, spec),
		Restarts:   s.RestartCount,
		PodPhase:   data.Clean(string(p.Status.Phase)),
		PodReason:  data.Clean(p.Status.Reason),
		PodCreated: p.CreationTimestamp.UTC(),
		Env:        knobs(spec.Env),
		Command:    command(spec),
	}
	if c.Image == "" {
		c.Image = data.Clean(spec.Image)
	}
	if s.State.Waiting != nil {
		c.WaitingReason = data.Clean(s.State.Waiting.Reason)
		if createOOM(s.State.Waiting) {
			c.WaitingMessage = data.Clean(head(s.State.Waiting.Message, maxMessage))
		}
	}
	if s.State.Running != nil {
		c.StartedAt = when(s.State.Running.StartedAt)
	}
	c.LimitUnknown = !found && c.Resources == (data.Resources{})
	c.MemoryVolumes = memoryVolumes(p, spec)
	podFacts(p, spec, &c)
	c.Last = termination(s.LastTerminationState.Terminated, "lastState.terminated")
	c.Current = termination(s.State.Terminated, "state.terminated")
	for _, t := range []struct {
		raw *corev1.ContainerStateTerminated
		out *data.Termination
	}{{s.LastTerminationState.Terminated, c.Last}, {s.State.Terminated, c.Current}} {
		if t.raw != nil && oomKilled(t.raw) && !t.out.FinishedAt.IsZero() {
			code := t.raw.ExitCode
			c.Kills = append(c.Kills, data.Kill{
				At: t.out.FinishedAt, StartedAt: t.out.StartedAt, Reason: t.out.Reason, ExitCode: &code,
				From: statusCommand(c.Key, field, t.out.Field),
			})
		}
	}
	return c
}

// statusCommand is the kubectl command that shows one field of a container's status.
func statusCommand(k data.Key, list, field string) data.Text {
	path := "{.status." + list + `[?(@.name=="` + k.Container.String() + `")].` + field + "}"
	return "kubectl get pod -n " + data.Clean(data.ShellQuote(k.Namespace)) + " " + data.Clean(data.ShellQuote(k.Pod)) +
		" -o jsonpath=" + data.Clean(data.ShellQuote(data.Clean(path)))
}

// specOf finds the spec of a container and what kind it is. found is false for one that the spec does not have, which is an
// empty one then.
func specOf(p *corev1.Pod, name string) (spec *corev1.Container, kind data.ContainerKind, found bool) {
	for i := range p.Spec.Containers {
		if p.Spec.Containers[i].Name == name {
			return &p.Spec.Containers[i], data.RegularContainer, true
		}
	}
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		if c.Name != name {
			continue
		}
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			return c, data.SidecarContainer, true
		}
		return c, data.InitContainer, true
	}
	for i := range p.Spec.EphemeralContainers {
		if e := corev1.Container(p.Spec.EphemeralContainers[i].EphemeralContainerCommon); e.Name == name {
			return &e, data.EphemeralContainer, true
		}
	}
	return &corev1.Container{}, data.RegularContainer, false
}

// kindOfStatus is the kind of a container whose status stands in the list named field.
func kindOfStatus(field string) data.ContainerKind {
	switch field {
	case "initContainerStatuses":
		return data.InitContainer
	case "ephemeralContainerStatuses":
		return data.EphemeralContainer
	}
	return data.RegularContainer
}

// state says what a container does now.
func state(p *corev1.Pod, s *corev1.ContainerStatus, spec *corev1.Container) data.RunState {
	switch {
	case s.State.Running != nil:
		return data.Running
	case s.State.Terminated != nil:
		t := s.State.Terminated
		switch {
		case t.Reason == reasonStatusUnknown:
			return data.Unknown
		case t.ExitCode == 0 && t.Reason != reasonOOMKilled, !restarts(p, spec),
			p.Status.Phase == corev1.PodSucceeded, p.Status.Phase == corev1.PodFailed:
			return data.Completed
		}
		return data.Waiting // between its end and its next start
	case p.Status.Phase == corev1.PodUnknown:
		return data.Unknown
	case s.State.Waiting != nil:
		again := s.RestartCount > 0 || s.LastTerminationState.Terminated != nil
		switch s.State.Waiting.Reason {
		case "CrashLoopBackOff":
			return data.CrashLooping
		case "RunContainerError", reasonStartError:
			if again {
				return data.CrashLooping
			}
		}
	}
	return data.Waiting // the API's default for a status without a state
}

// restarts reports whether the kubelet starts the container again after a failure.
func restarts(p *corev1.Pod, spec *corev1.Container) bool {
	if spec.RestartPolicy != nil {
		return *spec.RestartPolicy != corev1.ContainerRestartPolicyNever
	}
	return p.Spec.RestartPolicy != corev1.RestartPolicyNever
}

// resources reads memory from the status when it has it, which is what is in force, else from the spec.
func resources(spec corev1.ResourceRequirements, status *corev1.ResourceRequirements) data.Resources {
	if status != nil && (len(status.Limits) > 0 || len(status.Requests) > 0) {
		return data.Resources{Limit: memory(status.Limits), Request: memory(status.Requests)}
	}
	return data.Resources{Limit: memory(spec.Limits), Request: memory(spec.Requests)}
}

// memory returns the memory of a list in bytes; nil when it has none, or zero, which means none to the kubelet.
func memory(l corev1.ResourceList) *int64 {
	q, ok := l[corev1.ResourceMemory]
	if !ok || q.IsZero() {
		return nil
	}
	n := q.Value()
	return &n
}

func podLimit(p *corev1.Pod) *int64 {
	if p.Spec.Resources == nil {
		return nil
	}
	return memory(p.Spec.Resources.Limits)
}

// when returns a time in UTC; zero for none and for the epoch, which runtimes give for a container that never started.
func when(t metav1.Time) time.Time {
	if t.IsZero() || t.Unix() <= 0 {
		return time.Time{}
	}
	return t.UTC()
}

func termination(t *corev1.ContainerStateTerminated, field string) *data.Termination {
	if t == nil {
		return nil
	}
	return &data.Termination{
		Reason: data.Clean(t.Reason), ExitCode: t.ExitCode, Message: data.Clean(head(t.Message, maxMessage)),
		StartedAt: when(t.StartedAt), FinishedAt: when(t.FinishedAt), ContainerID: data.Clean(t.ContainerID), Field: field,
	}
}

// head returns the first n bytes of s as a copy; a rune that is cut through is cleaned later.
func head(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.Clone(s)
}

func command(spec *corev1.Container) []data.Text {
	var out []data.Text
	for _, w := range append(slices.Clone(spec.Command), spec.Args...) {
		if len(out) == maxWordsOfCommand {
			break
		}
		out = append(out, data.Clean(head(w, maxBytesOfWord)))
	}
	return out
}

// knobs returns the variables that size a runtime's memory, where the spec has a literal value.
func knobs(env []corev1.EnvVar) []data.Knob {
	var out []data.Knob
	for i := range env {
		if env[i].ValueFrom == nil && env[i].Value != "" && slices.Contains(data.MemoryKnobs, env[i].Name) {
			out = append(out, data.Knob{Name: data.Clean(env[i].Name), Value: data.Clean(head(env[i].Value, maxMessage))})
		}
	}
	return out
}

// memoryVolumes names the volumes in memory that a container mounts: what is written there counts as its memory.
func memoryVolumes(p *corev1.Pod, spec *corev1.Container) []data.Text {
	var out []data.Text
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if v.EmptyDir == nil || v.EmptyDir.Medium != corev1.StorageMediumMemory {
			continue
		}
		if slices.ContainsFunc(spec.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == v.Name }) {
			out = append(out, data.Clean(v.Name))
		}
	}
	return out
}
