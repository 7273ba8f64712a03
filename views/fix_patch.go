package views

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// patchSent is one request that a plan would send.
type patchSent struct {
	what string // the object, as a path of the API where that is known
	kind string // media type
	body []byte
	more int // further pods that are sent the like
}

// apiPlurals are the resources of the kinds whose path is known without asking the server.
var apiPlurals = map[data.Text]string{
	"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets", "ReplicaSet": "replicasets",
	"Job": "jobs", "CronJob": "cronjobs", "ReplicationController": "replicationcontrollers", "Pod": "pods", "Rollout": "rollouts",
}

// strategicMerge is the media type of the patches of pods/resize.
const strategicMerge = "application/strategic-merge-patch+json"

// patches are the requests of a plan, in the order in which they are sent: pods first.
func patches(p *data.Plan) []patchSent {
	var out []patchSent
	way := p.Change.Way
	if pods := resized(p); way.InPlace() && len(pods) > 0 && len(pods[0].Patch) > 0 {
		pod := data.Workload{APIVersion: "v1", Kind: "Pod", Namespace: pods[0].Pod.Namespace, Name: pods[0].Pod.Name}
		out = append(out, patchSent{apiPath(pod) + "/resize", strategicMerge, pods[0].Patch, len(pods) - 1})
	}
	if way != data.WayInPlace && len(p.Patch) > 0 {
		w := p.Target
		if w.Name == "" {
			w = p.Change.Workload
		}
		out = append(out, patchSent{apiPath(w), p.PatchType, p.Patch, 0})
	}
	return out
}

// apiPath is the path of an object below the API server's address; for a kind whose resource is not known, its name.
func apiPath(w data.Workload) string {
	plural, version := apiPlurals[w.Kind], w.APIVersion.String()
	if plural == "" || version == "" {
		return w.Ref().String() + " in namespace " + w.Namespace.String()
	}
	root := "/apis/"
	if !strings.Contains(version, "/") {
		root = "/api/"
	}
	return root + version + "/namespaces/" + w.Namespace.String() + "/" + plural + "/" + w.Name.String()
}

// layPatch writes the requests that a yes would send: path, content type and body, indented to be read.
func layPatch(s *sheet, p *data.Plan) {
	for _, q := range patches(p) {
		s.rule("what would be sent (b: the diff)")
		s.code(1, "PATCH "+q.what)
		s.code(1, "Content-Type: "+q.kind)
		s.prose(1, s.t.Muted, fmt.Sprintf("%d bytes, precondition: the uid and the resourceVersion in it", len(q.body)))
		for _, line := range bodyLines(q.body) {
			s.code(1, line)
		}
		if q.more > 0 {
			s.prose(1, s.t.Muted, "The like for "+counted(q.more, "more pod")+", one after the other.")
		}
	}
}

// bodyLines are the bytes of a patch as indented JSON, or as they are when they are none.
func bodyLines(body []byte) []string {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		b.Reset()
		b.Write(body)
	}
	var out []string
	for _, l := range strings.Split(b.String(), "\n") {
		out = append(out, data.Clean(l).String())
	}
	return out
}
