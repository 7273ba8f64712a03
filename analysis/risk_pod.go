package analysis

import "github.com/oomedic/oomedic/data"

// sharedPod is a pod whose own limit holds all its containers together.
type sharedPod struct {
	used    float64 // bytes, of the containers that were measured
	largest data.Key
	most    float64 // bytes that the largest uses
}

// podsWithLimit are the pods that have a limit of their own.
type podsWithLimit map[data.PodKey]*sharedPod

// sharedPods adds up what the containers of pods with a limit of their own use.
func sharedPods(u *data.ClusterUsage) podsWithLimit {
	out := podsWithLimit{}
	for i := range u.Usages {
		one := &u.Usages[i]
		if above(one.PodLimit) == nil || !measured(one) {
			continue
		}
		k := data.PodKey{Namespace: one.Key.Namespace, Name: one.Key.Pod}
		p := out[k]
		if p == nil {
			p = &sharedPod{}
			out[k] = p
		}
		if p.used += *one.WorkingSet; *one.WorkingSet > p.most {
			p.largest, p.most = one.Key, *one.WorkingSet
		}
	}
	return out
}

// danger judges whether a pod is near its own limit: the kernel then kills in whichever of its containers it chooses, most
// likely the largest, and that one has the row. Its share is that of the pod.
func (p podsWithLimit) danger(one *data.Usage) (Risk, bool) {
	limit := above(one.PodLimit)
	pod := p[data.PodKey{Namespace: one.Key.Namespace, Name: one.Key.Pod}]
	if limit == nil || pod == nil || pod.largest != one.Key || pod.used < RiskWarnShare*float64(*limit) {
		return Risk{}, false
	}
	share := pod.used / float64(*limit)
	r := Risk{Usage: *one, Level: RiskWarning, Kind: RiskNearLimit, Share: &share, pod: pod}
	if share >= RiskCriticalShare {
		r.Level = RiskCritical
	}
	r.Why = data.Textf("its pod is at %s of the pod's own limit of %s; this container uses the most of it, %s", SharePercent(&share), humanInt(limit), human(pod.most))
	return r, true
}
