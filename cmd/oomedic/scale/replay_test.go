//go:build scale

package scale

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
)

// replayed is how many pods the replay has: the most that Kubernetes is made for. A real API server would want 14 GB for
// them. recordedNamespaces is how many namespaces of the real one are recorded; each is served again under other names.
const (
	replayed           = 150_000
	recordedNamespaces = 20
)

const (
	tableAccept = "application/json;as=Table;v=v1;g=meta.k8s.io"
	protobuf    = "application/vnd.kubernetes.protobuf"
)

// recording is what a real API server answered about one namespace.
type recording struct {
	namespace string
	table     []byte
	pods      [][]byte // as protobuf
	at        map[string]int
	killed    int
}

// replay serves recorded answers over TLS and HTTP/2, as often as it takes to have all pods. Whatever else is asked goes to
// the real API server.
type replay struct {
	recorded   []recording
	namespaces int
	other      http.Handler
}

// record reads what the real API server says about some namespaces.
func (c *cluster) record(t *testing.T) *replay {
	t.Helper()
	r := &replay{}
	pods := 0
	for i := range recordedNamespaces {
		rec := recording{namespace: namespace(i), at: map[string]int{}}
		ask := func(accept string) *rest.Request {
			return c.cs.CoreV1().RESTClient().Get().Namespace(rec.namespace).Resource("pods").Param("resourceVersion", "0").SetHeader("Accept", accept)
		}
		var err error
		rec.table, err = ask(tableAccept).Param("includeObject", string(metav1.IncludeNone)).DoRaw(t.Context())
		must(t, err)
		var l corev1.PodList
		must(t, ask(protobuf).Do(t.Context()).Into(&l))
		for k := range l.Items {
			raw, err := l.Items[k].Marshal()
			must(t, err)
			rec.at[l.Items[k].Name] = len(rec.pods)
			rec.pods = append(rec.pods, raw)
			if e := l.Items[k].Status.ContainerStatuses[0].LastTerminationState.Terminated; e != nil && e.Reason == "OOMKilled" {
				rec.killed++
			}
		}
		if pods += len(l.Items); len(l.Items) == 0 {
			break
		}
		r.recorded = append(r.recorded, rec)
	}
	r.namespaces = (replayed*len(r.recorded) + pods - 1) / pods
	to, err := url.Parse(c.cfg.Host)
	must(t, err)
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.Transport, err = rest.TransportFor(c.cfg)
	must(t, err)
	r.other = proxy
	return r
}

// serve starts the server and returns a kubeconfig for it.
func (r *replay) serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewUnstartedServer(r)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	path := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: replay\ncontexts: [{name: replay, context: {cluster: replay, user: replay}}]\n"+
		"users: [{name: replay, user: {token: x}}]\nclusters: [{name: replay, cluster: {server: %q, certificate-authority-data: %s}}]\n", s.URL, b64(ca))
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func b64(b []byte) string {
	out, _ := json.Marshal(b)
	return strings.Trim(string(out), `"`)
}

// ServeHTTP implements http.Handler.
func (r *replay) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	path := strings.Split(strings.Trim(strings.TrimPrefix(q.URL.Path, "/api/v1"), "/"), "/")
	switch {
	case q.Method != http.MethodGet || !strings.HasPrefix(q.URL.Path, "/api/v1/"):
		r.other.ServeHTTP(w, q)
	case len(path) == 1 && path[0] == "namespaces":
		r.listNamespaces(w)
	case len(path) == 1 && path[0] == "pods":
		r.page(w, q)
	case len(path) >= 3 && path[0] == "namespaces" && path[2] == "pods":
		r.inNamespace(w, q, path)
	default:
		r.other.ServeHTTP(w, q)
	}
}

func (r *replay) listNamespaces(w http.ResponseWriter) {
	l := corev1.NamespaceList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "NamespaceList"}, ListMeta: metav1.ListMeta{ResourceVersion: "1"}}
	for i := range r.namespaces {
		l.Items = append(l.Items, corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace(i)}})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(l)
}

// renamed is recorded bytes with the name of namespace n in the place of the recorded one, which is as long.
func (r *replay) renamed(b []byte, n int) []byte {
	return bytes.ReplaceAll(b, []byte(r.recorded[n%len(r.recorded)].namespace), []byte(namespace(n)))
}

// inNamespace serves the Table of a namespace, or one of its pods.
func (r *replay) inNamespace(w http.ResponseWriter, q *http.Request, path []string) {
	n, err := strconv.Atoi(strings.TrimPrefix(path[1], "scale-"))
	if err != nil || n >= r.namespaces {
		http.NotFound(w, q)
		return
	}
	rec := &r.recorded[n%len(r.recorded)]
	if len(path) == 3 && strings.Contains(q.Header.Get("Accept"), "as=Table") {
		w.Header().Set("Content-Type", "application/json")
		if q.URL.Query().Get("fieldSelector") != "" { // failed pods: the recorded ones have none
			_, _ = w.Write([]byte(`{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{},"columnDefinitions":[{"name":"Name"},{"name":"Ready"},{"name":"Status"},{"name":"Restarts"}],"rows":[]}`))
			return
		}
		_, _ = w.Write(rec.table)
		return
	}
	if len(path) != 4 {
		http.NotFound(w, q)
		return
	}
	i, ok := rec.at[path[3]]
	if !ok {
		http.NotFound(w, q)
		return
	}
	answer(w, "Pod", r.renamed(rec.pods[i], n))
}

// page serves a page of all pods: whole namespaces, as many as come closest to the limit.
func (r *replay) page(w http.ResponseWriter, q *http.Request) {
	n, _ := strconv.Atoi(q.URL.Query().Get("continue"))
	limit, _ := strconv.Atoi(q.URL.Query().Get("limit"))
	var list []byte
	for pods := 0; n < r.namespaces && (limit == 0 || pods < limit); n++ {
		rec := &r.recorded[n%len(r.recorded)]
		for _, raw := range rec.pods {
			list = field(list, 2, r.renamed(raw, n))
		}
		pods += len(rec.pods)
	}
	meta := metav1.ListMeta{ResourceVersion: "1"}
	if n < r.namespaces {
		meta.Continue = strconv.Itoa(n)
	}
	raw, _ := meta.Marshal()
	answer(w, "PodList", field(list, 1, raw))
}

// field appends a length-delimited field.
func field(b []byte, num uint64, v []byte) []byte {
	return append(binary.AppendUvarint(binary.AppendUvarint(b, num<<3|2), uint64(len(v))), v...)
}

func answer(w http.ResponseWriter, kind string, raw []byte) {
	u := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: kind}, Raw: raw}
	b, err := u.Marshal()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", protobuf)
	_, _ = w.Write([]byte("k8s\x00"))
	_, _ = w.Write(b)
}

// replay measures reports on all the pods that the replay has.
func (c *cluster) replay(t *testing.T, program string, f *figures) {
	t.Helper()
	r := c.record(t)
	many := *c
	many.kubeconfig, many.killed, many.pods = r.serve(t), 0, replayed
	for n := range r.namespaces {
		many.killed += r.recorded[n%len(r.recorded)].killed
	}
	for range runs {
		f.replay = append(f.replay, many.report(t, program))
	}
}
