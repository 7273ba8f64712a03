package kube

import "github.com/oomedic/oomedic/data"

// unsupported says what to do about a kind that is not patched.
func unsupported(w data.Workload) error {
	ref, name := w.Ref(), w.Name
	why := data.Text("")
	if w.Problem != "" {
		why = " (" + w.Problem + ")"
	}
	say := func(text data.Text) error { return worded{text.String(), data.ErrUnsupported, data.ErrUnsupported} }
	switch w.Kind {
	case "":
		return say("the owner of this pod is not known yet" + why)
	case "Pod":
		return say("pod " + name + " has no controller and so no template: resize it in place, or create it again with the new memory in its manifest (that of a static pod lies on its node)")
	case "Job":
		return say("the template of a Job that has started cannot be changed: delete " + ref + " and create it again with the new memory, or resize its pods in place")
	case "ReplicaSet", "ReplicationController":
		return say("no Deployment is known above " + ref + why + ": set the memory with kubectl edit " + ref + ", then delete its pods, which it does not replace by itself")
	}
	return say(ref + " is managed by its own controller: set the memory in that object (kubectl edit " + ref + " -n " + w.Namespace + "); a change below it would be put back")
}
