package kube_test

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

func none(string) bool { return false }

// decoded reads a pod through the client, as the program does.
func decoded(t *testing.T, p *corev1.Pod, keep func(string) bool) data.Pod {
	t.Helper()
	c := kube.NewFor(fake.NewClientset(p), "https://fake", kube.Options{})
	out, err := c.FetchPod(t.Context(), p.Namespace, p.Name, keep)
	must(t, err)
	return out
}

func TestTerminations(t *testing.T) {
	t.Parallel()
	epoch := terminated("StartError", 128)
	epoch.StartedAt = metav1.NewTime(time.Unix(0, 0))
	epoch.Message = "failed to create shim task: OCI runtime create failed: container init was OOM-killed (memory limit too low?)"
	undated := terminated("OOMKilled", 137)
	undated.FinishedAt, undated.StartedAt = metav1.Time{}, metav1.Time{}
	notFound := terminated("StartError", 128)
	notFound.Message = `exec: "nope": executable file not found in $PATH`
	for _, c := range []struct {
		name    string
		t       *corev1.ContainerStateTerminated
		suspect bool
		kills   int
	}{
		{"OOMKilled", terminated("OOMKilled", 137), true, 1},
		{"OOMKilled with exit 0: a child was killed", terminated("OOMKilled", 0), true, 1},
		{"OOMKilled with exit 143", terminated("OOMKilled", 143), true, 1},
		{"Error with 137: a race of the runtime, or a probe", terminated("Error", 137), true, 0},
		{"killed before its start", epoch, true, 1},
		{"not found is another StartError", notFound, false, 0},
		{"OOMKilled without a time", undated, true, 0},
		{"lost by the kubelet", terminated("ContainerStatusUnknown", 137), true, 0},
		{"lost, another code", terminated("ContainerStatusUnknown", 255), true, 0},
		{"all containers restarted", terminated("RestartingAllContainers", 137), true, 0},
		{"end of the heap of V8 or .NET", terminated("Error", 134), true, 0},
		{"JVM with ExitOnOutOfMemoryError", terminated("Error", 3), true, 0},
		{"completed", terminated("Completed", 0), false, 0},
		{"an error of its own", terminated("Error", 1), false, 0},
		{"asked to end", terminated("Error", 143), false, 0},
		{"segmentation fault", terminated("Error", 139), false, 0},
		{"Go's own out of memory", terminated("Error", 2), false, 0},
		{"completed with 3 is no error", terminated("Completed", 3), false, 0},
		{"nothing ended", nil, false, 0},
	} {
		for _, field := range []string{"lastState.terminated", "state.terminated"} {
			p := newPod(meta("shop", "api"))
			if field == "state.terminated" {
				p.Status.ContainerStatuses[0].State = corev1.ContainerState{Terminated: c.t}
			} else {
				p.Status.ContainerStatuses[0].LastTerminationState.Terminated = c.t
			}
			got := decoded(t, p, none)
			if (len(got.Containers) == 1) != c.suspect {
				t.Errorf("%s in %s: kept %d, suspect %v", c.name, field, len(got.Containers), c.suspect)
				continue
			}
			if !c.suspect {
				continue
			}
			k := got.Containers[0].Kills
			if len(k) != c.kills {
				t.Errorf("%s in %s: %d kills, want %d", c.name, field, len(k), c.kills)
			}
			if len(k) == 1 && (!k[0].At.Equal(at) || *k[0].ExitCode != c.t.ExitCode || !strings.Contains(k[0].From.String(), field)) {
				t.Errorf("%s in %s: kill %+v", c.name, field, k[0])
			}
		}
	}
}

func TestKillsOfAPod(t *testing.T) {
	t.Parallel()
	p := newPod(meta("shop", "api-x"))
	s := &p.Status.ContainerStatuses[0]
	s.LastTerminationState.Terminated = terminated("OOMKilled", 137)
	later := terminated("OOMKilled", 137)
	later.FinishedAt = metav1.NewTime(at.Add(time.Hour))
	s.State = corev1.ContainerState{Terminated: later}
	c := decoded(t, p, none).Containers[0]
	if len(c.Kills) != 2 || !c.Kills[0].At.Equal(at) || !c.Kills[1].At.Equal(at.Add(time.Hour)) {
		t.Fatalf("kills %+v, want both ends, oldest first", c.Kills)
	}
	want := data.Text(`kubectl get pod -n shop api-x -o jsonpath='{.status.containerStatuses[?(@.name=="app")].lastState.terminated}'`)
	if c.Kills[0].From != want {
		t.Errorf("from\n %s, want\n %s", c.Kills[0].From, want)
	}
	if c.Last == nil || c.Current == nil || c.Last.Field != "lastState.terminated" || !c.Kills[0].StartedAt.Equal(at.Add(-time.Hour)) {
		t.Errorf("last %+v current %+v", c.Last, c.Current)
	}
}

func TestStartOfTheEpochIsUnknown(t *testing.T) {
	t.Parallel()
	p := newPod(meta("shop", "api"))
	e := terminated("OOMKilled", 137)
	e.StartedAt = metav1.NewTime(time.Unix(0, 0))
	p.Status.ContainerStatuses[0].LastTerminationState.Terminated = e
	c := decoded(t, p, none).Containers[0]
	if !c.Kills[0].StartedAt.IsZero() || !c.Last.StartedAt.IsZero() {
		t.Errorf("started %s, want no time", c.Last.StartedAt)
	}
}

func TestEachListOfContainers(t *testing.T) {
	t.Parallel()
	p := newPod(meta("shop", "api"))
	p.Spec.InitContainers = []corev1.Container{
		{Name: "migrate", Resources: requirements("64Mi", "")},
		{Name: "proxy", RestartPolicy: ptr(corev1.ContainerRestartPolicyAlways), Resources: requirements("128Mi", "")},
	}
	p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}}}
	killed := func(name string) corev1.ContainerStatus {
		return corev1.ContainerStatus{Name: name, State: corev1.ContainerState{Terminated: terminated("OOMKilled", 137)}}
	}
	p.Status.InitContainerStatuses = []corev1.ContainerStatus{killed("migrate"), killed("proxy")}
	p.Status.EphemeralContainerStatuses = []corev1.ContainerStatus{killed("debug")}
	got := decoded(t, p, none)
	want := []struct {
		name, list string
		kind       data.ContainerKind
		limit      int64
	}{
		{"migrate", "initContainerStatuses", data.InitContainer, 64 * data.Mi},
		{"proxy", "initContainerStatuses", data.SidecarContainer, 128 * data.Mi},
		{"debug", "ephemeralContainerStatuses", data.EphemeralContainer, 0},
	}
	if len(got.Containers) != len(want) {
		t.Fatalf("%d containers, want %d: the healthy one stays out", len(got.Containers), len(want))
	}
	for i, w := range want {
		c := got.Containers[i]
		if c.Key.Container.String() != w.name || c.Kind != w.kind || !strings.Contains(c.Kills[0].From.String(), "."+w.list+"[") {
			t.Errorf("%s: %s %s %s", w.name, c.Key.Container, c.Kind, c.Kills[0].From)
		}
		if w.limit == 0 && c.Resources.Limit != nil || w.limit != 0 && *c.Resources.Limit != w.limit {
			t.Errorf("%s: limit %v, want %d", w.name, c.Resources.Limit, w.limit)
		}
	}
}

func TestRunState(t *testing.T) {
	t.Parallel()
	waits := func(reason string) corev1.ContainerState {
		return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}}
	}
	ended := func(reason string, code int32) corev1.ContainerState {
		return corev1.ContainerState{Terminated: terminated(reason, code)}
	}
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(at)}}
	for _, c := range []struct {
		name     string
		state    corev1.ContainerState
		policy   corev1.RestartPolicy
		phase    corev1.PodPhase
		restarts int32
		want     data.RunState
	}{
		{"runs", running, "", corev1.PodRunning, 3, data.Running},
		{"back-off", waits("CrashLoopBackOff"), "", corev1.PodRunning, 3, data.CrashLooping},
		{"cannot start, again", waits("RunContainerError"), "", corev1.PodRunning, 3, data.CrashLooping},
		{"cannot start, the first time", waits("RunContainerError"), "", corev1.PodPending, 0, data.Waiting},
		{"is made", waits("ContainerCreating"), "", corev1.PodPending, 0, data.Waiting},
		{"image", waits("ImagePullBackOff"), "", corev1.PodPending, 0, data.Waiting},
		{"ended well", ended("Completed", 0), "", corev1.PodRunning, 0, data.Completed},
		{"ended badly, is started again", ended("OOMKilled", 137), corev1.RestartPolicyAlways, corev1.PodRunning, 0, data.Waiting},
		{"ended badly on failure, is started again", ended("Error", 1), corev1.RestartPolicyOnFailure, corev1.PodRunning, 0, data.Waiting},
		{"ended badly for good", ended("OOMKilled", 137), corev1.RestartPolicyNever, corev1.PodFailed, 0, data.Completed},
		{"the pod failed", ended("OOMKilled", 137), corev1.RestartPolicyAlways, corev1.PodFailed, 0, data.Completed},
		{"lost", ended("ContainerStatusUnknown", 137), "", corev1.PodRunning, 0, data.Unknown},
		{"the node is lost", corev1.ContainerState{}, "", corev1.PodUnknown, 0, data.Unknown},
		{"no state yet", corev1.ContainerState{}, "", corev1.PodPending, 0, data.Waiting},
	} {
		p := newPod(meta("shop", "api"))
		p.Spec.RestartPolicy, p.Status.Phase = c.policy, c.phase
		p.Status.ContainerStatuses[0].State, p.Status.ContainerStatuses[0].RestartCount = c.state, c.restarts
		got := decoded(t, p, func(string) bool { return true }).Containers[0]
		if got.State != c.want {
			t.Errorf("%s: %s, want %s", c.name, got.State, c.want)
		}
		if (got.State == data.Running) != !got.StartedAt.IsZero() {
			t.Errorf("%s: started %s", c.name, got.StartedAt)
		}
		if c.state.Waiting != nil && got.WaitingReason.String() != c.state.Waiting.Reason {
			t.Errorf("%s: waiting reason %s", c.name, got.WaitingReason)
		}
	}
}

func TestFactsOfTheSpec(t *testing.T) {
	t.Parallel()
	p := newPod(meta("shop", "api"))
	p.CreationTimestamp = metav1.NewTime(at)
	c := &p.Spec.Containers[0]
	c.Command = []string{"java", "-jar"}
	c.Args = append([]string{"evil\x1b[2J"}, make([]string, 100)...)
	c.Env = []corev1.EnvVar{
		{Name: "GOMEMLIMIT", Value: "400MiB"}, {Name: "PASSWORD", Value: "hunter2"}, {Name: "NODE_OPTIONS", Value: ""},
		{Name: "JAVA_OPTS", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}},
	}
	c.VolumeMounts = []corev1.VolumeMount{{Name: "shm"}, {Name: "disk"}}
	mem := corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory}}
	p.Spec.Volumes = []corev1.Volume{
		{Name: "shm", VolumeSource: mem}, {Name: "unmounted", VolumeSource: mem},
		{Name: "disk", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
	}
	p.Spec.Resources = ptr(requirements("2Gi", ""))
	kill(p, at)
	got := decoded(t, p, none).Containers[0]
	if len(got.Command) != 32 || got.Command[0] != "java" || strings.ContainsRune(got.Command[2].String(), 0x1b) {
		t.Errorf("command %q", got.Command)
	}
	if len(got.Env) != 1 || got.Env[0] != (data.Knob{Name: "GOMEMLIMIT", Value: "400MiB"}) {
		t.Errorf("env %+v, want GOMEMLIMIT alone", got.Env)
	}
	if len(got.MemoryVolumes) != 1 || got.MemoryVolumes[0] != "shm" {
		t.Errorf("memory volumes %v", got.MemoryVolumes)
	}
	if *got.Resources.Limit != 512*data.Mi || *got.Resources.Request != 256*data.Mi || *got.PodLimit != 2*data.Gi {
		t.Errorf("resources %+v pod %v", got.Resources, got.PodLimit)
	}
	if !got.PodCreated.Equal(at) || got.Node != "n1" || got.Restarts != 1 || got.PodPhase != "Running" {
		t.Errorf("%+v", got)
	}
}

func TestResourcesInForce(t *testing.T) {
	t.Parallel()
	p := kill(newPod(meta("shop", "api")), at)
	p.Status.ContainerStatuses[0].Resources = ptr(requirements("1Gi", "512Mi")) // resized in place
	if got := decoded(t, p, none).Containers[0].Resources; *got.Limit != data.Gi || *got.Request != 512*data.Mi {
		t.Errorf("%+v, want what is in force", got)
	}
	p.Status.ContainerStatuses[0].Resources = &corev1.ResourceRequirements{}
	if got := decoded(t, p, none).Containers[0].Resources; *got.Limit != 512*data.Mi {
		t.Errorf("%+v, want what the spec says", got)
	}
	p.Spec.Containers[0].Resources = corev1.ResourceRequirements{}
	if got := decoded(t, p, none).Containers[0].Resources; got.Limit != nil || got.Request != nil {
		t.Errorf("%+v, want none", got)
	}
}

func TestFetchPodKeepsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	p := newPod(meta("shop", "api"))
	if got := decoded(t, p, none); len(got.Containers) != 0 {
		t.Errorf("a healthy pod gives %+v", got)
	}
	got := decoded(t, p, func(c string) bool { return c == "app" })
	if len(got.Containers) != 1 || len(got.Containers[0].Kills) != 0 || got.Containers[0].Workload.Kind != "Pod" {
		t.Errorf("asked for, %+v", got)
	}
}
