package demo

import (
	"encoding/json"
	"fmt"
	"strconv"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	clienttesting "k8s.io/client-go/testing"
)

// react answers every request of the fake clientset but watches.
func (s *apiServer) react(action clienttesting.Action) (bool, runtime.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return true, nil, apierrors.NewServiceUnavailable("the sandbox was closed")
	}
	if action.GetResource().Group == "authorization.k8s.io" {
		return s.review(action)
	}
	var obj runtime.Object
	var err error
	switch a := action.(type) {
	case clienttesting.ListActionImpl:
		obj, err = s.list(a)
	case clienttesting.GetActionImpl:
		obj, err = s.store.Get(a.GetResource(), a.GetNamespace(), a.GetName())
	case clienttesting.CreateActionImpl:
		obj, err = s.create(a)
	case clienttesting.UpdateActionImpl:
		obj, err = s.update(a)
	case clienttesting.PatchActionImpl:
		obj, err = s.patch(a)
	case clienttesting.DeleteActionImpl:
		err = s.delete(a)
	case clienttesting.GenericActionImpl:
		if a.GetSubresource() == "log" {
			return true, nil, apierrors.NewBadRequest("the sandbox keeps no container logs")
		}
		err = apierrors.NewMethodNotSupported(a.GetResource().GroupResource(), a.GetVerb())
	default:
		if v := action.GetVerb(); v == "get" { // discovery asks in this way and takes its answer elsewhere
			return false, nil, nil
		}
		err = apierrors.NewMethodNotSupported(action.GetResource().GroupResource(), action.GetVerb())
	}
	return true, obj, err
}

// review answers questions about rights: in the sandbox everything is allowed.
func (s *apiServer) review(action clienttesting.Action) (bool, runtime.Object, error) {
	a, ok := action.(clienttesting.CreateActionImpl)
	if !ok {
		return true, nil, apierrors.NewMethodNotSupported(action.GetResource().GroupResource(), action.GetVerb())
	}
	switch r := a.GetObject().DeepCopyObject().(type) {
	case *authorizationv1.SelfSubjectAccessReview:
		r.Status = authorizationv1.SubjectAccessReviewStatus{Allowed: true, Reason: "the sandbox allows everything"}
		return true, r, nil
	case *authorizationv1.SelfSubjectRulesReview:
		r.Status.ResourceRules = []authorizationv1.ResourceRule{{Verbs: []string{"*"}, APIGroups: []string{"*"}, Resources: []string{"*"}}}
		return true, r, nil
	}
	return true, nil, apierrors.NewMethodNotSupported(action.GetResource().GroupResource(), action.GetVerb())
}

// list returns the objects that match, with the cluster's version.
func (s *apiServer) list(a clienttesting.ListActionImpl) (runtime.Object, error) {
	sel, err := newSelection(a.GetResource(), a.GetNamespace(), a.ListOptions)
	if err != nil {
		return nil, err
	}
	list, err := s.store.List(a.GetResource(), a.GetKind(), a.GetNamespace())
	if err != nil {
		return nil, err
	}
	var keep []runtime.Object
	if err := meta.EachListItem(list, func(o runtime.Object) error {
		if sel.matches(o) {
			keep = append(keep, o)
		}
		return nil
	}); err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	if err := meta.SetList(list, keep); err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	if m, err := meta.ListAccessor(list); err == nil {
		m.SetResourceVersion(strconv.FormatInt(s.version, 10))
	}
	return list, nil
}

// create stores a new object, or in a dry run returns what would be stored.
func (s *apiServer) create(a clienttesting.CreateActionImpl) (runtime.Object, error) {
	gvr := a.GetResource()
	if a.GetSubresource() != "" {
		return nil, apierrors.NewMethodNotSupported(gvr.GroupResource(), "create "+a.GetSubresource())
	}
	obj := a.GetObject().DeepCopyObject()
	m, err := meta.Accessor(obj)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	m.SetNamespace(a.GetNamespace())
	if m.GetName() == "" && m.GetGenerateName() != "" {
		s.serial++
		m.SetName(m.GetGenerateName() + generatedName(mix(s.seed, s.serial), 5))
	}
	if _, err := s.store.Get(gvr, m.GetNamespace(), m.GetName()); err == nil {
		return nil, apierrors.NewAlreadyExists(gvr.GroupResource(), m.GetName())
	}
	if err := s.admit(gvr, m.GetName(), m.GetNamespace(), obj); err != nil {
		return nil, err
	}
	if len(a.CreateOptions.DryRun) > 0 {
		s.stamp(m)
		return obj, nil
	}
	return s.storeFor(gvr, nil, obj)
}

// update stores an object as it was sent.
func (s *apiServer) update(a clienttesting.UpdateActionImpl) (runtime.Object, error) {
	obj := a.GetObject().DeepCopyObject()
	m, err := meta.Accessor(obj)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	old, err := s.store.Get(a.GetResource(), a.GetNamespace(), m.GetName())
	if err != nil {
		return nil, err
	}
	if err := checkPreconditions(a.GetResource(), old, m.GetUID(), m.GetResourceVersion()); err != nil {
		return nil, err
	}
	return s.change(a.GetResource(), a.GetSubresource(), old, obj, a.UpdateOptions.DryRun)
}

// patch changes an object by a JSON, merge or strategic merge patch.
func (s *apiServer) patch(a clienttesting.PatchActionImpl) (runtime.Object, error) {
	gvr := a.GetResource()
	old, err := s.store.Get(gvr, a.GetNamespace(), a.GetName())
	if err != nil {
		return nil, err
	}
	var sent struct {
		Metadata metav1.ObjectMeta `json:"metadata"`
	}
	if json.Unmarshal(a.GetPatch(), &sent) == nil { // a JSON patch is a list and names no version here
		if err := checkPreconditions(gvr, old, sent.Metadata.UID, sent.Metadata.ResourceVersion); err != nil {
			return nil, err
		}
	}
	obj, err := merged(a, old)
	if err != nil {
		return nil, err
	}
	return s.change(gvr, a.GetSubresource(), old, obj, a.PatchOptions.DryRun)
}

// merged returns old with the patch of a on it. client-go's own tracker does the work, on a copy.
func merged(a clienttesting.PatchActionImpl, old runtime.Object) (runtime.Object, error) {
	scratch := clienttesting.NewObjectTracker(scheme.Scheme, scheme.Codecs.UniversalDecoder())
	if err := scratch.Create(a.GetResource(), old.DeepCopyObject(), a.GetNamespace()); err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	if a.GetPatchType() == "application/apply-patch+yaml" {
		return nil, apierrors.NewMethodNotSupported(a.GetResource().GroupResource(), "apply")
	}
	_, obj, err := clienttesting.ObjectReaction(scratch)(a)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return obj, nil
}

// change validates obj and stores it in the place of old; in a dry run it returns what would be stored.
func (s *apiServer) change(gvr schema.GroupVersionResource, subresource string, old, obj runtime.Object, dryRun []string) (runtime.Object, error) {
	if _, err := meta.Accessor(obj); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	was, err := meta.Accessor(old)
	if err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	if obj, err = narrow(gvr, subresource, old, obj); err != nil {
		return nil, err
	}
	m, _ := meta.Accessor(obj) // narrow returns an object of the same type
	if err := s.admit(gvr, m.GetName(), m.GetNamespace(), obj); err != nil {
		return nil, err
	}
	if err := s.carry(m, old, obj); err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	m.SetResourceVersion(was.GetResourceVersion())
	if len(dryRun) > 0 || equality.Semantic.DeepEqual(old, obj) {
		return obj, nil
	}
	return s.storeFor(gvr, old, obj)
}

// narrow returns old with that part of obj which a request to the subresource may change.
func narrow(gvr schema.GroupVersionResource, subresource string, old, obj runtime.Object) (runtime.Object, error) {
	if subresource == "" {
		return obj, podUnchanged(gvr, old, obj)
	}
	before, ok := old.DeepCopyObject().(*corev1.Pod)
	after, isPod := obj.(*corev1.Pod)
	if gvr != podsGVR || subresource != "resize" || !ok || !isPod {
		return nil, apierrors.NewMethodNotSupported(gvr.GroupResource(), "patch "+subresource)
	}
	takeResources(before.Spec.Containers, after.Spec.Containers)
	takeResources(before.Spec.InitContainers, after.Spec.InitContainers)
	return before, nil
}

// takeResources gives the containers of to the resources of those of the same name in from.
func takeResources(to, from []corev1.Container) {
	for i := range to {
		for j := range from {
			if from[j].Name == to[i].Name {
				to[i].Resources = from[j].Resources
			}
		}
	}
}

// storeFor stores obj for a client and returns it as stored.
func (s *apiServer) storeFor(gvr schema.GroupVersionResource, old, obj runtime.Object) (runtime.Object, error) {
	if err := s.put(gvr, obj); err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	if s.written != nil {
		s.written(gvr, old, obj)
	}
	m, err := meta.Accessor(obj)
	if err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	return s.store.Get(gvr, m.GetNamespace(), m.GetName())
}

// delete removes an object.
func (s *apiServer) delete(a clienttesting.DeleteActionImpl) error {
	gvr := a.GetResource()
	old, err := s.store.Get(gvr, a.GetNamespace(), a.GetName())
	if err != nil {
		return err
	}
	if p := a.DeleteOptions.Preconditions; p != nil {
		m := metav1.ObjectMeta{}
		if p.UID != nil {
			m.UID = *p.UID
		}
		if p.ResourceVersion != nil {
			m.ResourceVersion = *p.ResourceVersion
		}
		if err := checkPreconditions(gvr, old, m.UID, m.ResourceVersion); err != nil {
			return err
		}
	}
	if len(a.DeleteOptions.DryRun) > 0 {
		return nil
	}
	if err := s.remove(gvr, a.GetNamespace(), a.GetName()); err != nil {
		return apierrors.NewInternalError(fmt.Errorf("delete: %w", err))
	}
	if s.written != nil {
		s.written(gvr, old, nil)
	}
	return nil
}
