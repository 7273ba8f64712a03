package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// killedCluster is an API server with one StatefulSet whose pod was OOMKilled. It takes every patch.
func killedCluster() http.Handler {
	resources := `{"limits":{"memory":"512Mi"},"requests":{"memory":"256Mi"}}`
	container := `{"name":"main","image":"i","resources":` + resources + `}`
	set := `{"kind":"StatefulSet","apiVersion":"apps/v1","metadata":{"name":"api","namespace":"shop","uid":"u","resourceVersion":"5","generation":1},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"api"}},"template":{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[` + container + `]}}},"status":{"observedGeneration":1,"replicas":1}}`
	killed := time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	began := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	pod := `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"api-0","namespace":"shop","uid":"p","resourceVersion":"6","generation":1,"labels":{"app":"api"},"creationTimestamp":"` + began + `","ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"api","uid":"u","controller":true}]},"spec":{"nodeName":"n","containers":[` + container + `]},"status":{"phase":"Running","containerStatuses":[{"name":"main","restartCount":1,"state":{"running":{"startedAt":"` + killed + `"}},"resources":` + resources + `,"lastState":{"terminated":{"reason":"OOMKilled","exitCode":137,"startedAt":"` + began + `","finishedAt":"` + killed + `"}}}]}}`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		path := r.URL.Path
		switch {
		case r.FormValue("watch") != "":
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case strings.HasSuffix(path, "/pods") && r.Method == http.MethodGet:
			_, _ = io.WriteString(w, `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":[`+pod+`]}`)
		case strings.HasSuffix(path, "/selfsubjectaccessreviews"):
			_, _ = io.WriteString(w, `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","status":{"allowed":true}}`)
		case strings.Contains(path, "/pods/api-0"):
			_, _ = io.WriteString(w, strings.ReplaceAll(pod, "512Mi", map[bool]string{true: "768Mi", false: "512Mi"}[r.Method == http.MethodPatch]))
		case strings.HasSuffix(path, "/statefulsets/api"):
			_, _ = io.WriteString(w, strings.ReplaceAll(set, "512Mi", map[bool]string{true: "768Mi", false: "512Mi"}[r.Method == http.MethodPatch]))
		case path == "/api/v1":
			_, _ = io.WriteString(w, `{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"v1","resources":[{"name":"pods/resize","kind":"Pod","namespaced":true,"verbs":["patch"]}]}`)
		case path == "/version":
			_, _ = io.WriteString(w, `{"major":"1","minor":"37","gitVersion":"v1.37.2"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
			_ = json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404})
		}
	})
}
