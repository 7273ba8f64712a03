package main

import (
	"context"
	"fmt"
	"os"

	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	// Credential plugins that are compiled in, as kubectl has them.
	_ "k8s.io/client-go/plugin/pkg/client/auth"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// connect reads the kubeconfig, makes the first requests and returns the client. Where a credential plugin may ask on the
// terminal it is called before the screen is taken.
func (o *options) connect(ctx context.Context) (*kube.Client, data.Cluster, error) {
	cfg, ko, err := o.readKubeconfig()
	if err != nil {
		return nil, data.Cluster{}, err
	}
	return o.open(ctx, cfg, ko)
}

// mayAsk reports whether a credential plugin may ask on the terminal.
func mayAsk(cfg *rest.Config) bool {
	return cfg.ExecProvider != nil && !cfg.ExecProvider.StdinUnavailable
}

// readKubeconfig says how the cluster is reached, without reaching for it. A password that is missing is asked for here.
func (o *options) readKubeconfig() (*rest.Config, kube.Options, error) {
	klog.LogToStderr(false)
	klog.SetOutput(o.logTo)
	loader := o.kube.ToRawKubeConfigLoader()
	raw, err := loader.RawConfig()
	if err != nil {
		return nil, kube.Options{}, fmt.Errorf("the kubeconfig can't be read: %w", err)
	}
	if len(raw.Clusters) == 0 && *o.kube.APIServer == "" && os.Getenv("KUBERNETES_SERVICE_HOST") == "" {
		return nil, kube.Options{}, fmt.Errorf("no kubeconfig was found (looked at %s): set KUBECONFIG or --kubeconfig; \"oomedic demo\" needs no cluster",
			loader.ConfigAccess().GetDefaultFilename())
	}
	name := *o.kube.Context
	if name == "" {
		name = raw.CurrentContext
	}
	if _, ok := raw.Contexts[name]; !ok && *o.kube.Context != "" {
		return nil, kube.Options{}, fmt.Errorf("the kubeconfig has no context %q; it has: %s", name, contextNames(raw.Contexts))
	}
	cfg, err := loader.ClientConfig()
	if err != nil {
		return nil, kube.Options{}, fmt.Errorf("the kubeconfig can't be used: %w", err)
	}
	if o.quiet && cfg.ExecProvider != nil {
		silence(cfg)
	}
	guard, err := o.metrics.guard(name)
	if err != nil {
		return nil, kube.Options{}, err
	}
	fallback, _, err := loader.Namespace()
	if err != nil {
		fallback = ""
	}
	cfg.Timeout = 0 // --request-timeout must not end a watch
	cfg.UserAgent = "oomedic/" + versionText()
	return cfg, kube.Options{
		Namespaces: o.namespaces(), Selector: o.selector, ReadOnly: o.readOnly || guard.ReadOnly, Protected: guard.Protected, Context: name, Fallback: fallback, Log: o.log,
		Journal: openJournal(), As: *o.kube.Impersonate, Since: o.since,
	}, nil
}

// open makes the first requests with a client that may use the terminal, and returns one that may not.
func (o *options) open(ctx context.Context, cfg *rest.Config, ko kube.Options) (*kube.Client, data.Cluster, error) {
	first, err := kube.New(cfg, ko)
	if err != nil {
		return nil, data.Cluster{}, err
	}
	cluster, err := first.Check(ctx)
	if err != nil || !mayAsk(cfg) {
		return first, cluster, err
	}
	quiet := rest.CopyConfig(cfg)
	silence(quiet)
	second, err := kube.New(quiet, ko)
	if err != nil {
		return nil, data.Cluster{}, err
	}
	cluster, err = second.Check(ctx)
	return second, cluster, err
}

// silence keeps the credential plugin of a configuration from asking on the terminal.
func silence(cfg *rest.Config) {
	cfg.ExecProvider.StdinUnavailable = true
	cfg.ExecProvider.StdinUnavailableMessage = "the terminal shows oomedic: log in with kubectl in another one"
}

// contextNames lists at most five names of contexts.
func contextNames[T any](contexts map[string]T) string {
	names := make([]string, 0, len(contexts))
	for n := range contexts {
		names = append(names, data.Clean(n).String())
	}
	return shortList(names, 5)
}
