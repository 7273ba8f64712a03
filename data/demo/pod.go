package demo

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// pod is one pod as its kubelet knows it.
type pod struct {
	w          *workload
	name       string
	uid        string
	node       string
	hash       string // pod-template-hash or controller-revision-hash; of a Job's pod the Job's name
	replica    int
	key        uint64
	created    time.Time
	labels     map[string]string
	owner      metav1.OwnerReference
	spec       corev1.PodSpec
	run        container
	readyAt    time.Time // when it became ready, or will; zero while nothing promises that
	initDone   bool
	done       bool // its Job's pod ended
	job        bool
	lives      []life      // of the history, oldest first
	children   []time.Time // kills of children
	generation int64
	changed    bool      // a client resized it
	gone       time.Time // when it was replaced; zero while it exists
	live       *tracks   // the series that are being written now
	work       work      // done so far
}

// container is the one container of a pod that has a demand.
type container struct {
	life     life
	former   *life         // the instance before, of which last tells; nil without one
	left     float64       // bytes that earlier instances left in memory volumes
	age      time.Duration // on the clock of demand
	running  bool
	restarts int32
	last     *corev1.ContainerStateTerminated
	current  *corev1.ContainerStateTerminated
	waiting  string    // reason, while it does not run
	message  string    // beside waiting
	until    time.Time // the end of the wait
	pauses   backoff
	breached bool
	children float64 // children killed in the present instance
}

// target returns the container of the spec that has the demand: the init container while it has not done its work.
func (p *pod) target() *corev1.Container {
	if p.initializing() {
		return &p.spec.InitContainers[0]
	}
	return &p.spec.Containers[0]
}

// initializing reports whether an init container has work left.
func (p *pod) initializing() bool { return len(p.spec.InitContainers) > 0 && !p.initDone }

// limit returns the memory limit in bytes of the container with the demand, and what no program reaches without one.
func (p *pod) limit() int64 {
	if q, ok := p.target().Resources.Limits[corev1.ResourceMemory]; ok {
		return q.Value()
	}
	return 1 << 50
}

// containerID returns the id of instance n.
func (p *pod) containerID(n int) string { return containerID(mix(p.key, uint64(n)+1000)) }

// terminatedState returns a termination as the kubelet copies it from the runtime.
func terminatedState(reason string, code int32, message string, start, end time.Time, id string) *corev1.ContainerStateTerminated {
	return &corev1.ContainerStateTerminated{
		ExitCode: code, Reason: reason, Message: message, ContainerID: "containerd://" + id,
		StartedAt: metav1.NewTime(start.Truncate(time.Second)), FinishedAt: metav1.NewTime(end.Truncate(time.Second)),
	}
}

// ready reports whether p is ready at a time.
func (p *pod) ready(now time.Time) bool {
	return p.run.running && !p.initializing() && !p.readyAt.IsZero() && !now.Before(p.readyAt)
}

// object returns p as the API server holds it. Its resourceVersion is left to the server.
func (p *pod) object(now time.Time) *corev1.Pod {
	started := metav1.NewTime(p.created.Truncate(time.Second))
	o := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: p.name, Namespace: p.w.namespace, UID: types.UID(p.uid), Labels: p.labels, CreationTimestamp: started,
			OwnerReferences: []metav1.OwnerReference{p.owner}, Generation: max(1, p.generation),
		},
		Spec: *p.spec.DeepCopy(),
		Status: corev1.PodStatus{
			Phase: p.phase(), StartTime: &started, QOSClass: corev1.PodQOSBurstable, ObservedGeneration: max(1, p.generation),
			HostIP: nodeIPOf(p.node), PodIP: p.ip(),
		},
	}
	if p.ip() != "" {
		o.Status.PodIPs = []corev1.PodIP{{IP: p.ip()}}
	}
	o.Status.Conditions = p.conditions(now)
	o.Status.ContainerStatuses, o.Status.InitContainerStatuses = p.statuses(now)
	return o
}

// ip returns the address of p in the pod network.
func (p *pod) ip() string {
	return fmt.Sprintf("10.244.%d.%d", 1+p.key%4, 2+p.key%250)
}

// phase returns the pod's phase.
func (p *pod) phase() corev1.PodPhase {
	switch {
	case p.done && p.run.current != nil && p.run.current.Reason == reasonCompleted:
		return corev1.PodSucceeded
	case p.done:
		return corev1.PodFailed
	case p.initializing() || (!p.run.running && p.run.last == nil && p.run.restarts == 0):
		return corev1.PodPending
	}
	return corev1.PodRunning
}

// conditions returns the pod's conditions.
func (p *pod) conditions(now time.Time) []corev1.PodCondition {
	since := metav1.NewTime(p.created.Truncate(time.Second))
	cond := func(t corev1.PodConditionType, ok bool, reason string) corev1.PodCondition {
		c := corev1.PodCondition{Type: t, Status: corev1.ConditionTrue, LastTransitionTime: since}
		if !ok {
			c.Status, c.Reason = corev1.ConditionFalse, reason
		}
		return c
	}
	why := "ContainersNotReady"
	if p.done {
		why = "PodCompleted"
	}
	ready := p.ready(now)
	return []corev1.PodCondition{
		cond(corev1.PodInitialized, !p.initializing(), "ContainersNotInitialized"),
		cond(corev1.PodReady, ready, why),
		cond(corev1.ContainersReady, ready, why),
		cond(corev1.PodScheduled, true, ""),
	}
}

// statuses returns the statuses of the containers and of the init containers.
func (p *pod) statuses(now time.Time) (regular, init []corev1.ContainerStatus) {
	main := corev1.ContainerStatus{Name: p.spec.Containers[0].Name, Image: p.spec.Containers[0].Image, ImageID: imageID(p.spec.Containers[0].Image)}
	if len(p.spec.InitContainers) == 0 {
		p.fill(&main, p.ready(now))
		return []corev1.ContainerStatus{main}, nil
	}
	first := corev1.ContainerStatus{Name: p.spec.InitContainers[0].Name, Image: p.spec.InitContainers[0].Image, ImageID: imageID(p.spec.InitContainers[0].Image)}
	if p.initializing() {
		p.fill(&first, false)
		main.State.Waiting = &corev1.ContainerStateWaiting{Reason: "PodInitializing"}
		main.Resources = resourcesOf(&p.spec.Containers[0])
		return []corev1.ContainerStatus{main}, []corev1.ContainerStatus{first}
	}
	first.Ready, first.State.Terminated = true, p.run.last
	p.fill(&main, p.ready(now))
	main.LastTerminationState = corev1.ContainerState{}
	return []corev1.ContainerStatus{main}, []corev1.ContainerStatus{first}
}

// fill writes the state of the container with the demand into s.
func (p *pod) fill(s *corev1.ContainerStatus, ready bool) {
	c := &p.run
	started := c.running
	s.Ready, s.Started, s.RestartCount = ready, &started, c.restarts
	s.Resources = resourcesOf(p.target())
	s.LastTerminationState.Terminated = c.last
	switch {
	case c.running:
		s.ContainerID = "containerd://" + p.containerID(c.life.n)
		s.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(c.life.start.Truncate(time.Second))}
	case c.current != nil:
		s.ContainerID = c.current.ContainerID
		s.State.Terminated = c.current
	default:
		s.State.Waiting = &corev1.ContainerStateWaiting{Reason: c.waiting, Message: c.message}
		if c.last != nil {
			s.ContainerID = c.last.ContainerID
		}
	}
}

// resourcesOf returns a copy of what the runtime was given, which here is always what the spec says.
func resourcesOf(c *corev1.Container) *corev1.ResourceRequirements {
	return c.Resources.DeepCopy()
}

// imageID returns the digest that a registry would give an image.
func imageID(image string) string {
	return image + "@sha256:" + containerID(hashString(image))
}
