package killlog

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/oomedic/oomedic/data"
)

// version is the version of the file's format. Lines of a later one are left alone.
const version = 1

// record is one line: a kill, or, as the first line, when the file was begun. Memory is in bytes.
type record struct {
	Version    int        `json:"v"`
	Began      *time.Time `json:"began,omitempty"`
	At         time.Time  `json:"at,omitzero"`
	StartedAt  time.Time  `json:"startedAt,omitzero"`
	Namespace  data.Text  `json:"namespace,omitempty"`
	Pod        data.Text  `json:"pod,omitempty"`
	UID        data.Text  `json:"uid,omitempty"`
	Container  data.Text  `json:"container,omitempty"`
	Kind       string     `json:"kind,omitempty"`
	Node       data.Text  `json:"node,omitempty"`
	Image      data.Text  `json:"image,omitempty"`
	Reason     data.Text  `json:"reason,omitempty"`
	ExitCode   *int32     `json:"exitCode,omitempty"`
	Limit      *int64     `json:"limit,omitempty"`
	Request    *int64     `json:"request,omitempty"`
	PodLimit   *int64     `json:"podLimit,omitempty"`
	Restarts   int32      `json:"restarts,omitempty"`
	PodCreated time.Time  `json:"podCreated,omitzero"`
	Workload   *workload  `json:"workload,omitempty"`
}

// workload is the owner of a killed container.
type workload struct {
	APIVersion data.Text `json:"apiVersion,omitempty"`
	Kind       data.Text `json:"kind"`
	Name       data.Text `json:"name"`
	UID        data.Text `json:"uid,omitempty"`
}

// recordOf makes the line of one kill.
func recordOf(c *data.Container, k data.Kill) record {
	r := record{
		Version: version, At: k.At.UTC(), StartedAt: k.StartedAt.UTC(), Namespace: c.Key.Namespace, Pod: c.Key.Pod, UID: c.Key.UID,
		Container: c.Key.Container, Kind: string(c.Kind), Node: c.Node, Image: c.Image, Reason: k.Reason, ExitCode: k.ExitCode,
		Limit: c.Resources.Limit, Request: c.Resources.Request, PodLimit: c.PodLimit, Restarts: c.Restarts, PodCreated: c.PodCreated.UTC(),
	}
	if k.StartedAt.IsZero() {
		r.StartedAt = time.Time{}
	}
	if w := c.Workload; w.Kind != "" {
		r.Workload = &workload{w.APIVersion, w.Kind, w.Name, w.UID}
	}
	return r
}

// id tells one kill from all others of a cluster.
func (r *record) id() string {
	return fmt.Sprintf("%s/%s/%s/%s/%d", r.Namespace, r.Pod, r.UID, r.Container, r.At.Unix())
}

// line is the record as one line.
func (r *record) line() ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write a kill: %w", err)
	}
	return append(b, '\n'), nil
}

// parse reads a line; ok is false when it is none of this format.
func parse(line []byte) (r record, ok bool) {
	if err := json.Unmarshal(line, &r); err != nil || r.Version != version {
		return r, false
	}
	if r.Began != nil {
		return r, true
	}
	return r, !r.At.IsZero() && r.Namespace != "" && r.Pod != "" && r.Container != ""
}

// container is what a line tells of a container. Whether it still exists, a list must say.
func (r *record) container(path string) data.Container {
	c := data.Container{
		Key:  data.Key{Namespace: clean(r.Namespace), Pod: clean(r.Pod), UID: clean(r.UID), Container: clean(r.Container)},
		Kind: kindOf(r.Kind), Node: clean(r.Node), Image: clean(r.Image), PodLimit: r.PodLimit, Restarts: r.Restarts, PodCreated: r.PodCreated,
		Resources: data.Resources{Limit: r.Limit, Request: r.Request}, State: data.Unknown, Known: data.KnownFromJournal,
	}
	if w := r.Workload; w != nil {
		c.Workload = data.Workload{APIVersion: clean(w.APIVersion), Kind: clean(w.Kind), Namespace: c.Key.Namespace, Name: clean(w.Name), UID: clean(w.UID)}
	}
	c.Kills = []data.Kill{{
		At: r.At, StartedAt: r.StartedAt, Reason: clean(r.Reason), ExitCode: r.ExitCode,
		From: data.Text("grep " + data.ShellQuote(c.Key.Pod) + " " + data.ShellQuote(data.Clean(path))),
	}}
	return c
}

// kindOf reads a kind; what is unknown is an ordinary container.
func kindOf(s string) data.ContainerKind {
	switch k := data.ContainerKind(s); k {
	case data.InitContainer, data.SidecarContainer, data.EphemeralContainer:
		return k
	}
	return data.RegularContainer
}
