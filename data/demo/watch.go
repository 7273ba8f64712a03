package demo

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/scheme"
	clienttesting "k8s.io/client-go/testing"
)

// change is one write to the cluster.
type change struct {
	version int64
	gvr     schema.GroupVersionResource
	kind    watch.EventType
	old     runtime.Object // before the write; nil for a new one
	object  runtime.Object
}

// selection is what a list or a watch asks for.
type selection struct {
	gvr       schema.GroupVersionResource
	namespace string
	labels    labels.Selector
	fields    fields.Selector
}

// newSelection reads a selection from list options.
func newSelection(gvr schema.GroupVersionResource, namespace string, o metav1.ListOptions) (selection, error) {
	s := selection{gvr: gvr, namespace: namespace, labels: labels.Everything(), fields: fields.Everything()}
	var err error
	if o.LabelSelector != "" {
		if s.labels, err = labels.Parse(o.LabelSelector); err != nil {
			return s, apierrors.NewBadRequest(err.Error())
		}
	}
	if o.FieldSelector != "" {
		if s.fields, err = fields.ParseSelector(o.FieldSelector); err != nil {
			return s, apierrors.NewBadRequest(err.Error())
		}
	}
	return s, nil
}

// matches reports whether o belongs to the selection.
func (s selection) matches(o runtime.Object) bool {
	m, err := meta.Accessor(o)
	if err != nil || (s.namespace != "" && m.GetNamespace() != s.namespace) || !s.labels.Matches(labels.Set(m.GetLabels())) {
		return false
	}
	return s.fields.Empty() || s.fields.Matches(selectableFields(m, o))
}

// selectableFields returns the fields that an API server lets clients select by.
func selectableFields(m metav1.Object, o runtime.Object) fields.Set {
	out := fields.Set{"metadata.name": m.GetName(), "metadata.namespace": m.GetNamespace()}
	switch x := o.(type) {
	case *corev1.Pod:
		out["spec.nodeName"], out["status.phase"], out["spec.restartPolicy"] = x.Spec.NodeName, string(x.Status.Phase), string(x.Spec.RestartPolicy)
	case *corev1.Event:
		i := x.InvolvedObject
		out["involvedObject.kind"], out["involvedObject.name"], out["involvedObject.namespace"] = i.Kind, i.Name, i.Namespace
		out["involvedObject.uid"], out["type"], out["reason"], out["source"] = string(i.UID), x.Type, x.Reason, x.Source.Component
	}
	return out
}

// watchBuffer is how many events a watch may lag behind. One that lags further is ended, as an API server does; its
// reflector lists again.
const watchBuffer = 1024

// watcher is one open watch.
type watcher struct {
	selection
	events chan watch.Event
	once   sync.Once
	stop   func(*watcher)
}

// ResultChan returns the events; it is closed when the watch ends.
func (w *watcher) ResultChan() <-chan watch.Event { return w.events }

// Stop ends the watch.
func (w *watcher) Stop() { w.stop(w) }

// end closes the events. The caller holds the server's lock.
func (w *watcher) end() { w.once.Do(func() { close(w.events) }) }

// send hands an event on, and reports whether there was room.
func (w *watcher) send(e watch.Event) bool {
	select {
	case w.events <- e:
		return true
	default:
		return false
	}
}

// take hands a change on as the event that it is to this watch: an object that comes to match is new to it.
func (w *watcher) take(c change) bool {
	if c.gvr != w.gvr {
		return true
	}
	is := w.matches(c.object) && c.kind != watch.Deleted
	was := c.old != nil && w.matches(c.old)
	switch {
	case is && was:
		return w.send(watch.Event{Type: watch.Modified, Object: c.object.DeepCopyObject()})
	case is:
		return w.send(watch.Event{Type: watch.Added, Object: c.object.DeepCopyObject()})
	case was:
		return w.send(watch.Event{Type: watch.Deleted, Object: c.object.DeepCopyObject()})
	}
	return true
}

// tell remembers a change and hands it to the watches. The caller holds the lock.
func (s *apiServer) tell(c change) {
	s.changes = append(s.changes, c)
	if len(s.changes) > 2*maxChanges {
		s.changes = append([]change(nil), s.changes[len(s.changes)-maxChanges:]...)
	}
	for w := range s.watchers {
		if !w.take(c) {
			w.end()
			delete(s.watchers, w)
		}
	}
}

// reactWatch opens a watch for client-go's fake clientset.
func (s *apiServer) reactWatch(action clienttesting.Action) (bool, watch.Interface, error) {
	a, ok := action.(clienttesting.WatchActionImpl)
	if !ok {
		return true, nil, apierrors.NewMethodNotSupported(action.GetResource().GroupResource(), action.GetVerb())
	}
	sel, err := newSelection(a.GetResource(), a.GetNamespace(), a.ListOptions)
	if err != nil {
		return true, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return true, nil, apierrors.NewServiceUnavailable("the sandbox was closed")
	}
	backlog, err := s.backlog(sel, a.ListOptions)
	if err != nil {
		return true, nil, err
	}
	w := &watcher{selection: sel, events: make(chan watch.Event, watchBuffer+len(backlog)), stop: s.stopWatch}
	for _, e := range backlog {
		w.send(e)
	}
	s.watchers[w] = true
	return true, w, nil
}

// stopWatch ends a watch that its reader no longer wants.
func (s *apiServer) stopWatch(w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.watchers, w)
	w.end()
}

// backlog returns the events with which a watch begins: the objects there are, when it names no version or asks for
// initial events, else the changes since its version.
func (s *apiServer) backlog(sel selection, o metav1.ListOptions) ([]watch.Event, error) {
	initial := o.SendInitialEvents != nil && *o.SendInitialEvents
	if initial || o.ResourceVersion == "" || o.ResourceVersion == "0" {
		return s.existing(sel, initial)
	}
	from, err := strconv.ParseInt(o.ResourceVersion, 10, 64)
	if err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("Invalid value: %q: strconv.ParseUint: parsing %q: invalid syntax", o.ResourceVersion, o.ResourceVersion))
	}
	if len(s.changes) > 0 && from < s.changes[0].version-1 {
		return nil, apierrors.NewResourceExpired(fmt.Sprintf("too old resource version: %d (%d)", from, s.changes[0].version))
	}
	past := &watcher{selection: sel, events: make(chan watch.Event, len(s.changes)+1)}
	for _, c := range s.changes {
		if c.version > from {
			past.take(c)
		}
	}
	close(past.events)
	var out []watch.Event
	for e := range past.events {
		out = append(out, e)
	}
	return out, nil
}

// existing returns the objects of a selection as events, with the bookmark that ends them when it is asked for.
func (s *apiServer) existing(sel selection, bookmark bool) ([]watch.Event, error) {
	gvk := sel.gvr.GroupVersion().WithKind(kindOf[sel.gvr])
	list, err := s.store.List(sel.gvr, gvk, sel.namespace)
	if err != nil {
		return nil, apierrors.NewNotFound(sel.gvr.GroupResource(), "")
	}
	var out []watch.Event
	err = meta.EachListItem(list, func(o runtime.Object) error {
		if sel.matches(o) {
			out = append(out, watch.Event{Type: watch.Added, Object: o})
		}
		return nil
	})
	if err != nil || !bookmark {
		return out, err
	}
	mark, err := scheme.Scheme.New(gvk)
	if err != nil {
		return nil, &apierrors.StatusError{ErrStatus: metav1.Status{Code: http.StatusInternalServerError, Message: err.Error()}}
	}
	m, err := meta.Accessor(mark)
	if err != nil {
		return nil, err
	}
	m.SetResourceVersion(strconv.FormatInt(s.version, 10))
	m.SetAnnotations(map[string]string{metav1.InitialEventsAnnotationKey: "true"})
	return append(out, watch.Event{Type: watch.Bookmark, Object: mark}), nil
}
