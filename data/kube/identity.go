package kube

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// Identity names the cluster for good: the UID of its namespace kube-system, which survives new addresses and
// certificates. Where that may not be read it is the server's address. It is a key, not a text for people.
func (c *Client) Identity(ctx context.Context) string {
	ns, err := c.cs.CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
	if err == nil && ns.UID != "" {
		return string(ns.UID)
	}
	return c.server
}

// NamespaceNames lists the namespaces of the cluster, at most maxNamespaces, in the server's order. Where that is
// forbidden it returns those that are watched, and the error, which wraps data.ErrForbidden.
func (c *Client) NamespaceNames(ctx context.Context) ([]data.Text, error) {
	all, err := c.cs.CoreV1().Namespaces().List(ctx, metav1.ListOptions{Limit: maxNamespaces})
	if err != nil {
		scopes, _ := c.watched()
		var out []data.Text
		for _, ns := range scopes {
			if ns != "" {
				out = append(out, data.Clean(ns))
			}
		}
		return out, c.explain(err, request{verb: "list", resource: "namespaces"})
	}
	out := make([]data.Text, 0, len(all.Items))
	for i := range all.Items {
		out = append(out, data.Clean(all.Items[i].Name))
	}
	return out, nil
}

// maxNamespaces bounds a list that is picked from by typing.
const maxNamespaces = 5000
