package analysis

import (
	"fmt"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// What is set by advice is not called a misconfiguration by the same program afterwards.
func TestSettingsPassTheirOwnDiagnosis(t *testing.T) {
	t.Parallel()
	for rt, rule := range heapRules {
		for limit := 64 * data.Mi; limit <= 64*data.Gi; limit += limit / 7 {
			c := &data.Container{Command: []data.Text{"x"}}
			for _, s := range settingsFor(rt, limit) {
				c.Env = append(c.Env, data.Knob{Name: data.Clean(s.name), Value: data.Clean(s.value)})
			}
			bound := heapOf(c, rt, &limit)
			if bound == nil || rule.leavesNoRoom(bound, limit) {
				t.Fatalf("%s at %s: %+v", rt, data.Quantity(limit), bound)
			}
			// A MiB that was rounded is no fault; a limit that has no room at all is said in the warnings.
			if room := float64(limit) * (1 - leastHeap); room >= rule.beside && heapNeed(bound, rule) > float64(limit)+float64(data.Mi) {
				t.Errorf("%s at %s: %s needs %s", rt, data.Quantity(limit), bound.setting, human(heapNeed(bound, rule)))
			}
		}
	}
}

func TestObjectNamesDoNotMeet(t *testing.T) {
	t.Parallel()
	name := func(workload, container string) string {
		d := Diagnosis{}
		d.Container.Workload.Name, d.Container.Key.Container = data.Clean(workload), data.Clean(container)
		return newMaker(&d).objectName()
	}
	if got := name("api", "main"); got != "api-main" {
		t.Errorf("a plain name became %s", got)
	}
	long := strings.Repeat("a", 250)
	seen := map[string]string{}
	for _, p := range [][2]string{{"api.v2", "c"}, {"api-v2", "c"}, {long + "x", "c"}, {long + "y", "c"}, {long, "c"}, {long, "d"}, {"ä", "c"}, {"ö", "c"}, {"", ""}, {"..", "--"}, {"API", "c"}, {"api", "c"}} {
		got := name(p[0], p[1])
		if len(got) == 0 || len(got) > 63 || strings.Trim(got, "-.") != got || strings.ToLower(got) != got || plainName(got) != got {
			t.Errorf("%q, %q: %q is no name", p[0], p[1], got)
		}
		if was, ok := seen[got]; ok {
			t.Errorf("%q and %q are both named %s", was, p[0]+"/"+p[1], got)
		}
		seen[got] = p[0] + "/" + p[1]
	}
}

func TestScalersOfOtherContainers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		edit func(*Diagnosis)
		kind ArtifactKind
		says string // in Missing; empty: there is one
	}{
		{"an init container does not scale", func(d *Diagnosis) { d.Container.Kind = data.InitContainer }, ArtifactHPA, "init container"},
		{"a sidecar does", func(d *Diagnosis) { d.Container.Kind = data.SidecarContainer }, ArtifactHPA, ""},
		{"no VPA of an init container", func(d *Diagnosis) { d.Container.Kind = data.InitContainer }, ArtifactVPA, "init container"},
		{"nor of a sidecar", func(d *Diagnosis) { d.Container.Kind = data.SidecarContainer }, ArtifactVPA, "sidecar"},
		{"of an injected one no patch", func(d *Diagnosis) { d.Container.Workload.InTemplate = []data.Text{"app"} }, ArtifactPatch, "stands in no template"},
		{"nor a VPA", func(d *Diagnosis) { d.Container.Workload.InTemplate = []data.Text{"app"} }, ArtifactVPA, "stands in no template"},
		{"one that stands there has both", func(d *Diagnosis) { d.Container.Workload.InTemplate = []data.Text{"app", "postgres"} }, ArtifactPatch, ""},
	} {
		d := *databaseDiagnosis()
		c.edit(&d)
		if a := artifactOf(t, &d, c.kind); (c.says == "") != (a.Missing == "") || !strings.Contains(a.Missing.String(), c.says) {
			t.Errorf("%s: %q", c.name, a.Missing)
		}
	}
	d := *databaseDiagnosis()
	d.Container.Workload.InTemplate = []data.Text{"app", "postgres"}
	if m := decode(t, artifactOf(t, &d, ArtifactHPA)); at(m, "spec.metrics.0.containerResource.container") != "postgres" || at(m, "spec.metrics.0.containerResource.target.averageUtilization") != float64(hpaUtilization) {
		t.Errorf("in a pod of several the metric is %v", at(m, "spec.metrics.0"))
	}
	d.Container.Workload.InTemplate = []data.Text{"app"}
	if a := artifactOf(t, &d, ArtifactResources); a.Apply != "" || !strings.Contains(data.JoinLines(a.Warnings).String(), "stands in no template") {
		t.Errorf("a command for an injected container: %q", a.Apply)
	}
}

// Two autoscalers of one memory are warned of in both, and with one there already in the words for that.
func TestScalersWarnOfEachOther(t *testing.T) {
	t.Parallel()
	d := *databaseDiagnosis()
	has := func(kind ArtifactKind, says string) bool {
		return strings.Contains(data.JoinLines(artifactOf(t, &d, kind).Warnings).String(), says)
	}
	if !has(ArtifactHPA, "not both on memory") || !has(ArtifactVPA, "not both on memory") {
		t.Error("the two are not told apart")
	}
	d.Container.Workload.MaxReplicas = ptr(int32(9))
	if !has(ArtifactHPA, "exists already") || !has(ArtifactVPA, "A HorizontalPodAutoscaler of this workload exists") {
		t.Error("one that exists is not named")
	}
	d.Container.Workload.MaxReplicas, d.Container.Workload.Kind = nil, "DaemonSet"
	if has(ArtifactVPA, "not both on memory") {
		t.Error("a DaemonSet has no other autoscaler to choose")
	}
}

func TestArtifactsWithinBounds(t *testing.T) {
	t.Parallel()
	free := databaseDiagnosis()
	limit, request := *free.Recommendation.Limit, *free.Recommendation.Request
	maxAllowed := func(d *Diagnosis) string {
		return fmt.Sprint(at(decode(t, artifactOf(t, d, ArtifactVPA)), "spec.resourcePolicy.containerPolicies.0.maxAllowed.memory"))
	}
	for _, c := range []struct {
		name        string
		bounds      *data.Bounds
		most        int64
		vpa, limits string // in the warnings
	}{
		{"none read", nil, 2 * request, "", ""},
		{"none there", &data.Bounds{}, 2 * request, "", ""},
		{"room for twice", &data.Bounds{MostLimit: ptr(4 * limit)}, 2 * request, "", "has a LimitRange already"},
		{"room for half more", &data.Bounds{MostLimit: ptr(limit + limit/2)}, request + request/2, "", "has a LimitRange already"},
		{"no room", &data.Bounds{MostLimit: ptr(limit / 2), LimitFrom: "kubectl get limitrange"}, 2 * request, "less than the finding needs", "would be refused"},
		{"too small", &data.Bounds{LeastLimit: ptr(2 * limit)}, 2 * request, "", "at least: pods"},
		{"a small node", &data.Bounds{Node: ptr(request + 64*data.Mi)}, request + 64*data.Mi, "", ""},
	} {
		d := *free
		d.Bounds = c.bounds
		if got, want := maxAllowed(&d), data.Quantity(c.most); got != want {
			t.Errorf("%s: at most %s, want %s", c.name, got, want)
		}
		for kind, says := range map[ArtifactKind]string{ArtifactVPA: c.vpa, ArtifactLimitRange: c.limits} {
			if w := data.JoinLines(artifactOf(t, &d, kind).Warnings).String(); !strings.Contains(w, says) {
				t.Errorf("%s: %q is not in the warnings of %s:\n%s", c.name, says, kind, w)
			}
			if w := data.JoinLines(artifactOf(t, &d, kind).Warnings).String(); says == "" && (strings.Contains(w, "refused") && kind == ArtifactVPA || strings.Contains(w, "already (")) {
				t.Errorf("%s: %s warns for nothing:\n%s", c.name, kind, w)
			}
		}
	}
}
