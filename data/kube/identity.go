package kube

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
