package prom

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
)

// past gathers what is found of former kills. It is filled from several goroutines.
type past struct {
	mu     sync.Mutex
	byName map[containerName]*data.Container
	uids   map[containerName][]string
	owners map[pastOwner]pastOwner // of ReplicaSets and Jobs: what is above them
	asked  map[pastOwner]bool
}

// pastOwner names an owner within a namespace.
type pastOwner struct{ namespace, kind, name string }

func newPast(found map[pastKey]bool) *past {
	p := &past{byName: map[containerName]*data.Container{}, uids: map[containerName][]string{}, owners: map[pastOwner]pastOwner{}, asked: map[pastOwner]bool{}}
	for k := range found {
		name := containerName{k.namespace, k.pod, k.container}
		if k.uid != "" {
			p.uids[name] = append(p.uids[name], k.uid)
		}
		if p.byName[name] == nil {
			p.byName[name] = &data.Container{
				Key:  data.Key{Namespace: data.Clean(k.namespace), Pod: data.Clean(k.pod), Container: data.Clean(k.container)},
				Kind: data.RegularContainer, State: data.Gone, Known: data.KnownFromMetrics,
			}
		}
	}
	for name, uids := range p.uids {
		if len(uids) == 1 {
			p.byName[name].Key.UID = data.Clean(uids[0])
		}
	}
	return p
}

// list returns the containers in no order.
func (p *past) list() []*data.Container {
	out := make([]*data.Container, 0, len(p.byName))
	for _, c := range p.byName {
		out = append(out, c)
	}
	return out
}

// add takes kills.
func (p *past) add(deaths []death) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range deaths {
		if c := p.byName[containerName{d.namespace, d.pod, d.container}]; c != nil {
			c.Kills = data.MergeKills(c.Kills, []data.Kill{d.kill()})
		}
	}
}

// ended takes the end of a pod that was never restarted, in Unix seconds.
func (p *past) ended(m metricLabels, at float64) {
	if at > 0 {
		p.add([]death{{m.get("namespace"), m.get("pod"), m.get("container"), int64(at)}})
	}
}

// limit takes a memory limit in bytes, and the node that the series names. A limit of another pod of the same name, such
// as the next of a StatefulSet, is left out.
func (p *past) limit(m metricLabels, v float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := containerName{m.get("namespace"), m.get("pod"), m.get("container")}
	c, uid := p.byName[name], m.get("uid")
	if c == nil || uid != "" && len(p.uids[name]) > 0 && !slices.Contains(p.uids[name], uid) {
		return
	}
	if limit := int64(v); limit > 0 && (c.Resources.Limit == nil || limit > *c.Resources.Limit) {
		c.Resources.Limit = &limit
	}
	if node := m.get("node"); node != "" {
		c.Node = data.Clean(node)
	}
}

// owner takes the direct owner of a pod.
func (p *past) owner(m metricLabels, _ float64) {
	kind, name := m.get("owner_kind"), m.get("owner_name")
	if kind == "" || kind == "<none>" || kind == "Node" {
		kind, name = "Pod", m.get("pod")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for at, c := range p.byName {
		if at.namespace == m.get("namespace") && at.pod == m.get("pod") {
			c.Workload = data.Workload{Kind: data.Clean(kind), Namespace: data.Clean(at.namespace), Name: data.Clean(name)}
		}
	}
}

// unresolved returns the names of the owners of a kind by namespace that were not looked up yet.
func (p *past) unresolved(kind string) map[string][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string][]string{}
	for _, c := range p.byName {
		o := pastOwner{c.Workload.Namespace.String(), c.Workload.Kind.String(), c.Workload.Name.String()}
		if o.kind == kind && !p.asked[o] {
			p.asked[o] = true
			out[o.namespace] = append(out[o.namespace], literal(o.name))
		}
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out
}

// above takes what owns a ReplicaSet or a Job.
func (p *past) above(ns, kind, name, ownerKind, ownerName string) {
	if ownerKind == "" || ownerKind == "<none>" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.owners[pastOwner{ns, kind, name}] = pastOwner{ns, ownerKind, ownerName}
}

// apiVersions are those of the kinds that own pods in every cluster; series do not tell them.
var apiVersions = map[data.Text]data.Text{
	"Deployment": "apps/v1", "ReplicaSet": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "Job": "batch/v1", "CronJob": "batch/v1", "Pod": "v1",
	"ReplicationController": "v1",
}

// containers returns those that have a kill, in order.
func (p *past) containers() []data.Container {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []data.Container
	for _, c := range p.byName {
		if len(c.Kills) == 0 {
			continue
		}
		if up, ok := p.owners[pastOwner{c.Workload.Namespace.String(), c.Workload.Kind.String(), c.Workload.Name.String()}]; ok {
			c.Workload.Kind, c.Workload.Name = data.Clean(up.kind), data.Clean(up.name)
		}
		c.Workload.APIVersion = apiVersions[c.Workload.Kind]
		c.GoneAt = c.Kills[len(c.Kills)-1].At.Add(time.Second)
		c.LimitUnknown = c.Resources.Limit == nil // a series may be missing, and none tells of a pod's own limit
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b data.Container) int { return strings.Compare(a.Key.String(), b.Key.String()) })
	return out
}

// literal quotes a name for a regular expression; alternatives joins such names.
func literal(name string) string { return regexp.QuoteMeta(valid(name)) }

func alternatives(names []string) string { return strings.Join(names, "|") }

// namesOf takes what is about containers off a selector of podsSelector: series of pods have no such label.
func namesOf(sel string) string { return strings.TrimSuffix(sel, ","+realContainers) }
