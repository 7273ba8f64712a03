package kube_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// line is a server with one Deployment whose connection can be cut around a patch.
type line struct {
	mu      sync.Mutex
	d       *appsv1.Deployment
	patches int
	// onPatch decides what becomes of the nth patch that is no dry run: it may change d. cut drops the connection.
	onPatch func(n int, d *appsv1.Deployment) (cut bool)
	// noGet cuts each GET after the first patch.
	noGet bool
}

func newLine() *line {
	d := newDeployment("shop", "api")
	d.TypeMeta = metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}
	d.UID, d.ResourceVersion, d.Generation = "u", "1", 1
	return &line{d: d}
}

// store does what the patch of the tests asks for.
func store(d *appsv1.Deployment) {
	d.Spec.Template.Spec.Containers[0].Resources = requirements("768Mi", "256Mi")
	d.ResourceVersion, d.Generation = d.ResourceVersion+"1", d.Generation+1
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case r.Method == http.MethodGet && l.noGet && l.patches > 0:
		panic(http.ErrAbortHandler)
	case r.Method == http.MethodGet:
	case r.Method == http.MethodPatch && r.FormValue("dryRun") == "All":
		tried := l.d.DeepCopy()
		store(tried)
		answer(w, 200, tried)
		return
	case r.Method == http.MethodPatch:
		l.patches++
		if l.onPatch(l.patches, l.d) {
			panic(http.ErrAbortHandler)
		}
	default: // the dry run of a pod
		answer(w, 403, status(403, metav1.StatusReasonForbidden, `pods is forbidden: User "jane" cannot create resource "pods"`))
		return
	}
	answer(w, 200, l.d)
}

func TestApplyWhenTheConnectionIsCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		onPatch func(n int, d *appsv1.Deployment) bool
		noGet   bool
		want    error
		patches int
	}{
		{"after it was stored", func(_ int, d *appsv1.Deployment) bool { store(d); return true }, false, nil, 1},
		{"before it was stored, once", func(n int, d *appsv1.Deployment) bool {
			if n == 1 {
				return true
			}
			store(d)
			return false
		}, false, nil, 2},
		{"each time", func(int, *appsv1.Deployment) bool { return true }, false, data.ErrUnknownOutcome, 6},
		{"and nothing can be read", func(_ int, d *appsv1.Deployment) bool { store(d); return true }, true, data.ErrUnknownOutcome, 1},
		{"and somebody else changed it", func(_ int, d *appsv1.Deployment) bool {
			d.Generation, d.ResourceVersion = 9, "9"
			d.Spec.Template.Spec.Containers[0].Resources.Limits["memory"] = resource.MustParse("3Gi")
			return true
		}, false, data.ErrUnknownOutcome, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newLine()
			l.onPatch, l.noGet = c.onPatch, c.noGet
			client := against(t, kube.Options{}, l.ServeHTTP)
			p, err := client.Plan(t.Context(), data.Change{Workload: workload("Deployment", "shop", "api"), Container: "app", Limit: bytes(768 * data.Mi)})
			must(t, err)
			a, err := client.Apply(t.Context(), p)
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if l.patches != c.patches {
				t.Errorf("%d patches, want %d", l.patches, c.patches)
			}
			if err == nil && (*a.After.Limit != 768*data.Mi || a.Generation != 2) {
				t.Errorf("applied %+v", a)
			}
		})
	}
}

func TestApplyGivesUpWhenTheObjectNeverRests(t *testing.T) {
	t.Parallel()
	l := newLine()
	client := against(t, kube.Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch && r.FormValue("dryRun") == "" {
			l.patches++
			answer(w, 409, status(409, metav1.StatusReasonConflict, "the object has been modified"))
			return
		}
		l.ServeHTTP(w, r)
	})
	p, err := client.Plan(t.Context(), data.Change{Workload: workload("Deployment", "shop", "api"), Container: "app", Limit: bytes(768 * data.Mi)})
	must(t, err)
	if _, err := client.Apply(t.Context(), p); !errors.Is(err, data.ErrConflict) || l.patches != 6 {
		t.Errorf("%v after %d patches, want a conflict after 6", err, l.patches)
	}
}

func TestApplyOfAServerThatIsGone(t *testing.T) {
	t.Parallel()
	client := connect(t, refusing(t), kube.Options{})
	_, err := client.Apply(t.Context(), &data.Plan{Change: data.Change{Workload: workload("Deployment", "shop", "api")}, Patch: []byte("{}")})
	if !errors.Is(err, data.ErrUnreachable) || errors.Is(err, data.ErrUnknownOutcome) {
		t.Errorf("nothing was sent: %v", err)
	}
}

func TestDryRunThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code  int
		why   metav1.StatusReason
		words string
		want  error
	}{
		{422, metav1.StatusReasonInvalid, "Invalid value: must be less than or equal to memory limit", data.ErrRefused},
		{403, metav1.StatusReasonForbidden, `admission webhook "limits.example.com" denied the request: too much`, data.ErrRefused},
		{500, metav1.StatusReasonInternalError, `failed calling webhook "limits.example.com": no endpoints`, data.ErrRefused},
		{403, metav1.StatusReasonForbidden, `deployments.apps "api" is forbidden: User "jane" cannot patch resource "deployments"`, data.ErrForbidden},
	} {
		l := newLine()
		client := against(t, kube.Options{}, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPatch {
				answer(w, c.code, status(c.code, c.why, c.words))
				return
			}
			l.ServeHTTP(w, r)
		})
		_, err := client.Plan(t.Context(), data.Change{Workload: workload("Deployment", "shop", "api"), Container: "app", Limit: bytes(data.Gi)})
		if !errors.Is(err, c.want) {
			t.Errorf("%d %s: %v, want %v", c.code, c.words, err, c.want)
		}
		if errors.Is(c.want, data.ErrRefused) && !strings.Contains(err.Error(), c.words) {
			t.Errorf("%v lacks the server's words %q", err, c.words)
		}
		if errors.Is(c.want, data.ErrForbidden) && !strings.Contains(err.Error(), `"jane" lacks the right to patch deployments in namespace shop`) {
			t.Errorf("%v does not name the right", err)
		}
	}
}

func TestWarningsOfTheServerReachThePlan(t *testing.T) {
	t.Parallel()
	l := newLine()
	client := against(t, kube.Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			w.Header().Set("Warning", `299 - "spec is \u001b[31mold"`)
		}
		l.ServeHTTP(w, r)
	})
	p, err := client.Plan(t.Context(), data.Change{Workload: workload("Deployment", "shop", "api"), Container: "app", Limit: bytes(768 * data.Mi)})
	must(t, err)
	if len(p.Warnings) != 1 || !strings.HasPrefix(p.Warnings[0].String(), "spec is ") {
		t.Errorf("warnings %q", p.Warnings)
	}
}
