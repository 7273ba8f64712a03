package main

import (
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
)

// fixReport is what "fix -o json" and "undo -o json" print. Memory is in bytes, null where unset.
type fixReport struct {
	Version    int                    `json:"version"`
	Context    data.Text              `json:"context"`
	Server     data.Text              `json:"server"`
	Workload   journal.ObjectRecord   `json:"workload"`
	Target     journal.ObjectRecord   `json:"target"`
	Container  data.Text              `json:"container"`
	Way        string                 `json:"way"`
	Ways       []wayReport            `json:"ways"`
	Before     journal.MemoryRecord   `json:"before"`
	After      journal.MemoryRecord   `json:"after"`
	CostMonth  *float64               `json:"costPerMonth"`
	Effect     data.Text              `json:"effect"`
	Command    data.Text              `json:"command"`
	Checks     []checkReport          `json:"checks"`
	ManagedBy  []managerReport        `json:"managedBy"`
	Diff       []string               `json:"diff"`
	PatchType  string                 `json:"patchType"`
	Patch      string                 `json:"patch"`
	Pods       []podReport            `json:"pods,omitempty"`
	Warnings   []data.Text            `json:"warnings"`
	Applied    bool                   `json:"applied"`
	JournalID  string                 `json:"journalID,omitempty"`
	Targets    []journal.TargetRecord `json:"targets,omitempty"`
	RolloutEnd *bool                  `json:"rolledOut,omitempty"`
	Waits      data.Text              `json:"waits,omitempty"`
	Error      data.Text              `json:"error,omitempty"`
}

type wayReport struct {
	Way       string    `json:"way"`
	Offered   bool      `json:"offered"`
	Preferred bool      `json:"preferred"`
	Why       data.Text `json:"why"`
}

type checkReport struct {
	Name   data.Text `json:"name"`
	State  string    `json:"state"`
	Says   data.Text `json:"says"`
	From   data.Text `json:"from,omitempty"`
	Blocks bool      `json:"blocks"`
	Typed  bool      `json:"needsConfirm"`
}

type managerReport struct {
	Tool     data.Text `json:"tool"`
	Name     data.Text `json:"name,omitempty"`
	Evidence data.Text `json:"evidence"`
	Does     data.Text `json:"does"`
	Reverts  bool      `json:"reverts"`
}

type podReport struct {
	Name     data.Text            `json:"name"`
	UID      data.Text            `json:"uid"`
	Node     data.Text            `json:"node"`
	Before   journal.MemoryRecord `json:"before"`
	After    journal.MemoryRecord `json:"after"`
	Restarts bool                 `json:"restarts"`
	Skip     data.Text            `json:"skip,omitempty"`
}

// fixReport makes the report of a plan and its outcome.
func (o *options) fixReport(cluster data.Cluster, s *shown) fixReport {
	p := s.plan
	object := func(w data.Workload) journal.ObjectRecord {
		return journal.ObjectRecord{APIVersion: w.APIVersion, Kind: w.Kind, Namespace: w.Namespace, Name: w.Name, UID: w.UID}
	}
	r := fixReport{
		Version: 1, Context: cluster.Context, Server: cluster.Server, Workload: object(p.Change.Workload), Target: object(p.Target),
		Container: p.Change.Container, Way: string(p.Change.Way), Before: journal.MemoryRecord(p.Before), After: journal.MemoryRecord(p.After),
		CostMonth: o.costOf(p).TotalMonthly, Effect: p.Effect, Command: p.Command, PatchType: p.PatchType, Patch: string(p.Patch),
		Ways: []wayReport{}, Checks: []checkReport{}, ManagedBy: []managerReport{}, Diff: []string{}, Warnings: append([]data.Text{}, p.Warnings...),
	}
	for _, w := range p.Ways {
		r.Ways = append(r.Ways, wayReport{string(w.Way), w.Offered, w.Preferred, w.Why})
	}
	for _, c := range p.Checks {
		r.Checks = append(r.Checks, checkReport{c.Name, string(c.State), c.Says, c.From, c.Blocks, c.Typed})
	}
	for _, m := range p.ManagedBy {
		r.ManagedBy = append(r.ManagedBy, managerReport(m))
	}
	for _, l := range p.Diff {
		r.Diff = append(r.Diff, sign(l.Kind)+l.Text.String())
	}
	for _, pod := range p.Pods {
		r.Pods = append(r.Pods, podReport{pod.Pod.Name, pod.Pod.UID, pod.Node, journal.MemoryRecord(pod.Before), journal.MemoryRecord(pod.After), pod.Restarts, pod.Skip})
	}
	if s.applied != nil {
		r.Applied, r.JournalID = s.err == nil, s.applied.JournalID
		r.Targets = journal.RecordOf(data.JournalEntry{Targets: s.applied.Targets}).Targets
	}
	if s.rollout != nil {
		r.RolloutEnd, r.Waits = &s.rollout.Done, s.rollout.Waits
	}
	if s.err != nil {
		r.Error = data.Clean(s.err.Error())
	}
	return r
}
