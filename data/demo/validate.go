package demo

import (
	"errors"
	"fmt"
	"net/http"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/oomedic/oomedic/data"
)

// conflictMessage is the API server's word for a stale version (registry/generic/registry/store.go).
const conflictMessage = "the object has been modified; please apply your changes to the latest version and try again"

// checkPreconditions returns a conflict when uid or version are given and are not those of the stored object.
func checkPreconditions(gvr schema.GroupVersionResource, stored runtime.Object, uid types.UID, version string) error {
	m, err := meta.Accessor(stored)
	if err != nil {
		return apierrors.NewInternalError(err)
	}
	if uid != "" && uid != m.GetUID() {
		return apierrors.NewConflict(gvr.GroupResource(), m.GetName(),
			fmt.Errorf("Precondition failed: UID in precondition: %v, UID in object meta: %v", uid, m.GetUID())) //nolint:staticcheck // the server's words
	}
	if version != "" && version != m.GetResourceVersion() {
		return apierrors.NewConflict(gvr.GroupResource(), m.GetName(), errors.New(conflictMessage))
	}
	return nil
}

// podSpecOf returns the pod spec within an object and the path to it; nil for kinds without one.
func podSpecOf(o runtime.Object) (*corev1.PodSpec, *field.Path) {
	spec := field.NewPath("spec")
	switch x := o.(type) {
	case *corev1.Pod:
		return &x.Spec, spec
	case *appsv1.Deployment:
		return &x.Spec.Template.Spec, spec.Child("template", "spec")
	case *appsv1.StatefulSet:
		return &x.Spec.Template.Spec, spec.Child("template", "spec")
	case *appsv1.DaemonSet:
		return &x.Spec.Template.Spec, spec.Child("template", "spec")
	case *appsv1.ReplicaSet:
		return &x.Spec.Template.Spec, spec.Child("template", "spec")
	case *batchv1.CronJob:
		return &x.Spec.JobTemplate.Spec.Template.Spec, spec.Child("jobTemplate", "spec", "template", "spec")
	case *batchv1.Job:
		return &x.Spec.Template.Spec, spec.Child("template", "spec")
	}
	return nil, nil
}

// admit validates the containers of an object as the API server does, and then asks the admission of its namespace.
func (s *apiServer) admit(gvr schema.GroupVersionResource, name, namespace string, obj runtime.Object) error {
	spec, path := podSpecOf(obj)
	if spec == nil {
		return nil
	}
	var wrong field.ErrorList
	for i := range spec.Containers {
		wrong = append(wrong, validateResources(&spec.Containers[i].Resources, path.Child("containers").Index(i).Child("resources"))...)
	}
	for i := range spec.InitContainers {
		wrong = append(wrong, validateResources(&spec.InitContainers[i].Resources, path.Child("initContainers").Index(i).Child("resources"))...)
	}
	if len(wrong) > 0 {
		return apierrors.NewInvalid(schema.GroupKind{Group: gvr.Group, Kind: kindOf[gvr]}, name, wrong)
	}
	if namespace != ceilingNamespace {
		return nil
	}
	return ceiling(gvr, name, spec)
}

// validateResources is the part of the server's validation that speaks of quantities (core/validation.ValidateResourceRequirements).
func validateResources(r *corev1.ResourceRequirements, path *field.Path) field.ErrorList {
	var wrong field.ErrorList
	for name, q := range r.Limits {
		if q.Sign() < 0 {
			wrong = append(wrong, field.Invalid(path.Child("limits").Key(string(name)), q.String(), "must be greater than or equal to 0"))
		}
	}
	for name, q := range r.Requests {
		if q.Sign() < 0 {
			wrong = append(wrong, field.Invalid(path.Child("requests").Key(string(name)), q.String(), "must be greater than or equal to 0"))
		}
		if limit, ok := r.Limits[name]; ok && q.Cmp(limit) > 0 {
			wrong = append(wrong, field.Invalid(path.Child("requests"), q.String(), fmt.Sprintf("must be less than or equal to %s limit of %s", name, limit.String())))
		}
	}
	return wrong
}

// ceiling refuses containers above memoryCeiling: pods by the namespace's LimitRange, templates by a validating
// admission policy, in the words of each.
func ceiling(gvr schema.GroupVersionResource, name string, spec *corev1.PodSpec) error {
	most := data.Quantity(memoryCeiling)
	for _, c := range append(append([]corev1.Container(nil), spec.InitContainers...), spec.Containers...) {
		limit := c.Resources.Limits[corev1.ResourceMemory]
		if limit.CmpInt64(memoryCeiling) <= 0 {
			continue
		}
		if gvr == podsGVR {
			return apierrors.NewForbidden(gvr.GroupResource(), name, fmt.Errorf("maximum memory usage per Container is %s, but limit is %s", most, limit.String()))
		}
		err := apierrors.NewForbidden(gvr.GroupResource(), name, fmt.Errorf(
			"ValidatingAdmissionPolicy 'memory-ceiling' with binding 'memory-ceiling-%s' denied request: container %s wants %s of memory, containers in namespace %s may have at most %s",
			ceilingNamespace, c.Name, limit.String(), ceilingNamespace, most))
		err.ErrStatus.Code, err.ErrStatus.Reason = http.StatusUnprocessableEntity, metav1.StatusReasonInvalid
		return err
	}
	return nil
}

// podUnchanged refuses to change the resources of a pod otherwise than through its resize subresource.
func podUnchanged(gvr schema.GroupVersionResource, old, obj runtime.Object) error {
	before, ok := old.(*corev1.Pod)
	after, isPod := obj.(*corev1.Pod)
	if gvr != podsGVR || !ok || !isPod {
		return nil
	}
	if equality.Semantic.DeepEqual(before.Spec, after.Spec) {
		return nil
	}
	return apierrors.NewInvalid(schema.GroupKind{Kind: "Pod"}, after.Name, field.ErrorList{field.Forbidden(field.NewPath("spec"),
		"pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)")})
}
