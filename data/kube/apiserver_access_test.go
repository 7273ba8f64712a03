package kube_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// as returns a configuration that acts as another user.
func as(cfg *rest.Config, user string) *rest.Config {
	cfg = rest.CopyConfig(cfg)
	cfg.Impersonate.UserName = user
	return cfg
}

// grant gives a user verbs on resources of a namespace.
func grant(t *testing.T, cs kubernetes.Interface, ns, user string, rules ...rbacv1.PolicyRule) {
	t.Helper()
	role, err := cs.RbacV1().Roles(ns).Create(t.Context(), &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{GenerateName: "r-"}, Rules: rules}, metav1.CreateOptions{})
	must(t, err)
	_, err = cs.RbacV1().RoleBindings(ns).Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "b-"}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
	}, metav1.CreateOptions{})
	must(t, err)
}

// grantNamespaces lets a user list namespaces.
func grantNamespaces(t *testing.T, cs kubernetes.Interface, user string) {
	t.Helper()
	role, err := cs.RbacV1().ClusterRoles().Create(t.Context(), &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "ns-"}, Rules: []rbacv1.PolicyRule{rule("", "namespaces", "get", "list")},
	}, metav1.CreateOptions{})
	must(t, err)
	_, err = cs.RbacV1().ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "ns-"}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
	}, metav1.CreateOptions{})
	must(t, err)
}

func rule(group, resource string, verbs ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: []string{resource}, Verbs: verbs}
}

var readPods = rule("", "pods", "get", "list", "watch")

// checked calls Check until it says what is wanted: RBAC takes a moment to learn a role.
func checked(t *testing.T, c *kube.Client, ok func(data.Cluster, error) bool) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for {
		cl, err := c.Check(t.Context())
		if ok(cl, err) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("Check: %+v, %v", cl, err)
		}
	}
}

func TestServerCheck(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns, other := newNamespace(t, cs), newNamespace(t, cs)

	checked(t, connect(t, apiServer(t), kube.Options{Context: "prod"}), func(c data.Cluster, err error) bool {
		return err == nil && strings.HasPrefix(c.Version.String(), "v1.") && len(c.Namespaces) == 0 && c.Context == "prod"
	})
	t.Run("a namespace that does not exist", func(t *testing.T) {
		_, err := connect(t, apiServer(t), kube.Options{Namespaces: []string{"no-such"}}).Check(t.Context())
		if !errors.Is(err, data.ErrNotFound) || !strings.Contains(err.Error(), "namespace no-such does not exist") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no right at all", func(t *testing.T) {
		_, err := connect(t, as(apiServer(t), "nobody"), kube.Options{Fallback: ns}).Check(t.Context())
		want := `user "nobody" needs get, list and watch on pods in namespace ` + ns
		if !errors.Is(err, data.ErrForbidden) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	})
	t.Run("one namespace of many", func(t *testing.T) {
		grant(t, cs, ns, "jane", readPods)
		grantNamespaces(t, cs, "jane")
		checked(t, connect(t, as(apiServer(t), "jane"), kube.Options{}), func(c data.Cluster, err error) bool {
			return err == nil && slices.Equal(c.Namespaces, []data.Text{data.Text(ns)})
		})
	})
	t.Run("the context's namespace when namespaces may not be listed", func(t *testing.T) {
		grant(t, cs, ns, "joe", readPods)
		checked(t, connect(t, as(apiServer(t), "joe"), kube.Options{Fallback: ns}), func(c data.Cluster, err error) bool {
			return err == nil && slices.Equal(c.Namespaces, []data.Text{data.Text(ns)})
		})
	})
	t.Run("list without watch is not enough", func(t *testing.T) {
		grant(t, cs, ns, "lister", rule("", "pods", "get", "list"))
		checked(t, connect(t, as(apiServer(t), "lister"), kube.Options{Namespaces: []string{ns}}), func(_ data.Cluster, err error) bool {
			return errors.Is(err, data.ErrForbidden) && strings.Contains(err.Error(), "cannot watch pods")
		})
	})
	t.Run("two wanted, one allowed", func(t *testing.T) {
		grant(t, cs, ns, "half", readPods)
		c := connect(t, as(apiServer(t), "half"), kube.Options{Namespaces: []string{ns, other}})
		checked(t, c, func(c data.Cluster, err error) bool { return err == nil && len(c.Namespaces) == 1 })
		st := watching(t, c)
		until(t, st, 5*time.Second, "live with a gap", func(s *data.Snapshot) bool {
			return live(s) && len(s.Gaps) == 1 && strings.Contains(s.Gaps[0].Why.String(), other)
		})
	})
}

func TestServerOwnersThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	create(t, cs, kill(newPod(controlled(meta(ns, "api-7d9f-x"), "apps/v1", "ReplicaSet", "api-7d9f", "u1")), at))
	create(t, cs, kill(newPod(controlled(meta(ns, "pg-1"), "postgresql.cnpg.io/v1", "Cluster", "pg", "u2")), at))
	grant(t, cs, ns, "reader", readPods)
	c := connect(t, as(apiServer(t), "reader"), kube.Options{Namespaces: []string{ns}})
	checked(t, c, func(_ data.Cluster, err error) bool { return err == nil })
	st := watching(t, c)
	until(t, st, 5*time.Second, "both workloads", func(s *data.Snapshot) bool {
		api, pg := find(s, "api-7d9f-x", "app"), find(s, "pg-1", "app")
		return api != nil && api.Workload.Ref() == "replicaset/api-7d9f" && strings.Contains(api.Workload.Problem.String(), "cannot get") &&
			pg != nil && pg.Workload.Ref() == "cluster/pg" && pg.Workload.Problem == ""
	})
}

func TestServerRightsLost(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	create(t, cs, kill(newPod(meta(ns, "api")), at))
	c := connect(t, as(apiServer(t), "late"), kube.Options{Namespaces: []string{ns}})
	st := watching(t, c)
	until(t, st, 5*time.Second, "stale with a gap", func(s *data.Snapshot) bool {
		return stale(s) && len(s.Gaps) == 1 && strings.Contains(s.Health.Problem.String(), `user "late" needs get, list and watch on pods in namespace `+ns)
	})
	grant(t, cs, ns, "late", readPods)
	until(t, st, 10*time.Second, "live once the right is there", func(s *data.Snapshot) bool {
		return live(s) && len(s.Gaps) == 0 && find(s, "api", "app") != nil
	})
}

func TestServerRefusesCredentials(t *testing.T) {
	t.Parallel()
	cfg := rest.AnonymousClientConfig(apiServer(t))
	cfg.BearerToken = "expired"
	_, err := connect(t, cfg, kube.Options{}).Check(t.Context())
	if !errors.Is(err, data.ErrUnauthorized) || !strings.Contains(err.Error(), "log in again") || strings.ContainsAny(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}
