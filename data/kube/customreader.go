package kube

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	cached "k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"

	"github.com/oomedic/oomedic/data"
)

// customReader reads objects of kinds that are known to the server alone.
type customReader struct {
	dyn    dynamic.Interface
	mapper meta.RESTMapper
}

// newCustomReader returns a reader that learns the server's kinds when the first is asked for.
func newCustomReader(dyn dynamic.Interface, d discovery.DiscoveryInterface) *customReader {
	return &customReader{dyn: dyn, mapper: restmapper.NewDeferredDiscoveryRESTMapper(cached.NewMemCacheClient(d))}
}

// read reads one owner: who controls it, how many it makes, and the containers of its pod template where it has one in
// a place that is known or usual.
func (r *customReader) read(ctx context.Context, k ownerKey) (level, error) {
	gv, err := schema.ParseGroupVersion(k.apiVersion)
	if err != nil {
		return level{}, nil //nolint:nilerr // a reference that means nothing: whoever wrote it, nothing is above
	}
	m, err := r.mapper.RESTMapping(gv.WithKind(k.kind).GroupKind(), gv.Version)
	if meta.IsNoMatchError(err) {
		return level{}, nil // its kind was taken off the server: the reference is all there is to know
	}
	if err != nil {
		return level{}, err
	}
	door := dynamic.ResourceInterface(r.dyn.Resource(m.Resource))
	if m.Scope.Name() == meta.RESTScopeNameNamespace {
		door = r.dyn.Resource(m.Resource).Namespace(k.namespace)
	}
	u, err := door.Get(ctx, k.name, metav1.GetOptions{})
	if err != nil {
		return level{}, err
	}
	l := level{above: metav1.GetControllerOf(u), containers: customContainers(u, customKindOf(k.apiVersion, k.kind))}
	if n, ok, err := unstructured.NestedInt64(u.Object, "spec", "replicas"); ok && err == nil && n >= 0 && n <= 1<<20 {
		small := int32(n)
		l.replicas = &small
	}
	return l, nil
}

// maxTemplateContainers bounds what is taken of a list that anybody may have written.
const maxTemplateContainers = 200

// customContainers names the containers of a custom resource's pod template: where its kind is known to have it, else at
// spec.template. Kinds whose operator makes the template of other fields have none, which is no sign of injection.
func customContainers(u *unstructured.Unstructured, k *customKind) []data.Text {
	path := "spec.template"
	if k != nil {
		path = k.template
	}
	if path == "" {
		return nil
	}
	var out []data.Text
	for _, list := range []string{"containers", "initContainers"} {
		items, _ := at(u.Object, path+".spec."+list).([]any)
		for _, item := range items {
			if c, ok := item.(map[string]any); ok && len(out) < maxTemplateContainers {
				if name, ok := c["name"].(string); ok {
					out = append(out, data.Clean(head(name, maxBytesOfWord)))
				}
			}
		}
	}
	return out
}
