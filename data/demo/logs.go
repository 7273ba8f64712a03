package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedv1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	fakerest "k8s.io/client-go/rest/fake"
)

// clientset is the fake clientset with the logs of the sandbox's containers: the fake one does not tell whose log is
// asked for.
type clientset struct {
	kubernetes.Interface
	s *Sandbox
}

// CoreV1 returns the core group.
func (c clientset) CoreV1() typedv1.CoreV1Interface { return coreV1{c.Interface.CoreV1(), c.s} }

type coreV1 struct {
	typedv1.CoreV1Interface
	s *Sandbox
}

// Pods returns the pods of a namespace.
func (c coreV1) Pods(namespace string) typedv1.PodInterface {
	return podsWithLogs{c.CoreV1Interface.Pods(namespace), c.s, namespace}
}

type podsWithLogs struct {
	typedv1.PodInterface
	s         *Sandbox
	namespace string
}

// GetLogs returns the request for a container's log.
func (p podsWithLogs) GetLogs(name string, o *corev1.PodLogOptions) *rest.Request {
	c := fakerest.RESTClient{
		NegotiatedSerializer: scheme.Codecs.WithoutConversion(), GroupVersion: corev1.SchemeGroupVersion,
		VersionedAPIPath: fmt.Sprintf("/api/v1/namespaces/%s/pods/%s/log", p.namespace, name),
		Client: fakerest.CreateHTTPClient(func(r *http.Request) (*http.Response, error) {
			if err := r.Context().Err(); err != nil {
				return nil, err
			}
			text, err := p.s.podLog(p.namespace, name, o)
			if err != nil {
				return refusal(err), nil
			}
			return apiAnswer(http.StatusOK, "text/plain", text), nil
		}),
	}
	return c.Request()
}

// apiAnswer is an answer of the API server.
func apiAnswer(code int, kind string, body []byte) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}
}

// refusal is the answer of the API server that tells of an error.
func refusal(err error) *http.Response {
	status := apierrors.NewInternalError(err).Status()
	if known, ok := err.(apierrors.APIStatus); ok { //nolint:errorlint // it was made by the caller and is not wrapped
		status = known.Status()
	}
	status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	body, err := json.Marshal(status)
	if err != nil {
		body = nil
	}
	return apiAnswer(int(status.Code), "application/json", body)
}

// podLog returns the log of a container as a kubelet does, or the refusal of one that has none.
func (s *Sandbox) podLog(namespace, name string, o *corev1.PodLogOptions) ([]byte, error) {
	s.api.mu.Lock()
	defer s.api.mu.Unlock()
	if s.api.closed {
		return nil, apierrors.NewServiceUnavailable("the sandbox was closed")
	}
	p := s.cluster.podNamed(namespace, name)
	if p == nil {
		return nil, apierrors.NewNotFound(podsGVR.GroupResource(), name)
	}
	l, initial, err := p.logged(o)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	voice := p.w.program().voice
	if l.reason == reasonStartError || voice == nil {
		return nil, nil // the program never ran
	}
	scene := newScene(p, l, s.cluster.instant())
	scene.init = initial
	voice(scene)
	n := len(scene.lines)
	if o.TailLines != nil {
		n = int(*o.TailLines)
	}
	for _, line := range scene.sorted(n) {
		if o.Timestamps {
			b.WriteString(line.at.UTC().Format(time.RFC3339Nano) + " ")
		}
		b.WriteString(line.text + "\n")
	}
	return b.Bytes(), nil
}

// logged returns the instance whose log is asked for, and whether it is of the init container.
func (p *pod) logged(o *corev1.PodLogOptions) (l *life, initial bool, err error) {
	name, c := o.Container, &p.run
	if name == "" {
		name = p.spec.Containers[0].Name
	}
	initial = len(p.spec.InitContainers) > 0 && name == p.spec.InitContainers[0].Name
	if !initial && name != p.spec.Containers[0].Name {
		return nil, false, apierrors.NewBadRequest(fmt.Sprintf("container %s is not valid for pod %s", name, p.name))
	}
	waiting := apierrors.NewBadRequest(fmt.Sprintf("container %q in pod %q is waiting to start: PodInitializing", name, p.name))
	missing := apierrors.NewBadRequest(fmt.Sprintf("previous terminated container %q in pod %q not found", name, p.name))
	switch {
	case !initial && p.initializing():
		return nil, false, waiting
	case initial && p.initDone && o.Previous, !initial && p.initDone && o.Previous && c.former != nil && c.former.n == c.life.n-1 && c.restarts == 0:
		return nil, initial, missing
	case initial && p.initDone:
		return c.former, true, nil
	case o.Previous && c.former == nil:
		return nil, initial, missing
	case o.Previous:
		return c.former, initial, nil
	case c.running || c.current != nil:
		return &c.life, initial, nil
	case c.former != nil:
		return c.former, initial, nil
	}
	return nil, initial, waiting
}
