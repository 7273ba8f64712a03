package data

import (
	"regexp"
	"strconv"
	"strings"
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

// WorkloadSelector returns the series selector, without a metric name and without braces, for a container in all pods
// that its workload has had, by the way their names are made: `namespace="shop",container="api",pod=~"…"`. The case's
// own pod is always among them. Every value is quoted; text that is not UTF-8 is repaired first.
func WorkloadSelector(c *Container) string {
	return "namespace=" + PromQuote(c.Key.Namespace.String()) + ",container=" + PromQuote(c.Key.Container.String()) +
		",pod=~" + PromQuote(PodPattern(c))
}

// PromQuote writes s as a PromQL string. PromQL takes the escapes of Go, but refuses U+FFFD itself, so that stays
// escaped.
func PromQuote(s string) string { return strconv.QuoteToASCII(validText(s)) }

// PodPattern returns the regular expression, anchored by PromQL, that matches the names of the pods of c's workload.
func PodPattern(c *Container) string {
	own := regexp.QuoteMeta(validText(c.Key.Pod.String()))
	p := workloadPattern(c.Workload.Kind.String(), validText(c.Workload.Name.String()))
	if p == "" || p == own {
		return own
	}
	if re, err := regexp.Compile("^(?s:" + p + ")$"); err == nil && re.MatchString(validText(c.Key.Pod.String())) {
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
		base = validText(base[:maxNameBase])
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

// validText repairs text that is not UTF-8, which no label value can be.
func validText(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
