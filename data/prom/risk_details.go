package prom

import (
	"regexp"
	"time"

	"github.com/oomedic/oomedic/data"
)

// detailTable takes in parts, peaks and owners of a few containers.
type detailTable struct {
	byName map[usageName]*data.Usage
	newest map[usageName]string // id of the life that runs; empty when not known
	parts  map[*data.Usage]*fileParts
	owners map[[2]data.Text]*data.Workload // by namespace and pod
}

// fileParts are the parts of the page cache, of the life that runs.
type fileParts struct{ cache, active, inactive *float64 }

func (d *detailTable) take(w *row) {
	v, ok := w.last()
	if !ok || v < 0 {
		return
	}
	ns, pod := data.Clean(w.namespace), data.Clean(w.pod)
	if w.name == data.MetricOwner {
		if v > 0 && w.ownerKind != "" && w.ownerKind != "<none>" {
			d.owners[[2]data.Text{ns, pod}] = ownerNamed(ns, data.Clean(w.ownerKind), data.Clean(w.ownerName))
		}
		return
	}
	name := usageName{ns, pod, data.Clean(w.container)}
	u := d.byName[name]
	if u == nil {
		return
	}
	if w.name == "" {
		raise(&u.Peak, v)
		return
	}
	if id := d.newest[name]; id != "" && w.id != id {
		return // of a life that has ended
	}
	if u.Parts == nil {
		u.Parts, d.parts[u] = &data.UsageParts{}, &fileParts{}
	}
	files := d.parts[u]
	switch w.name {
	case data.MetricRSS:
		raise(&u.Parts.RSS, v)
	case data.MetricKernel:
		raise(&u.Parts.Kernel, v)
	case data.MetricCache:
		raise(&files.cache, v)
	case data.MetricActiveFile:
		raise(&files.active, v)
	case data.MetricInactiveFile:
		raise(&files.inactive, v)
	}
}

// finish puts together what needs several answers.
func (d *detailTable) finish() {
	for u, f := range d.parts {
		if f.cache == nil || f.active == nil || f.inactive == nil {
			continue
		}
		shared := max(*f.cache-*f.active-*f.inactive, 0)
		u.Parts.Shared = &shared
	}
	for _, u := range d.byName {
		if u.Owner == nil {
			u.Owner = d.owners[[2]data.Text{u.Key.Namespace, u.Key.Pod}]
		}
	}
}

// hashed is a ReplicaSet's name as a Deployment makes it.
var hashed = regexp.MustCompile(`^(.+)-[bcdfghjklmnpqrstvwxz2456789]{1,10}$`)

// ownerNamed returns the owner of a pod. kube-state-metrics tells the direct one: the Deployment behind a ReplicaSet is
// told by how it names them.
func ownerNamed(namespace, kind, name data.Text) *data.Workload {
	w := &data.Workload{APIVersion: "apps/v1", Kind: kind, Namespace: namespace, Name: name}
	switch kind {
	case "ReplicaSet":
		if m := hashed.FindStringSubmatch(name.String()); m != nil {
			w.Kind, w.Name = "Deployment", data.Clean(m[1])
		}
	case "Job":
		w.APIVersion = "batch/v1"
	case "StatefulSet", "DaemonSet":
	default:
		w.APIVersion = ""
	}
	return w
}

func unixMilli(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
