package views

import (
	"fmt"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// fixtureWays are the ways of the database, the template preferred.
func fixtureWays() []data.WayOffer {
	return []data.WayOffer{
		{Way: data.WayTemplate, Offered: true, Why: "lasts: every new pod gets it", Preferred: true},
		{Way: data.WayInPlace, Offered: true, Why: "raises the memory of 3 pods without a restart; new pods get the old value"},
		{Way: data.WayBoth, Offered: true, Why: "stops the kills at once in the pods that run, then changes the template"},
		{Way: data.WayExport, Offered: true, Why: "changes nothing here: the change as text for Git, Helm or a colleague"},
	}
}

// fixtureChecks are nine checks that passed and one without an answer.
func fixtureChecks(more ...data.Check) []data.Check {
	out := more
	out = append(out, data.Check{Name: "node room", State: data.CheckUnknown, Says: "nodes can't be listed: forbidden", From: "kubectl get nodes"})
	for i, name := range []data.Text{"rights", "dry run", "pods from the template", "quota", "QoS class", "disruption budget", "autoscaler", "rollout", "journal"} {
		out = append(out, data.Check{Name: name, State: data.CheckPass, Says: data.Textf("nothing speaks against it (%d)", i+1)})
	}
	return out
}

// Checks that warn, ask for a name, and forbid.
var (
	warnCheck  = data.Check{Name: "disruption budget", State: data.CheckWarn, Says: "database-pdb allows no disruption now: the rollout waits"}
	typedCheck = data.Check{Name: "managed by", State: data.CheckFail, Says: "the operator's object is changed below it", Typed: true}
	blockCheck = data.Check{Name: "quota", State: data.CheckFail, Says: "quota compute has 100Mi left of 8Gi and the rollout needs 256Mi", From: "kubectl get quota -n data", Blocks: true}
)

// wayed is the database's plan with ways and checks.
func wayed(t testing.TB, way data.Way, change func(*Fix)) *Fix {
	f := planned(t)
	f.Ways, f.Change = fixtureWays(), f.Plan.Change
	f.Change.Way = way
	f.Plan.Change.Way, f.Plan.Ways, f.Plan.Checks = way, f.Ways, fixtureChecks()
	w := data.Workload{APIVersion: "apps/v1", Kind: "StatefulSet", Namespace: "data", Name: "database"}
	f.Plan.Target, f.Plan.PatchType = w, strategicMerge
	f.Plan.Patch = []byte(`{"metadata":{"resourceVersion":"4711","uid":"u-1"},"spec":{"template":{"spec":{"containers":[{"name":"postgres","resources":{"limits":{"memory":"768Mi"}}}]}}}}`)
	f.Plan.Export = map[data.ExportFormat][]data.Text{
		data.ExportKubectl:    {f.Command},
		data.ExportStrategic:  {"spec:", "  template:", "    spec:", "      containers:", "      - name: postgres", "        resources:", "          limits:", "            memory: 768Mi"},
		data.ExportKustomize:  {"patches:", "- target:", "    kind: StatefulSet", "    name: database"},
		data.ExportHelmValues: {"# A guess: look for these keys with \"helm show values\" of the chart.", "resources:", "  limits:", "    memory: 768Mi"},
	}
	if way.InPlace() {
		f.Plan.Effect = "resizes 3 pods in place, without a restart"
		for i := range 3 {
			f.Plan.Pods = append(f.Plan.Pods, podPlan(i))
		}
		f.Plan.Pods = append(f.Plan.Pods, data.PodPlan{Pod: data.PodKey{Namespace: "data", Name: "database-3"}, Skip: "it has these values already"})
	}
	if change != nil {
		change(f)
	}
	return f
}

// podPlan is the resize of one pod.
func podPlan(i int) data.PodPlan {
	return data.PodPlan{
		Pod: data.PodKey{Namespace: "data", Name: data.Textf("database-%d", i), UID: data.Textf("u-%d", i)}, Node: "node-1",
		Before: data.Resources{Limit: ptr(512 * data.Mi)}, After: data.Resources{Limit: ptr(768 * data.Mi), Request: ptr(512 * data.Mi)},
		Patch: []byte(`{"spec":{"containers":[{"name":"postgres","resources":{"limits":{"memory":"768Mi"}}}]}}`),
		Diff: []data.DiffLine{{Kind: data.DiffHunk, Text: data.Textf("@@ -%d,2 +%d,2 @@", 20+i, 20+i)}, {Kind: data.DiffSame, Text: "        limits:"},
			{Kind: data.DiffRemove, Text: "          memory: 512Mi"}, {Kind: data.DiffAdd, Text: "          memory: 768Mi"}},
	}
}

// argo puts the database under Argo CD.
func argo(f *Fix) {
	f.Plan.ManagedBy = []data.Manager{{Tool: "Argo CD", Name: "data-prod", Evidence: "annotation argocd.argoproj.io/tracking-id", Does: "self-heal puts the former values back within minutes", Reverts: true}}
	for i := range f.Ways {
		f.Ways[i].Preferred = f.Ways[i].Way == data.WayExport
	}
	f.Ways[3].Why = "Argo CD puts back what is changed here: change it at its source"
}

// wayStates are the dialog's states before a yes that ways and checks bring.
var wayStates = []fixState{
	{"planned-ways", func(t testing.TB) *Fix { return wayed(t, data.WayTemplate, nil) }, nil},
	{"planned-in-place", func(t testing.TB) *Fix { return wayed(t, data.WayInPlace, nil) }, nil},
	{"planned-both", func(t testing.TB) *Fix { return wayed(t, data.WayBoth, nil) }, nil},
	{"planned-one-way", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) {
			for _, i := range []int{1, 2} {
				f.Ways[i].Offered, f.Ways[i].Why = false, "the kubelet of node node-1 is v1.31.2: resizing in place needs v1.33.0"
			}
		})
	}, nil},
	{"planned-gitops", func(t testing.TB) *Fix { return wayed(t, data.WayExport, argo) }, nil},
	{"planned-against-gitops", func(t testing.TB) *Fix { return wayed(t, data.WayTemplate, argo) }, nil},
	{"planned-warned", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) { f.Plan.Checks = fixtureChecks(warnCheck) })
	}, nil},
	{"planned-unfolded", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) { f.Plan.Checks = fixtureChecks(warnCheck) })
	}, []string{"v"}},
	{"planned-blocked", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) { f.Plan.Checks = fixtureChecks(blockCheck, warnCheck) })
	}, nil},
	{"planned-typed", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) { f.Plan.Checks = fixtureChecks(typedCheck) })
	}, nil},
	{"typing-name", func(t testing.TB) *Fix { return wayed(t, data.WayTemplate, func(f *Fix) { f.Protected = true }) }, []string{"ctrl+d", "y", "d", "a"}},
	{"typing-wrong", func(t testing.TB) *Fix { return wayed(t, data.WayTemplate, func(f *Fix) { f.Protected = true }) }, []string{"y", "y", "e", "s", "enter"}},
	{"planned-patch", func(t testing.TB) *Fix { return wayed(t, data.WayBoth, nil) }, []string{"b"}},
	{"planned-knobs", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) {
			f.Plan.Knobs = []data.KnobChange{{Place: data.KnobInEnv, Name: "JAVA_TOOL_OPTIONS", Before: "-Xmx384m", After: "-Xmx576m"}}
		})
	}, nil},
	{"planned-no-journal", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) {
			f.Plan.Unrecorded = true
			f.Warnings = append(f.Warnings, "This change will not be written into the journal: only this dialog can undo it.")
		})
	}, nil},
	{"export", func(t testing.TB) *Fix { return wayed(t, data.WayTemplate, nil) }, []string{"o"}},
	{"export-gitops", func(t testing.TB) *Fix { return wayed(t, data.WayExport, argo) }, []string{"o"}},
	{"undo-to-none", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) {
			f.Undo, f.Limit, f.Request = true, nil, nil
			f.Change.DropLimit, f.Change.DropRequest = true, true
			f.Plan.Before, f.Plan.After = f.Plan.After, data.Resources{}
			f.Plan.Diff = []data.DiffLine{{Kind: data.DiffRemove, Text: "limits: {memory: 768Mi}"}}
		})
	}, nil},
	{"undo-entry", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) {
			e := fixtureEntry(0)
			f.Entry, f.Diagnosis, f.Undo = &e, nil, true
			f.Limit, f.Request = e.Before.Limit, e.Before.Request
			f.Plan.Before, f.Plan.After = e.After, e.Before
		})
	}, nil},
	{"refused-way", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) {
			f.Phase, f.Plan, f.Problem = FixRefused, nil, "a Job's template can't be changed"
			f.Err = fmt.Errorf("no: %w", data.ErrUnsupported)
			f.Ways[0].Offered = false
		})
	}, nil},
}
