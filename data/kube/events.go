package kube

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/oomedic/oomedic/data"
)

// Bounds of reading events. The server keeps no index of them: each list with a field selector reads every event of the
// namespace, so a few pods are asked about one by one and more of them in one list.
const (
	fewPods       = 3
	eventPage     = 500
	maxEventPages = 20
)

// tellingReasons are the reasons of events that say why a container or its pod ended (kubelet, node-problem-detector,
// scheduler and taint manager).
var tellingReasons = map[string]bool{
	"Killing": true, "Unhealthy": true, "Evicted": true, "BackOff": true, "Failed": true, "OOMKilling": true, "SystemOOM": true,
	"ExceededGracePeriod": true, "Preempted": true, "Preempting": true, "TaintManagerEviction": true, "EvictionThresholdMet": true,
	"NodeNotReady": true, "DeadlineExceeded": true,
}

// dullReasons are those that make up most events of a namespace. The server leaves them out before it answers.
var dullReasons = []string{
	"Scheduled", "Pulled", "Pulling", "Created", "Started", "SuccessfulCreate", "SuccessfulDelete", "ScalingReplicaSet",
	"FailedScheduling", "SuccessfulRescale", "Completed", "FailedMount",
}

// podEvents returns the telling events of some pods of one namespace. The error is client-go's.
func (c *Client) podEvents(ctx context.Context, ns string, pods []data.PodKey) (map[data.PodKey][]data.Event, error) {
	out := make(map[data.PodKey][]data.Event, len(pods))
	byUID := make(map[string]data.PodKey, len(pods))
	for _, k := range pods {
		out[k] = nil
		byUID[k.UID.String()] = k
	}
	take := func(e *corev1.Event) {
		k, ok := byUID[string(e.InvolvedObject.UID)]
		if ok && e.InvolvedObject.Kind == "Pod" && tellingReasons[e.Reason] {
			out[k] = append(out[k], event(e))
		}
	}
	if len(pods) > fewPods {
		return out, c.eachEvent(ctx, ns, dull(fields.OneTermEqualSelector("involvedObject.kind", "Pod")), take)
	}
	for _, k := range pods {
		of := fields.Set{"involvedObject.kind": "Pod", "involvedObject.name": k.Name.String(), "involvedObject.uid": k.UID.String()}
		if err := c.eachEvent(ctx, ns, dull(of.AsSelector()), take); err != nil {
			return out, err
		}
	}
	return out, nil
}

// nodeEvents returns the telling events of a node. The kubelet writes them into the namespace default.
func (c *Client) nodeEvents(ctx context.Context, name string) ([]data.Event, error) {
	var out []data.Event
	of := fields.Set{"involvedObject.kind": "Node", "involvedObject.name": name}
	err := c.eachEvent(ctx, metav1.NamespaceDefault, dull(of.AsSelector()), func(e *corev1.Event) {
		if e.InvolvedObject.Kind == "Node" && e.InvolvedObject.Name == name && tellingReasons[e.Reason] {
			out = append(out, event(e))
		}
	})
	return out, err
}

// dull adds to a selector that the dull reasons are left out.
func dull(s fields.Selector) fields.Selector {
	all := []fields.Selector{s}
	for _, r := range dullReasons {
		all = append(all, fields.OneTermNotEqualSelector("reason", r))
	}
	return fields.AndSelectors(all...)
}

// eachEvent lists events page by page.
func (c *Client) eachEvent(ctx context.Context, ns string, s fields.Selector, each func(*corev1.Event)) error {
	opts := metav1.ListOptions{FieldSelector: s.String(), Limit: eventPage}
	for range maxEventPages {
		page, err := c.cs.CoreV1().Events(ns).List(ctx, opts)
		if err != nil {
			return err
		}
		for i := range page.Items {
			each(&page.Items[i])
		}
		if page.Continue == "" {
			return nil
		}
		opts.Continue = page.Continue
	}
	return fmt.Errorf("there are more than %d", eventPage*maxEventPages)
}

// event decodes an event. Nothing in the result refers to e.
func event(e *corev1.Event) data.Event {
	out := data.Event{
		Reason: data.Clean(head(e.Reason, maxBytesOfWord)), Message: data.Clean(head(e.Message, data.MaxEventMessage)),
		Container: data.Clean(containerOf(e.InvolvedObject.FieldPath)), First: when(e.FirstTimestamp), Last: when(e.LastTimestamp), Count: e.Count,
	}
	micro := func(t metav1.MicroTime) time.Time { return when(metav1.NewTime(t.Time)) }
	if s := e.Series; s != nil {
		out.Last, out.Count = micro(s.LastObservedTime), max(out.Count, s.Count)
	}
	if out.First.IsZero() {
		out.First = micro(e.EventTime)
	}
	if out.First.IsZero() {
		out.First = when(e.CreationTimestamp)
	}
	if out.Last.Before(out.First) {
		out.Last = out.First
	}
	out.Count = max(out.Count, 1)
	o := e.InvolvedObject
	ns := ""
	if e.Namespace != "" {
		ns = " -n " + data.ShellQuote(data.Clean(e.Namespace))
	}
	selector := data.Clean("involvedObject.kind=" + o.Kind + ",involvedObject.name=" + o.Name + ",reason=" + e.Reason)
	out.From = data.Clean("kubectl get events" + ns + " --field-selector " + data.ShellQuote(selector))
	return out
}

// containerOf reads the container's name from the path of a field, such as "spec.containers{api}".
func containerOf(path string) string {
	_, rest, ok := strings.Cut(path, "{")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(head(rest, maxBytesOfWord), "}")
}
