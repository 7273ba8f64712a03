package analysis

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Numbers of the alerting rules. The share and the wait are the ones that people expect of such an alert; the others
// follow the pace of the workload within these bounds.
const (
	alertShare   = 0.90             // of the limit, for nearWait
	nearWait     = 10 * time.Minute // before the alert on the share fires
	halfFull     = 0.50             // below this share of the limit a forecast is not worth an alert
	shortestLook = 5 * time.Minute  // back, of a forecast
	longestLook  = 6 * time.Hour    // back: longer windows would see the daily cycle as growth
	longestAhead = 4 * time.Hour    // of a forecast
	fullWindow   = 0.6              // of those that a full window would have: younger lives say nothing
	leakToLimit  = 72               // hours from half of the limit to all of it: growth from which on a leak is suspected
	killedLately = 10 * time.Minute // how long the alert on a kill stands
)

// alertBy is how series are joined: what differs between two sources of one fact is grouped away.
const alertBy = "(namespace, pod, container)"

// alert is one alerting rule.
type alert struct {
	name, expr, summary, description, severity string
	wait                                       time.Duration
}

func (a *alert) rule() map[string]any {
	out := map[string]any{
		"alert": a.name, "expr": a.expr,
		"labels":      map[string]any{"severity": a.severity},
		"annotations": map[string]any{"summary": a.summary, "description": a.description},
	}
	if a.wait > 0 {
		out["for"] = data.PromDuration(a.wait)
	}
	return out
}

// pace is the time that the rules of a workload look back and ahead.
type pace struct{ back, ahead, leakBack time.Duration }

// pace follows how long the workload takes from its start to its limit: a day where that is not known.
func (m *maker) pace() pace {
	hours := 24.0
	if c := m.d.Cause; c.GrowthPerHour != nil && c.Baseline != nil && m.c.Resources.Limit != nil && *c.GrowthPerHour > 0 {
		hours = max(float64(*m.c.Resources.Limit-*c.Baseline), 0) / *c.GrowthPerHour
	}
	within := func(share float64, low, high time.Duration) time.Duration {
		d := min(time.Duration(min(share*hours, 24*365)*float64(time.Hour)), high)
		return max(d, low).Round(time.Minute)
	}
	least := max(shortestLook, time.Duration(10*m.interval*float64(time.Second)).Round(time.Minute))
	return pace{back: within(1.0/12, least, longestLook), ahead: within(1.0/3, 2*shortestLook, longestAhead), leakBack: within(0.5, 2*least, longestLook)}
}

// memory returns the working set, and its limit, each as one value a container.
func (m *maker) memory() (used, limit string, ok bool) {
	used = "max by " + alertBy + " (" + data.MetricWorkingSet + "{" + m.sel + "})"
	lim := m.c.Resources.Limit
	switch h := m.d.History; {
	case above(lim) == nil:
		return used, "", false
	case h != nil && h.Limit.Len() == 0: // no kube-state-metrics here
		return used, strconv.FormatInt(*lim, 10), true
	}
	metric := data.MetricLimits
	if m.c.Kind == data.InitContainer || m.c.Kind == data.SidecarContainer {
		metric = data.MetricInitLimits
	}
	return used, "on " + alertBy + " max by " + alertBy + " (" + metric + `{resource="memory",` + m.sel + "})", true
}

// alerts are the rules for the workload.
func (m *maker) alerts() []alert {
	var out []alert
	p := m.pace()
	used, limit, ok := m.memory()
	if ok {
		near := used + "\n  / " + limit
		out = append(out, alert{
			name: "ContainerMemoryNearLimit", expr: near + "\n  > " + share(alertShare), wait: nearWait, severity: "warning",
			summary:     "{{ $labels.container }} in {{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory limit",
			description: "Its working set has been above 90% of the limit for 10 minutes. At the limit the kernel kills it.",
		}, alert{
			name: "ContainerMemoryOOMPredicted", severity: "warning", wait: (p.back / 6).Round(time.Minute),
			expr: "max by " + alertBy + " (\n" + m.alive("predict_linear", p.back, fmt.Sprintf(", %d", int(p.ahead.Seconds()))) + "\n)\n  / " + limit + "\n  > 1\n" +
				"and on " + alertBy + "\n" + near + "\n  > " + share(halfFull),
			summary:     "{{ $labels.container }} in {{ $labels.namespace }}/{{ $labels.pod }} will meet its memory limit within " + data.PromDuration(p.ahead),
			description: "At the pace of the last " + data.PromDuration(p.back) + " its working set reaches {{ $value | humanizePercentage }} of the limit by then.",
		}, m.leakAlert(p))
	} else if r := above(m.c.Resources.Request); r != nil {
		out = append(out, alert{
			name: "ContainerMemoryAboveRequest", severity: "warning", wait: nearWait,
			expr:        used + "\n  / " + strconv.FormatInt(*r, 10) + "\n  > 1",
			summary:     "{{ $labels.container }} in {{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory request",
			description: "It has no limit: when the node runs out of memory, those far above their request are killed first.",
		})
	}
	return append(out, m.killAlerts()...)
}

// alive applies a function to the working set of each instance that runs now and has run for most of the window: an
// instance that was killed stays in a range for as long as the range is, and a young one has no course yet.
func (m *maker) alive(fn string, back time.Duration, more string) string {
	series := data.MetricWorkingSet + "{" + m.sel + "}"
	ranged := series + "[" + data.PromDuration(back) + "]"
	least := max(3, int(math.Floor(fullWindow*back.Seconds()/m.interval)))
	return "  " + fn + "(" + ranged + more + ")\n  and " + series + "\n  and count_over_time(" + ranged + ") >= " + strconv.Itoa(least)
}

// leakAlert fires on growth over hours, from half of the growth that was seen on, or the growth that fills half of the
// limit in three days.
func (m *maker) leakAlert(p pace) alert {
	least := float64(*m.c.Resources.Limit) / 2 / leakToLimit
	if g := m.d.Cause.GrowthPerHour; m.leaks() && g != nil && *g > 0 {
		least = *g / 2
	}
	return alert{
		name: "ContainerMemoryLeak", severity: "warning", wait: (p.leakBack / 6).Round(time.Minute),
		expr:        "max by " + alertBy + " (\n" + m.alive("deriv", p.leakBack, "") + "\n) * 3600\n  > " + strconv.FormatInt(int64(least), 10),
		summary:     "The memory of {{ $labels.container }} in {{ $labels.namespace }}/{{ $labels.pod }} grows by {{ $value | humanize1024 }}B an hour",
		description: "It has grown for " + data.PromDuration(p.leakBack) + " without a restart. Take a heap profile now, and another one later: what grew between them is the leak.",
	}
}

// killAlerts fire when it has happened.
func (m *maker) killAlerts() []alert {
	ended, reason := data.MetricLastEnd, data.MetricLastReason
	if m.c.Kind == data.InitContainer || m.c.Kind == data.SidecarContainer {
		ended, reason = data.MetricInitLastEnd, data.MetricInitLastReason
	}
	one := func(metric, more string) string {
		return "max by " + alertBy + " (" + metric + "{" + more + m.sel + "})"
	}
	const oom = `reason="OOMKilled",`
	expr := "time() - " + one(ended, "") + " < " + strconv.Itoa(int(killedLately.Seconds())) +
		"\nand on " + alertBy + "\n" + one(reason, oom) + " == 1"
	if k := m.c.Workload.Kind; (k == "Job" || k == "CronJob") && m.c.Kind == data.RegularContainer {
		expr = one(data.MetricTerminatedReason, oom) + " == 1\nor\n(\n" + expr + "\n)" // one that is not restarted stays terminated
	}
	killed := alert{
		name: "ContainerOOMKilled", expr: expr, severity: "critical",
		summary:     "{{ $labels.container }} in {{ $labels.namespace }}/{{ $labels.pod }} was killed for memory",
		description: "The kubelet reports OOMKilled. Its memory before the kill says whether the limit is too low or memory is kept for ever.",
	}
	if m.d.Confirmation.Scope != ScopeChild {
		return []alert{killed}
	}
	return []alert{killed, {
		name: "ContainerChildOOMKilled", severity: "critical",
		expr:        "max by " + alertBy + " (increase(" + data.MetricOOMEvents + "{" + m.sel + "}[" + data.PromDuration(killedLately) + "])) > 0",
		summary:     "A process in {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} was killed for memory",
		description: "The container itself lives on, so nothing in the pod's status shows it.",
	}}
}

func share(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// group is the group of rules that both forms of a rule file hold.
func (m *maker) group() map[string]any {
	all := m.alerts()
	rules := make([]any, 0, len(all))
	for i := range all {
		rules = append(rules, all[i].rule())
	}
	return map[string]any{"name": "memory-" + plainName(m.c.Key.Namespace.String()) + "-" + m.objectName(), "rules": rules}
}

// rules are the alerting rules, as an object of the Prometheus Operator and as a file of a plain Prometheus.
func (m *maker) rules() []Artifact {
	groups := map[string]any{"groups": []any{m.group()}}
	comments := []data.Text{data.Textf("memory alerts for container %s of %s", m.c.Key.Container, m.place())}
	op := Artifact{Kind: ArtifactRules, Title: "PrometheusRule", About: "Alerts for the Prometheus Operator: near the limit, predicted, killed, leak.", File: m.file(ArtifactRules, ".yaml")}
	op.Lines = yamlText(comments, m.object("monitoring.coreos.com/v1", "PrometheusRule", m.objectName()+"-memory", groups))
	op.Apply, op.Warnings = applyCommand(op.File), m.ruleWarnings()
	op.Warnings = append(op.Warnings, "The operator takes rules by label: add those of ruleSelector, which kubectl get prometheus -A -o jsonpath='{.items[*].spec.ruleSelector}' shows.")
	plain := Artifact{Kind: ArtifactPlainRules, Title: "Prometheus rules", About: "The same alerts as a rule file for a Prometheus without the operator.", File: m.file(ArtifactPlainRules, ".yaml")}
	plain.Lines, plain.Warnings = yamlText(comments, groups), m.ruleWarnings()
	plain.Apply = data.Textf("promtool check rules %s", plain.File)
	return []Artifact{op, plain}
}

// ruleWarnings say where a rule stays silent.
func (m *maker) ruleWarnings() []data.Text {
	var out []data.Text
	h := m.d.History
	switch {
	case above(m.c.Resources.Limit) == nil:
		out = append(out, "The container has no limit, so there are no alerts against one: set a limit and make these rules again.")
	case h == nil:
		out = append(out, "No Prometheus was read: the rules need container_memory_working_set_bytes of the kubelet and the limits of kube-state-metrics.")
	case h.Limit.Len() == 0:
		out = append(out, "kube-state-metrics has no limit of this container here, so today's stands in the rules as a number: change it with the limit. The alert on kills needs kube-state-metrics.")
	}
	if c := m.d.Cause; c.GrowthPerHour != nil && c.Baseline != nil && m.c.Resources.Limit != nil && *c.GrowthPerHour > 0 {
		if hours := float64(*m.c.Resources.Limit-*c.Baseline) / *c.GrowthPerHour; hours < 0.5 {
			out = append(out, data.Textf("It takes %s from a start to the limit: no alert is quick enough to come before the kill.", hoursText(max(hours, 0))))
		}
	}
	switch m.d.Cause.Class {
	case LoadSpike, ConcurrentRequests, StartupPeak, LargeFile:
		out = append(out, "Memory jumps within seconds here, so only the alert on the kill itself is sure to fire.")
	}
	return out
}
