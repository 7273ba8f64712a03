package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// Found is one container of a workload, with the memory that the template (or the pod) gives it.
type Found struct {
	Name      data.Text
	Kind      data.ContainerKind
	Resources data.Resources
}

// kindNames are kubectl's names of Kubernetes' own kinds, long and short.
var kindNames = map[string]data.Workload{
	"deployment": {APIVersion: "apps/v1", Kind: "Deployment"}, "statefulset": {APIVersion: "apps/v1", Kind: "StatefulSet"},
	"daemonset": {APIVersion: "apps/v1", Kind: "DaemonSet"}, "replicaset": {APIVersion: "apps/v1", Kind: "ReplicaSet"},
	"replicationcontroller": {APIVersion: "v1", Kind: "ReplicationController"}, "job": {APIVersion: "batch/v1", Kind: "Job"},
	"cronjob": {APIVersion: "batch/v1", Kind: "CronJob"}, "pod": {APIVersion: "v1", Kind: "Pod"},
}

var shortNames = map[string]string{
	"deploy": "deployment", "sts": "statefulset", "ds": "daemonset", "rs": "replicaset", "rc": "replicationcontroller", "cj": "cronjob", "po": "pod",
}

// Find reads the workload that ref names as KIND/NAME, in kubectl's spelling ("deployment/api", "sts/db", "pod/x",
// "rollout/web", "prometheus.monitoring.coreos.com/k8s"), and lists its containers. Errors wrap data.ErrUnsupported for a
// kind that is not known, ErrNotFound, ErrForbidden or ErrUnreachable.
func (c *Client) Find(ctx context.Context, namespace, ref string) (data.Workload, []Found, error) {
	kind, name, ok := strings.Cut(ref, "/")
	if !ok || kind == "" || name == "" {
		return data.Workload{}, nil, worded{fmt.Sprintf("%q names no workload: write kind/name, such as deployment/api", data.Clean(ref)), data.ErrUnsupported, data.ErrUnsupported}
	}
	w, err := c.kindNamed(ctx, strings.ToLower(kind))
	if err != nil {
		return data.Workload{}, nil, err
	}
	w.Namespace, w.Name = data.Clean(namespace), data.Clean(name)
	if w.Kind == "Pod" {
		p, err := c.cs.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return w, nil, c.explain(err, request{"get", "pods", namespace, name})
		}
		k, self, bare := ownerOf(p)
		if !bare { // the pod of a workload: what lasts is a change of that
			if self, err = c.owners.find(ctx, k); err != nil {
				return w, nil, c.explain(err, request{"get", "the owner of pods", namespace, name})
			}
		}
		return self, foundIn(&p.Spec), nil
	}
	o, err := c.get(ctx, w)
	if err != nil {
		return w, nil, err
	}
	w.UID, w.Replicas = data.Clean(string(o.meta.UID)), o.replicas
	return w, foundIn(&o.template.Spec), nil
}

// foundIn lists the containers of a spec.
func foundIn(s *corev1.PodSpec) []Found {
	var out []Found
	add := func(list []corev1.Container, kind data.ContainerKind) {
		for i := range list {
			one := Found{data.Clean(list[i].Name), kind, data.Resources{Limit: memory(list[i].Resources.Limits), Request: memory(list[i].Resources.Requests)}}
			if p := list[i].RestartPolicy; kind == data.InitContainer && p != nil && *p == corev1.ContainerRestartPolicyAlways {
				one.Kind = data.SidecarContainer
			}
			out = append(out, one)
		}
	}
	add(s.Containers, data.RegularContainer)
	add(s.InitContainers, data.InitContainer)
	return out
}

// kindNamed finds a kind by its name, plural, or either with its group.
func (c *Client) kindNamed(ctx context.Context, name string) (data.Workload, error) {
	plain, group, _ := strings.Cut(name, ".")
	if long := shortNames[plain]; long != "" {
		plain = long
	}
	for _, n := range []string{plain, strings.TrimSuffix(plain, "s")} {
		w, ok := kindNames[n]
		if have, _, versioned := strings.Cut(w.APIVersion.String(), "/"); ok && (group == "" || versioned && have == group) {
			return w, nil
		}
	}
	for i := range customKinds {
		k := &customKinds[i]
		if (strings.ToLower(k.kind) != plain && k.plural != plain) || group != "" && group != k.group {
			continue
		}
		version, err := c.preferred(ctx, k.group)
		if err != nil {
			return data.Workload{}, err
		}
		if version != "" {
			return data.Workload{APIVersion: data.Clean(version), Kind: data.Clean(k.kind)}, nil
		}
	}
	return data.Workload{}, worded{fmt.Sprintf("%q is not a kind whose memory is set from here", data.Clean(name)), data.ErrUnsupported, data.ErrUnsupported}
}

// preferred is the version of an API group that the server prefers; empty when it has no such group.
func (c *Client) preferred(ctx context.Context, group string) (string, error) {
	all, err := c.cs.Discovery().ServerGroupsWithContext(ctx)
	if err != nil {
		return "", c.explain(err, request{verb: "read", resource: "the list of API groups"})
	}
	i := slices.IndexFunc(all.Groups, func(g metav1.APIGroup) bool { return g.Name == group })
	if i < 0 {
		return "", nil
	}
	return all.Groups[i].PreferredVersion.GroupVersion, nil
}
