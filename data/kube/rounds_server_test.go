package kube_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// small is an API server of one Deployment and its pod, with versions and preconditions as the real one has them. Who
// wrote what is written down, so that a lost update shows.
type small struct {
	mu      sync.Mutex
	version int
	d       *appsv1.Deployment
	pod     *corev1.Pod
	// ours are the writes that were stored for the program; breaches what must never happen.
	ours     []string
	breaches []string
	shown    map[types.UID]string // memory that the plan showed as former, by object
	before   func(s *small)       // called before each write of the program that is no dry run
}

func newSmall() *small {
	s := &small{version: 10, shown: map[types.UID]string{}, before: func(*small) {}}
	s.d = newDeployment("shop", "api")
	s.d.TypeMeta, s.d.UID, s.d.Generation = metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, "deployment-1", 1
	s.pod = newPod(controlled(meta("shop", "api-1"), "apps/v1", "Deployment", "api", s.d.UID))
	s.pod.TypeMeta, s.pod.UID, s.pod.Generation, s.pod.Labels = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, "pod-1", 1, map[string]string{"app": "api"}
	s.settle()
	s.bump(&s.d.ObjectMeta)
	s.bump(&s.pod.ObjectMeta)
	return s
}

// settle lets the kubelet do what the pod's spec asks for.
func (s *small) settle() {
	c := &s.pod.Status.ContainerStatuses[0]
	c.Resources = s.pod.Spec.Containers[0].Resources.DeepCopy()
	c.AllocatedResources = c.Resources.Requests
	s.pod.Status.ObservedGeneration = s.pod.Generation
}

func (s *small) bump(m *metav1.ObjectMeta) {
	s.version++
	m.ResourceVersion = strconv.Itoa(s.version)
}

// memoryOf is the memory that an object gives its container.
func memoryOf(spec *corev1.PodSpec) string {
	r := spec.Containers[0].Resources
	return r.Limits.Memory().String() + "/" + r.Requests.Memory().String()
}

func setLimit(spec *corev1.PodSpec, limit string) {
	spec.Containers[0].Resources.Limits[corev1.ResourceMemory] = resource.MustParse(limit)
}

// ServeHTTP answers; what is not there is a 404.
func (s *small) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := r.URL.Path
	switch {
	case path == "/apis/apps/v1/namespaces/shop/deployments/api" && r.Method == http.MethodGet:
		answer(w, 200, s.d)
	case path == "/apis/apps/v1/namespaces/shop/deployments/api" && r.Method == http.MethodPatch:
		s.patch(w, r, s.d)
	case path == "/api/v1/namespaces/shop/pods/api-1" && r.Method == http.MethodGet:
		answer(w, 200, s.pod)
	case path == "/api/v1/namespaces/shop/pods/api-1/resize" && r.Method == http.MethodPatch:
		s.patch(w, r, s.pod)
	case path == "/api/v1/namespaces/shop/pods" && r.Method == http.MethodGet:
		answer(w, 200, corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}, Items: []corev1.Pod{*s.pod}})
	case path == "/apis/apps/v1/namespaces/shop/replicasets":
		answer(w, 200, appsv1.ReplicaSetList{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSetList"}})
	case path == "/api/v1" && r.Method == http.MethodGet:
		answer(w, 200, metav1.APIResourceList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "APIResourceList"}, GroupVersion: "v1", APIResources: []metav1.APIResource{{Name: "pods/resize"}}})
	default:
		answer(w, 404, status(404, metav1.StatusReasonNotFound, path+" is not here"))
	}
}

// patch carries out a strategic merge patch of the Deployment or the pod.
func (s *small) patch(w http.ResponseWriter, r *http.Request, obj runtime.Object) {
	body, err := io.ReadAll(r.Body)
	dry := r.URL.Query().Get("dryRun") == "All"
	if err == nil && !dry {
		s.before(s)
	}
	_, isPod := obj.(*corev1.Pod)
	if obj = s.d; isPod {
		obj = s.pod
	}
	before, m, spec := obj.DeepCopyObject(), metaOf(obj), specOf(obj)
	var sent struct{ Metadata metav1.ObjectMeta }
	if err := errors.Join(err, json.Unmarshal(body, &sent)); err != nil {
		answer(w, 400, status(400, metav1.StatusReasonBadRequest, err.Error()))
		return
	}
	if sent.Metadata.ResourceVersion != m.ResourceVersion {
		answer(w, 409, status(409, metav1.StatusReasonConflict, "the object has been modified"))
		return
	}
	next := before.DeepCopyObject()
	if err := merge(next, body); err != nil {
		answer(w, 400, status(400, metav1.StatusReasonBadRequest, err.Error()))
		return
	}
	if dry {
		answer(w, 200, next)
		return
	}
	s.judge(m, sent.Metadata, memoryOf(spec), before, next)
	nm := metaOf(next)
	nm.Generation++
	s.bump(nm)
	if d, ok := next.(*appsv1.Deployment); ok {
		s.d = d
	} else if p, ok := next.(*corev1.Pod); ok {
		s.pod = p
		s.settle()
	}
	s.ours = append(s.ours, string(m.UID))
	answer(w, 200, next)
}

// judge writes down what a write that is about to be stored must not do.
func (s *small) judge(m *metav1.ObjectMeta, sent metav1.ObjectMeta, now string, before, next runtime.Object) {
	breach := func(format string, args ...any) { s.breaches = append(s.breaches, fmt.Sprintf(format, args...)) }
	if sent.UID != m.UID {
		breach("a write to %s was meant for %s", m.UID, sent.UID)
	}
	if shown, ok := s.shown[m.UID]; !ok || shown != now {
		breach("a write over %s, but the diff showed %q", now, shown)
	}
	same := next.DeepCopyObject()
	specOf(same).Containers[0].Resources = specOf(before).Containers[0].Resources
	if !equality.Semantic.DeepEqual(same, before) {
		breach("a write changes more than the memory")
	}
}

func merge(obj runtime.Object, patch []byte) error {
	text, err := json.Marshal(obj)
	if err != nil {
		return err
	}
	out, err := strategicpatch.StrategicMergePatch(text, patch, obj)
	if err != nil {
		return err
	}
	switch o := obj.(type) { // what the patch took away must not stay
	case *appsv1.Deployment:
		*o = appsv1.Deployment{}
	case *corev1.Pod:
		*o = corev1.Pod{}
	}
	return json.Unmarshal(out, obj)
}

func metaOf(o runtime.Object) *metav1.ObjectMeta {
	if d, ok := o.(*appsv1.Deployment); ok {
		return &d.ObjectMeta
	}
	return &o.(*corev1.Pod).ObjectMeta
}

func specOf(o runtime.Object) *corev1.PodSpec {
	if d, ok := o.(*appsv1.Deployment); ok {
		return &d.Spec.Template.Spec
	}
	return &o.(*corev1.Pod).Spec
}

// faulty is a transport without a network that goes wrong at random, before or after the server has done its work.
type faulty struct {
	server http.Handler
	mu     sync.Mutex
	rnd    *rand.Rand
	rate   float64 // of faults of writes; a quarter of it for reads
	counts map[string]int
}

var errCut = errors.New("connection reset by peer")

// RoundTrip hands r to the server, or doesn't, and returns its answer, or doesn't.
func (f *faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	write := r.Method == http.MethodPatch && !strings.Contains(r.URL.RawQuery, "dryRun")
	f.mu.Lock()
	rate := f.rate
	if !write {
		rate /= 4
	}
	fault := ""
	if f.rnd.Float64() < rate {
		fault = []string{"cut before", "cut after", "409", "429", "500", "503", "500 after", "503 after", "504 after"}[f.rnd.IntN(9)]
		f.counts[fault]++
	}
	f.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	reply := func(code int, why metav1.StatusReason) (*http.Response, error) {
		w := httptest.NewRecorder()
		if f.roll(2) == 0 && code != 409 { // a proxy that asks for the same request again
			w.Header().Set("Retry-After", "0")
		}
		answer(w, code, status(code, why, "a fault"))
		return w.Result(), nil
	}
	if strings.HasSuffix(fault, "after") || fault == "" {
		w := httptest.NewRecorder()
		f.server.ServeHTTP(w, r)
		if fault == "" {
			return w.Result(), nil
		}
	}
	switch fault {
	case "409":
		return reply(409, metav1.StatusReasonConflict)
	case "429":
		return reply(429, metav1.StatusReasonTooManyRequests)
	case "500", "500 after":
		return reply(500, metav1.StatusReasonInternalError)
	case "503", "503 after":
		return reply(503, metav1.StatusReasonServiceUnavailable)
	case "504 after":
		return reply(504, metav1.StatusReasonTimeout)
	}
	return nil, errCut
}

func (f *faulty) roll(n int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rnd.IntN(n)
}
