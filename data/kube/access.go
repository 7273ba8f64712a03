package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// probeWorkers is how many namespaces are tried at a time when listing everywhere is forbidden.
const probeWorkers = 8

// errNoNamespace marks a namespace that does not exist.
var errNoNamespace = errors.New("no such namespace")

// Check makes the first requests: who answers, and where pods may be listed and watched. It decides which namespaces
// List and Watch take: the wanted ones, else all, else those of the cluster where it is allowed, else
// Options.Fallback. The error is one line that wraps data.ErrUnauthorized, ErrForbidden, ErrUnreachable or ErrNotFound
// and says what is missing.
func (c *Client) Check(ctx context.Context) (data.Cluster, error) {
	out := data.Cluster{Context: data.Clean(c.o.Context), Server: data.Clean(c.server), ReadOnly: c.o.ReadOnly, Protected: c.o.Protected}
	v, err := c.cs.Discovery().ServerVersionWithContext(ctx)
	switch {
	case err == nil:
		out.Version = data.Clean(v.GitVersion)
	case !apierrors.IsForbidden(err):
		return out, c.explain(err, request{verb: "read", resource: "the version of the server"})
	}
	scopes, denied, err := c.access(ctx)
	if err != nil {
		return out, err
	}
	c.mu.Lock()
	c.scopes, c.denied = scopes, denied
	c.mu.Unlock()
	if len(scopes) > 1 || scopes[0] != "" {
		for _, ns := range scopes {
			out.Namespaces = append(out.Namespaces, data.Clean(ns))
		}
	}
	return out, nil
}

// access finds the namespaces to watch and why others are left out.
func (c *Client) access(ctx context.Context) ([]string, map[string]string, error) {
	if len(c.o.Namespaces) > 0 {
		return c.probeAll(ctx, c.o.Namespaces, true)
	}
	_, everywhere := c.probe(ctx, "")
	if everywhere == nil {
		return []string{""}, nil, nil
	}
	if !errors.Is(everywhere, data.ErrForbidden) {
		return nil, nil, everywhere
	}
	all, err := c.cs.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
	if err == nil && len(all.Items) > 0 {
		names := make([]string, 0, len(all.Items))
		for i := range all.Items {
			names = append(names, all.Items[i].Name)
		}
		if scopes, _, err := c.probeAll(ctx, names, false); err == nil {
			return scopes, nil, nil
		} else if !errors.Is(err, data.ErrForbidden) {
			return nil, nil, err
		}
	}
	if c.o.Fallback == "" {
		return nil, nil, everywhere
	}
	return c.probeAll(ctx, []string{c.o.Fallback}, true)
}

// probeAll tries each namespace and returns those that may be read, in order, and why the others may not. It is an
// error when none may, when one of the wanted does not exist, or when the server cannot be talked to.
func (c *Client) probeAll(ctx context.Context, namespaces []string, wanted bool) ([]string, map[string]string, error) {
	errs := make([]error, len(namespaces))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(probeWorkers)
	for i, ns := range namespaces {
		g.Go(func() error {
			empty, err := c.probe(gctx, ns)
			if err == nil && empty && wanted {
				err = c.exists(gctx, ns)
			}
			errs[i] = err
			if errs[i] != nil && !errors.Is(errs[i], data.ErrForbidden) {
				return errs[i]
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	var scopes []string
	denied := map[string]string{}
	for i, ns := range namespaces {
		switch {
		case errs[i] != nil:
			denied[ns] = errs[i].Error()
		case !slices.Contains(scopes, ns):
			scopes = append(scopes, ns)
		}
	}
	if len(scopes) == 0 {
		return nil, nil, errs[0]
	}
	return scopes, denied, nil
}

// probe asks for pods of a namespace, "" for all, in the two ways that are needed later: a list of one item, and a watch
// from there that is ended at once. Doing it is the one answer that no authorizer and no proxy can get wrong. empty says
// that the list had nothing.
func (c *Client) probe(ctx context.Context, ns string) (empty bool, err error) {
	list, err := c.cs.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{Limit: 1, LabelSelector: c.o.Selector})
	if err != nil {
		return false, c.podRight(err, "list", ns)
	}
	second := int64(1)
	w, err := c.cs.CoreV1().Pods(ns).Watch(ctx, metav1.ListOptions{
		LabelSelector: c.o.Selector, ResourceVersion: list.ResourceVersion, TimeoutSeconds: &second,
	})
	if err != nil {
		if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
			return false, nil // the right is there, the list was old
		}
		return false, c.podRight(err, "watch", ns)
	}
	w.Stop()
	return len(list.Items) == 0, nil
}

// podRight explains an error of listing or watching pods; a forbidden one names the rights that the program needs.
func (c *Client) podRight(err error, verb, ns string) error {
	e := c.explain(err, request{verb: verb, resource: "pods", namespace: ns})
	if !errors.Is(e, data.ErrForbidden) {
		return e
	}
	where := "in all namespaces (or name the allowed ones with -n)"
	if ns != "" {
		where = "in namespace " + ns
	}
	return worded{fmt.Sprintf("cannot %s pods: user %s needs get, list and watch on pods %s", verb, user(err), where), data.ErrForbidden, err}
}

// exists returns an error when the server knows that a namespace does not exist. Listing in one that does not exist is
// allowed and empty, so an empty list alone says nothing. Whoever may not look gets no error.
func (c *Client) exists(ctx context.Context, ns string) error {
	_, err := c.cs.CoreV1().Namespaces().Get(ctx, ns, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return worded{fmt.Sprintf("namespace %s does not exist%s", ns, c.like(ctx, ns)), data.ErrNotFound, errNoNamespace}
	case err == nil, apierrors.IsForbidden(err):
		return nil
	}
	return c.explain(err, request{verb: "get", resource: "namespaces", name: ns})
}

// like names up to three namespaces whose name is near the one that does not exist, for the text of the error.
func (c *Client) like(ctx context.Context, ns string) string {
	all, err := c.cs.CoreV1().Namespaces().List(ctx, metav1.ListOptions{Limit: 500})
	if err != nil {
		return ""
	}
	var near []string
	for i := range all.Items {
		name := all.Items[i].Name
		if len(near) < 3 && (strings.Contains(name, ns) || strings.Contains(ns, name)) {
			near = append(near, name)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return " (there is " + strings.Join(near, ", ") + ")"
}
