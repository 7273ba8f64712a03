package prom

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// Random parts of pod names come from this alphabet: rand.SafeEncodeString of k8s.io/apimachinery, which is used for
// the hash of a pod template and for the suffix of generated names.
const (
	safeRune   = "[bcdfghjklmnpqrstvwxz2456789]"
	randSuffix = safeRune + "{5}"
	hashSuffix = safeRune + "{1,10}"
)

// maxNameBase is how many bytes of the owner's name and its dash survive in a generated pod name: the API server cuts
// the base at 58 so that five random bytes still fit a DNS label.
const maxNameBase = 58

// Selector returns the series selector, without a metric name and without braces, for a container in all pods that
// its workload has had, by the way their names are made: `namespace="shop",container="api",pod=~"…"`. The case's own
// pod is always among them. Every value is quoted; text that is not UTF-8 is repaired first.
func Selector(c *data.Container) string {
	return joinMatchers(
		equal("namespace", c.Key.Namespace.String()),
		equal("container", c.Key.Container.String()),
		matches("pod", PodPattern(c)),
	)
}

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
func PodPattern(c *data.Container) string {
	own := regexp.QuoteMeta(valid(c.Key.Pod.String()))
	p := workloadPattern(c.Workload.Kind.String(), valid(c.Workload.Name.String()))
	if p == "" || p == own {
		return own
	}
	if re, err := regexp.Compile("^(?s:" + p + ")$"); err == nil && re.MatchString(valid(c.Key.Pod.String())) {
		return p
	}
	return p + "|" + own
}

// workloadPattern returns the pattern of the names of a workload's pods; empty when its kind tells nothing.
func workloadPattern(kind, name string) string {
	if name == "" {
		return ""
	}
	q := regexp.QuoteMeta(name)
	switch kind {
	case "Deployment", "Rollout": // a Rollout of Argo makes ReplicaSets as a Deployment does
		return hashedPattern(name)
	case "StatefulSet":
		return q + "-[0-9]+"
	case "DaemonSet", "ReplicaSet", "ReplicationController":
		return generated(name)
	case "Job": // an indexed job puts the index before the suffix
		if len(name)+1 >= maxNameBase {
			return generated(name)
		}
		return q + "-([0-9]+-)?" + randSuffix
	case "CronJob": // its jobs end in the scheduled minute; a pod or job made by hand may lack the random part
		return q + "-[0-9]+(-([0-9]+-)?" + randSuffix + ")?"
	}
	return ""
}

// generated is the pattern of name + "-" + five random runes, the base cut as the API server does.
func generated(name string) string {
	base := name + "-"
	if len(base) > maxNameBase {
		base = valid(base[:maxNameBase])
	}
	return regexp.QuoteMeta(base) + randSuffix
}

// hashedPattern is the pattern of a Deployment's pods. The ReplicaSet's name is the Deployment's and a hash; where both
// are too long, the cut falls into the hash or into the name.
func hashedPattern(name string) string {
	const dashHashDash = 12
	switch {
	case len(name)+1 >= maxNameBase:
		return generated(name)
	case len(name)+dashHashDash > maxNameBase:
		return regexp.QuoteMeta(name) + "-" + safeRune + "{0,10}-?" + randSuffix
	}
	return regexp.QuoteMeta(name) + "-" + hashSuffix + "-" + randSuffix
}

func equal(label, value string) string   { return label + "=" + quote(value) }
func matches(label, regex string) string { return label + "=~" + quote(regex) }

func joinMatchers(m ...string) string { return strings.Join(m, ",") }

// quote writes s as a PromQL string. PromQL takes the escapes of Go, but refuses U+FFFD itself, so that stays escaped.
func quote(s string) string { return strconv.QuoteToASCII(valid(s)) }

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
