package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/ui"
)

// switchTime is how long the first requests to another cluster may take.
const switchTime = 20 * time.Second

// switcher leads from the cluster that is shown to others of the kubeconfig.
type switcher struct {
	o *options // as the program was started

	mu      sync.Mutex
	client  *kube.Client
	context data.Text
	metrics *finder
}

// Namespaces are those of the cluster that is shown.
func (s *switcher) Namespaces(ctx context.Context) ([]data.Text, error) {
	s.mu.Lock()
	c := s.client
	s.mu.Unlock()
	return c.NamespaceNames(ctx)
}

// Contexts are those of the kubeconfig.
func (s *switcher) Contexts() ([]data.Text, error) {
	raw, err := s.o.kube.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, fmt.Errorf("the kubeconfig can't be read: %w", err)
	}
	out := make([]data.Text, 0, len(raw.Contexts))
	for name := range raw.Contexts {
		out = append(out, data.Clean(name))
	}
	slices.Sort(out)
	return out, nil
}

// Switch makes the first requests and begins the watch. A credential plugin may not ask for anything: the screen is
// taken. Flags that name a server or credentials are for the cluster that the program was started on.
func (s *switcher) Switch(ctx context.Context, kubeContext, namespace data.Text) (ui.Place, error) {
	s.mu.Lock()
	same := kubeContext == "" || kubeContext == s.context
	first, m := s.context, s.metrics
	s.mu.Unlock()
	o := s.o.elsewhere(kubeContext.String(), namespace.String(), kubeContext == "" || kubeContext == first && s.o.startedOn(first))
	limited, cancel := context.WithTimeout(ctx, switchTime)
	defer cancel()
	client, cluster, err := o.connect(limited)
	if err != nil {
		return ui.Place{}, err
	}
	if !same || m == nil {
		if m, err = o.openMetrics(client, cluster); err != nil {
			return ui.Place{}, err
		}
	}
	w := o.watch(ctx, client, cluster, o.openKillLog(limited, client))
	taken := func() { // a switch that is given up, or not taken, leaves all as it is
		s.mu.Lock()
		defer s.mu.Unlock()
		s.client, s.context, s.metrics = client, cluster.Context, m
	}
	return ui.Place{Source: w.store, Cluster: client, Metrics: m, Connections: m, Where: cluster, Stop: w.stop, Taken: taken}, nil
}

// startedOn reports whether the program was started on a context, so that all flags are meant for it.
func (o *options) startedOn(name data.Text) bool {
	if c := *o.kube.Context; c != "" {
		return c == name.String()
	}
	raw, err := o.kube.ToRawKubeConfigLoader().RawConfig()
	return err == nil && raw.CurrentContext == name.String()
}

// elsewhere are the options for another context or namespace. Nothing is asked on the terminal.
func (o *options) elsewhere(kubeContext, namespace string, whole bool) *options {
	out := *o
	kf := genericclioptions.NewConfigFlags(true)
	kf.KubeConfig, kf.CacheDir, kf.Impersonate, kf.ImpersonateGroup, kf.ImpersonateUID = o.kube.KubeConfig, o.kube.CacheDir, o.kube.Impersonate, o.kube.ImpersonateGroup, o.kube.ImpersonateUID
	kf.Timeout, kf.DisableCompression = o.kube.Timeout, o.kube.DisableCompression
	if whole {
		kf.ClusterName, kf.AuthInfoName, kf.APIServer, kf.TLSServerName, kf.Insecure = o.kube.ClusterName, o.kube.AuthInfoName, o.kube.APIServer, o.kube.TLSServerName, o.kube.Insecure
		kf.CertFile, kf.KeyFile, kf.CAFile, kf.BearerToken = o.kube.CertFile, o.kube.KeyFile, o.kube.CAFile, o.kube.BearerToken
		kf.Username, kf.Password = o.kube.Username, o.kube.Password
	}
	kf.Context, kf.Namespace = &kubeContext, &namespace
	out.kube, out.allNamespaces, out.quiet = kf, namespace == "", true
	return &out
}
