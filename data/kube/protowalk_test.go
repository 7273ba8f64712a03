package kube

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// agree holds the walk of a pod's bytes equal to the generated decoder and decode.
func agree(t *testing.T, raw []byte) {
	t.Helper()
	var p corev1.Pod
	if err := p.Unmarshal(raw); err != nil {
		return // the walk may read less than the decoder and see nothing wrong; what it sees wrong is decoded
	}
	got, err := walkPod(raw)
	if err != nil {
		return // such a pod is decoded in full; TestWalkEqualsTheTypedDecoder sees that no real one is
	}
	want := len(decode(&p, func(string) bool { return false }).Containers) > 0
	if string(got.namespace) != p.Namespace || string(got.name) != p.Name || string(got.uid) != string(p.UID) || got.suspect != want {
		t.Fatalf("walk: %q %q %q suspect %v\ndecoder: %q %q %q suspect %v\nof %x",
			got.namespace, got.name, got.uid, got.suspect, p.Namespace, p.Name, p.UID, want, raw)
	}
}

// randomPod is a pod with up to 50 containers in all states, with and without spec and statuses.
func randomPod(r *rand.Rand) *corev1.Pod {
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Namespace: pick("", "shop", "bank"), Name: fmt.Sprintf("p-%d", r.IntN(1e6)), UID: types.UID(pick("", "2b7f1c1e-0000-4000-8000-000000000001")),
		Labels: map[string]string{"app": "a"}, Annotations: map[string]string{"note": strings.Repeat("x", r.IntN(4000))},
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubelet", FieldsV1: metav1.NewFieldsV1(`{"f:status":{"f:phase":{}}}`)}},
	}}
	end := func() *corev1.ContainerStateTerminated {
		if r.IntN(3) == 0 {
			return nil
		}
		return &corev1.ContainerStateTerminated{
			Reason:   pick("", "OOMKilled", "Error", "Completed", "StartError", "ContainerStatusUnknown"),
			ExitCode: []int32{0, 1, 3, 128, 134, 137, 143, -1, 255}[r.IntN(9)], Signal: int32(r.IntN(10)),
			Message:    pick("", "container init was OOM-killed (memory limit too low?)", "\x1b[31m", strings.Repeat("y", r.IntN(5000))),
			FinishedAt: metav1.NewTime(time.Unix(r.Int64N(2e9)-1e5, 0)), StartedAt: metav1.NewTime(time.Unix(0, 0)),
		}
	}
	statuses := func(n int) (out []corev1.ContainerStatus) {
		for i := range n {
			s := corev1.ContainerStatus{Name: fmt.Sprintf("c%d", i), RestartCount: int32(r.IntN(9)), Image: "registry/img:1"}
			switch r.IntN(4) {
			case 0:
				s.State.Waiting = &corev1.ContainerStateWaiting{Reason: pick("CrashLoopBackOff", "CreateContainerError", ""),
					Message: pick("", "back-off", "container create failed: OOM: the memory limit could be too low: read from the init process")}
			case 1:
				s.State.Running = &corev1.ContainerStateRunning{}
			case 2:
				s.State.Terminated = end()
			}
			if r.IntN(4) == 0 {
				s.LastTerminationState.Terminated = end()
			}
			out = append(out, s)
		}
		return out
	}
	n := []int{0, 1, 2, 4, 50}[r.IntN(5)]
	if r.IntN(5) > 0 {
		for i := range n {
			p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: fmt.Sprintf("c%d", i), Resources: corev1.ResourceRequirements{
				Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("512Mi")}}})
		}
	}
	if r.IntN(5) > 0 {
		p.Status = corev1.PodStatus{Phase: corev1.PodPhase(pick("Running", "Failed", "Pending")), Message: pick("", "m"), PodIP: "10.0.0.1"}
		p.Status.ContainerStatuses = statuses(n)
		p.Status.InitContainerStatuses = statuses(r.IntN(2))
		p.Status.EphemeralContainerStatuses = statuses(r.IntN(2))
	}
	return p
}

func TestWalkEqualsTheTypedDecoder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	suspects := 0
	for range 5000 {
		p := randomPod(r)
		raw, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		agree(t, raw)
		w, err := walkPod(raw)
		if err != nil {
			t.Fatal(err)
		}
		if w.suspect {
			suspects++
		}
		// A message that comes twice is merged, and fields in any order are read.
		more, err := (&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "other"}, Status: randomPod(r).Status}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		agree(t, append(raw, more...))
	}
	if suspects < 1000 || suspects > 4500 {
		t.Errorf("%d of 5000 pods are suspect: the test does not tell much", suspects)
	}
}

func TestWalkRefusesWhatIsNoMessage(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"\x0a\x05ab", "\x0b", "\x00", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x1a\x02\x42\x05", "\x09abc", "\x80"} {
		if _, err := walkPod([]byte(raw)); err == nil {
			t.Errorf("%q: no error", raw)
		}
	}
}

func FuzzSlimPod(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		raw, err := randomPod(r).Marshal()
		if err != nil {
			f.Fatal(err)
		}
		if len(raw) < 4000 {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) { agree(t, raw) })
}

// ordinaryPod is a pod of about ten kilobytes that merely runs.
func ordinaryPod(i int) *corev1.Pod {
	p := randomPod(rand.New(rand.NewPCG(uint64(i), 9)))
	p.Namespace, p.Name, p.UID = "shop", fmt.Sprintf("api-%d", i), types.UID(fmt.Sprintf("2b7f1c1e-0000-4000-8000-%012d", i))
	p.ManagedFields[0].FieldsV1 = metav1.NewFieldsV1(strings.Repeat(`{"f:status":{}}`, 200))
	p.Annotations["note"] = strings.Repeat("x", 3000)
	p.Spec, p.Status = corev1.PodSpec{}, corev1.PodStatus{Phase: corev1.PodRunning}
	for c := range 3 {
		name := fmt.Sprintf("c%d", c)
		spec := corev1.Container{Name: name, Image: "registry.example/img:1"}
		for e := range 20 {
			spec.Env = append(spec.Env, corev1.EnvVar{Name: fmt.Sprintf("VARIABLE_%d", e), Value: "some value of a variable"})
		}
		p.Spec.Containers = append(p.Spec.Containers, spec)
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: name, Image: spec.Image, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}},
		})
	}
	return p
}

func BenchmarkPod(b *testing.B) {
	raw, err := ordinaryPod(1).Marshal()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("walk", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			if w, err := walkPod(raw); err != nil || w.suspect {
				b.Fatal(w, err)
			}
		}
	})
	b.Run("typed", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			var p corev1.Pod
			if err := p.Unmarshal(raw); err != nil {
				b.Fatal(err)
			}
			decode(&p, func(string) bool { return false })
		}
	})
}

// WireList is a PodList as the server sends it: the magic, and a runtime.Unknown around the list.
func WireList(t testing.TB, l *corev1.PodList) []byte {
	t.Helper()
	raw, err := l.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	u := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: "PodList"}, Raw: raw, ContentType: "application/vnd.kubernetes.protobuf"}
	b, err := u.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte("k8s\x00"), b...)
}

func TestPageIsReadWhateverTheChunks(t *testing.T) {
	t.Parallel()
	l := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "42", Continue: "next", RemainingItemCount: new(int64)}}
	*l.RemainingItemCount = 77
	for i := range 60 {
		l.Items = append(l.Items, *ordinaryPod(i))
	}
	wire := WireList(t, l)
	for _, chunk := range []int{1, 7, 4096, len(wire)} {
		n := 0
		p := &podReader{walked: func(raw []byte) error { n++; agree(t, raw); return nil }}
		page, err := p.read(&slicer{b: wire, n: chunk})
		if err != nil || page != (podPage{version: "42", next: "next", remaining: 77}) || n != 60 {
			t.Errorf("chunks of %d: %+v, %d pods, %v", chunk, page, n, err)
		}
	}
	for _, percent := range []int{0, 1, 50, 99} {
		n := 0
		p := &podReader{walked: func([]byte) error { n++; return nil }}
		_, err := p.read(bytes.NewReader(wire[:len(wire)*percent/100]))
		if err == nil || n > 60*percent/100 {
			t.Errorf("cut at %d %%: %d pods, %v", percent, n, err)
		}
	}
}

// slicer gives n bytes at a time.
type slicer struct {
	b []byte
	n int
}

func (s *slicer) Read(b []byte) (int, error) {
	if len(s.b) == 0 {
		return 0, fmt.Errorf("after the end: %w", bytes.ErrTooLarge)
	}
	n := copy(b, s.b[:min(s.n, len(s.b))])
	s.b = s.b[n:]
	return n, nil
}
