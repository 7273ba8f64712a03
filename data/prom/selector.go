package prom

import (
	"regexp"
	"slices"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// Selector returns the series selector, without a metric name and without braces, for a container in all pods that
// its workload has had, by the way their names are made: `namespace="shop",container="api",pod=~"…"`. The case's own
// pod is always among them. Every value is quoted; text that is not UTF-8 is repaired first.
func Selector(c *data.Container) string { return data.WorkloadSelector(c) }

// ownSelector is Selector for the case's own pod alone.
func ownSelector(c *data.Container) string {
	return podSelector(c.Key.Namespace.String(), c.Key.Pod.String(), c.Key.Container.String())
}

// podSelector selects one container of one pod.
func podSelector(namespace, pod, container string) string {
	return joinMatchers(equal("namespace", namespace), equal("pod", pod), equal("container", container))
}

// podsSelector selects all containers of the named pods, leaving out the cgroups of pods and of pause containers. A
// regular expression of literals alone is looked up by Prometheus like a set.
func podsSelector(namespace string, pods []string) string {
	quoted := make([]string, len(pods))
	for i, p := range pods {
		quoted[i] = regexp.QuoteMeta(valid(p))
	}
	return joinMatchers(equal("namespace", namespace), matches("pod", strings.Join(quoted, "|")), realContainers)
}

// realContainers leaves out the series of a pod's cgroup and of its pause container.
const realContainers = `container!="",container!="POD"`

// PodPattern returns the regular expression, anchored by PromQL, that matches the names of the pods of c's workload.
func PodPattern(c *data.Container) string { return data.PodPattern(c) }

func equal(label, value string) string   { return label + "=" + quote(value) }
func matches(label, regex string) string { return label + "=~" + quote(regex) }

func joinMatchers(m ...string) string { return strings.Join(m, ",") }

func quote(s string) string { return data.PromQuote(s) }

// valid repairs text that is not UTF-8, which no label value can be.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// podBatches cuts the pods of each namespace into lists of at most size, all in a fixed order.
func podBatches(cs []*data.Container, size int) []podBatch {
	pods := map[string]map[string]bool{}
	for _, c := range cs {
		ns := c.Key.Namespace.String()
		if pods[ns] == nil {
			pods[ns] = map[string]bool{}
		}
		pods[ns][c.Key.Pod.String()] = true
	}
	var out []podBatch
	for ns, set := range pods {
		names := make([]string, 0, len(set))
		for p := range set {
			names = append(names, p)
		}
		slices.Sort(names)
		for part := range slices.Chunk(names, size) {
			out = append(out, podBatch{ns, part})
		}
	}
	slices.SortFunc(out, func(a, b podBatch) int {
		if c := strings.Compare(a.namespace, b.namespace); c != 0 {
			return c
		}
		return strings.Compare(a.pods[0], b.pods[0])
	})
	return out
}

// podBatch is some pods of one namespace that are asked about together.
type podBatch struct {
	namespace string
	pods      []string
}
