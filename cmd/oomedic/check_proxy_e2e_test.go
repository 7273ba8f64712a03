//go:build e2e

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// proxiedKinds are the ways in which a Prometheus stands behind its service: at the root, below a path that nobody is told
// of, and with a certificate that nobody has signed.
var proxiedKinds = []struct {
	namespace, prefix string
	https             bool
}{
	{namespace: "plain"},
	{namespace: "below", prefix: "/team-a/metrics"},
	{namespace: "secret", https: true},
}

// TestPrometheusBehindTheServiceProxy runs check and report against a real API server with a real Prometheus behind its
// service proxy, which is found by the labels of its service, as several users.
func TestPrometheusBehindTheServiceProxy(t *testing.T) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Skip("KUBEBUILDER_ASSETS is not set: run make e2e, which builds the API server first")
	}
	env := &envtest.Environment{ControlPlaneStartTimeout: 3 * time.Minute, ControlPlaneStopTimeout: time.Minute}
	if _, err := env.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = env.Stop() })
	for _, kind := range proxiedKinds {
		t.Run(kind.namespace, func(t *testing.T) {
			c := &proxiedCluster{env: env, namespace: kind.namespace, admin: adminOf(t, env)}
			c.killedPod(t)
			p := prometheusOnDisk(t, kind.prefix, kind.https, c.namespace)
			c.service(t, p)
			c.walk(t, p, kind.prefix)
		})
	}
}

// walk looks at the cluster as one who may do everything, as one who may only get, and as one who may not use the proxy.
func (c *proxiedCluster) walk(t *testing.T, p *realPrometheus, prefix string) {
	t.Run("who may do all asks by POST", func(t *testing.T) {
		r := c.check(t, c.user(t, "chief", rbacv1.PolicyRule{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"*"}}), nil)
		c.accepted(t, r, prefix)
		if methods := p.methods(t); !slices.Equal(methods, []string{"POST"}) {
			t.Errorf("Prometheus was asked by %v", methods)
		}
	})
	reader := []rbacv1.PolicyRule{get("pods", "get", "list", "watch"), get("services", "list"), get("services/proxy", "get"), get("namespaces", "get", "list"), get("nodes", "list")}
	t.Run("who may only get is answered by GET", func(t *testing.T) {
		who := c.user(t, "reader", reader...)
		r := c.check(t, who, nil)
		c.accepted(t, r, prefix)
		if methods := p.methods(t); !slices.Equal(methods, []string{"GET"}) {
			t.Errorf("Prometheus was asked by %v", methods)
		}
		c.reportHasThePeak(t, who)
		if methods := p.methods(t); !slices.Equal(methods, []string{"GET"}) {
			t.Errorf("for the report Prometheus was asked by %v", methods)
		}
	})
	t.Run("who may not is told so", func(t *testing.T) {
		who := c.user(t, "outsider", reader[0], reader[1])
		r := c.check(t, who, errNoneUsable)
		if len(r.Candidates) != 1 {
			t.Fatalf("%+v", r)
		}
		one := r.Candidates[0]
		if one.State != string(data.Refused) || !strings.Contains(one.Why, `user "`+who.name+`" lacks the right to get services/proxy, and the port-forward failed`) {
			t.Errorf("%+v", one)
		}
		if methods := p.methods(t); len(methods) != 0 {
			t.Errorf("Prometheus was asked by %v", methods)
		}
		report := c.report(t, who)
		if report.Metrics.Reachable || report.Metrics.Problem == nil || len(report.Cases) != 1 {
			t.Errorf("%+v, %d cases", report.Metrics, len(report.Cases))
		}
	})
}

func get(resource string, verbs ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{resource}, Verbs: verbs}
}

// accepted holds that the one service was found, used through the proxy, and told what it is.
func (c *proxiedCluster) accepted(t *testing.T, r checked, prefix string) {
	t.Helper()
	if len(r.Candidates) != 1 {
		t.Fatalf("%+v", r)
	}
	one := r.Candidates[0]
	if !one.inUse() || one.Via != "service proxy" || !strings.HasSuffix(one.Address, ".svc:9090"+prefix) || !strings.HasPrefix(one.Answer, "speaks PromQL, version 2") &&
		!strings.HasPrefix(one.Answer, "speaks PromQL, version 3") {
		t.Errorf("%+v", one)
	}
	if one.ScrapeIntervalSeconds == nil || *one.ScrapeIntervalSeconds != 30 || one.ReachSeconds == nil || *one.ReachSeconds < 3600 {
		t.Errorf("%+v", one)
	}
}

// reportHasThePeak holds that the samples that were written come through the proxy to the end of the arithmetic.
func (c *proxiedCluster) reportHasThePeak(t *testing.T, who proxiedUser) {
	t.Helper()
	r := c.report(t, who)
	if !r.Metrics.Reachable || len(r.Cases) != 1 {
		t.Fatalf("%+v, %d cases", r.Metrics, len(r.Cases))
	}
	one := r.Cases[0]
	usage := one.Usage[data.Day]
	if usage == nil || usage.Max != proxiedPeak {
		t.Errorf("usage %+v, want a peak of %v; gaps %v", usage, proxiedPeak, one.Gaps)
	}
}

// check runs the command as a user until the API server knows of the service and of the role, and returns what it says.
func (c *proxiedCluster) check(t *testing.T, who proxiedUser, want error) (r checked) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		o, out := c.options(t, who)
		err := o.check(t.Context(), "json")
		r = checked{}
		bad := json.Unmarshal(out.Bytes(), &r)
		if errors.Is(err, want) && bad == nil {
			return r
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v, want %v\n%s", err, want, out)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// report runs the command as a user.
func (c *proxiedCluster) report(t *testing.T, who proxiedUser) (r analysis.Report) {
	t.Helper()
	o, out := c.options(t, who)
	o.output = "json"
	if err := o.report(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return r
}

// options are those of a command line in an empty home folder, with the kubeconfig of a user.
func (c *proxiedCluster) options(t *testing.T, who proxiedUser) (*options, *bytes.Buffer) {
	t.Helper()
	home := t.TempDir()
	for _, dir := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(dir, home)
	}
	file := filepath.Join(home, "kubeconfig")
	if err := os.WriteFile(file, who.kubeconfig, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	o := newOptions(genericiooptions.IOStreams{In: &bytes.Buffer{}, Out: &out, ErrOut: &bytes.Buffer{}})
	*o.kube.KubeConfig, *o.kube.Namespace, o.sinceText = file, c.namespace, "24h"
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	return o, &out
}

// proxiedUser is one who was given rights in the namespace.
type proxiedUser struct {
	name       string
	kubeconfig []byte
}

// user makes a user with rights in the namespace alone.
func (c *proxiedCluster) user(t *testing.T, name string, rules ...rbacv1.PolicyRule) proxiedUser {
	t.Helper()
	name += "-" + c.namespace
	u, err := c.env.AddUser(envtest.User{Name: name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig, err := u.KubeConfig()
	if err != nil {
		t.Fatal(err)
	}
	role := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}
	if _, err := c.admin.RbacV1().Roles(c.namespace).Create(t.Context(), role, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.admin.RbacV1().RoleBindings(c.namespace).Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: name}},
	}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return proxiedUser{name, kubeconfig}
}
