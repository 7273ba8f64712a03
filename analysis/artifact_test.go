package analysis

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/oomedic/oomedic/data"
)

// artifactOf returns the artifact of a kind, which there must be once.
func artifactOf(t *testing.T, d *Diagnosis, kind ArtifactKind) Artifact {
	t.Helper()
	var out []Artifact
	for _, a := range Artifacts(d) {
		if a.Kind == kind {
			out = append(out, a)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d artifacts of kind %s, want one", len(out), kind)
	}
	return out[0]
}

// decode reads an artifact's YAML.
func decode(t *testing.T, a Artifact) map[string]any {
	t.Helper()
	var out map[string]any
	if err := yaml.UnmarshalStrict([]byte(data.JoinLines(a.Lines).String()), &out); err != nil {
		t.Fatalf("%s: %v\n%s", a.Kind, err, data.JoinLines(a.Lines))
	}
	return out
}

// at walks maps and lists by a path such as "spec.metrics.0.type".
func at(v any, path string) any {
	for _, step := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i := int(step[0] - '0')
			if i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func leakDiagnosis() *Diagnosis {
	c, h := leakingAPI()
	d := diagnose(c, h)
	return &d
}

func databaseDiagnosis() *Diagnosis {
	c, h := database()
	d := diagnose(c, h)
	return &d
}

func TestEveryArtifactIsMadeOnce(t *testing.T) {
	t.Parallel()
	file := regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*\.(yaml|md)$`)
	for _, d := range []*Diagnosis{leakDiagnosis(), databaseDiagnosis()} {
		for i, a := range Artifacts(d) {
			if a.Kind != ArtifactKinds[i] {
				t.Errorf("artifact %d is %s, want %s", i, a.Kind, ArtifactKinds[i])
			}
			if a.Title == "" || a.About == "" || !file.MatchString(a.File.String()) {
				t.Errorf("%s lacks a part: %q %q %q", a.Kind, a.Title, a.About, a.File)
			}
			if (len(a.Lines) == 0) == (a.Missing == "") {
				t.Errorf("%s has %d lines and says %q", a.Kind, len(a.Lines), a.Missing)
			}
			if a.YAML() && len(a.Lines) > 0 {
				decode(t, a)
			}
		}
	}
}

func TestArtifactsHaveTheFinding(t *testing.T) {
	t.Parallel()
	d := databaseDiagnosis()
	limit, request := data.Quantity(*d.Recommendation.Limit), data.Quantity(*d.Recommendation.Request)
	for _, c := range []struct {
		kind ArtifactKind
		path string
		want string
	}{
		{ArtifactHPA, "spec.metrics.0.resource.target.averageUtilization", "70"},
		{ArtifactHPA, "spec.metrics.0.resource.name", "memory"},
		{ArtifactHPA, "spec.scaleTargetRef.kind", "StatefulSet"},
		{ArtifactHPA, "spec.minReplicas", "3"},
		{ArtifactHPA, "spec.maxReplicas", "6"},
		{ArtifactVPA, "spec.resourcePolicy.containerPolicies.0.minAllowed.memory", request},
		{ArtifactVPA, "spec.targetRef.name", "database"},
		{ArtifactLimitRange, "spec.limits.0.default.memory", limit},
		{ArtifactLimitRange, "spec.limits.0.defaultRequest.memory", request},
		{ArtifactResources, "resources.limits.memory", limit},
		{ArtifactPatch, "spec.template.spec.containers.0.resources.requests.memory", request},
		{ArtifactPatch, "spec.template.spec.containers.0.name", "postgres"},
		{ArtifactRules, "spec.groups.0.rules.0.for", "10m"},
		{ArtifactPlainRules, "groups.0.rules.0.labels.severity", "warning"},
	} {
		if got := at(decode(t, artifactOf(t, d, c.kind)), c.path); fmt.Sprint(got) != c.want {
			t.Errorf("%s: %s is %v, want %s", c.kind, c.path, got, c.want)
		}
	}
}

func TestArtifactsWarn(t *testing.T) {
	t.Parallel()
	leak, db := leakDiagnosis(), databaseDiagnosis()
	for _, c := range []struct {
		name string
		d    *Diagnosis
		kind ArtifactKind
		says string
		want bool
	}{
		{"a leak does not fall with load", leak, ArtifactHPA, "does not fall with load", true},
		{"a low limit may", db, ArtifactHPA, "does not fall with load", false},
		{"a leak outgrows the autoscaler", leak, ArtifactVPA, "follows a leak", true},
		{"a low limit does not", db, ArtifactVPA, "follows a leak", false},
		{"a leak is not cured by the patch", leak, ArtifactPatch, "buys time and cures nothing", true},
		{"a low limit is", db, ArtifactPatch, "buys time and cures nothing", false},
		{"a StatefulSet holds data", db, ArtifactHPA, "holds data", true},
	} {
		warnings := data.JoinLines(artifactOf(t, c.d, c.kind).Warnings).String()
		if strings.Contains(warnings, c.says) != c.want {
			t.Errorf("%s: %q in the warnings is not %v:\n%s", c.name, c.says, c.want, warnings)
		}
	}
}

func TestArtifactsThatDoNotFit(t *testing.T) {
	t.Parallel()
	bare := *databaseDiagnosis()
	bare.Container.Resources, bare.Recommendation = data.Resources{}, Recommendation{}
	for _, kind := range []ArtifactKind{ArtifactHPA, ArtifactVPA, ArtifactLimitRange, ArtifactResources, ArtifactPatch, ArtifactSettings} {
		if a := artifactOf(t, &bare, kind); a.Missing == "" {
			t.Errorf("%s is made without any number:\n%s", kind, data.JoinLines(a.Lines))
		}
	}
	if a := artifactOf(t, &bare, ArtifactRules); strings.Contains(data.JoinLines(a.Lines).String(), "NearLimit") {
		t.Error("without a limit there is an alert against it")
	}
	for _, c := range []struct {
		kind data.Text
		none []ArtifactKind
	}{
		{"DaemonSet", []ArtifactKind{ArtifactHPA}},
		{"Job", []ArtifactKind{ArtifactHPA, ArtifactPatch}},
		{"Prometheus", []ArtifactKind{ArtifactHPA, ArtifactPatch}},
		{"", []ArtifactKind{ArtifactHPA, ArtifactVPA, ArtifactPatch}},
		{"Deployment", nil},
	} {
		d := *databaseDiagnosis()
		d.Container.Workload.Kind = c.kind
		for _, a := range Artifacts(&d) {
			want := false
			for _, k := range c.none {
				want = want || k == a.Kind
			}
			if (a.Missing != "") != want {
				t.Errorf("%q: %s says %q, missing: want %v", c.kind, a.Kind, a.Missing, want)
			}
		}
	}
}

func TestPatchGoesWhereTheContainerStands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind      data.Text
		container data.ContainerKind
		path      string
	}{
		{"Deployment", data.RegularContainer, "spec.template.spec.containers.0.name"},
		{"Deployment", data.InitContainer, "spec.template.spec.initContainers.0.name"},
		{"Deployment", data.SidecarContainer, "spec.template.spec.initContainers.0.name"},
		{"CronJob", data.RegularContainer, "spec.jobTemplate.spec.template.spec.containers.0.name"},
	} {
		d := *databaseDiagnosis()
		d.Container.Workload.Kind, d.Container.Kind = c.kind, c.container
		if got := at(decode(t, artifactOf(t, &d, ArtifactPatch)), c.path); got != "postgres" {
			t.Errorf("%s, %s: %s is %v", c.kind, c.container, c.path, got)
		}
	}
}

func TestSettingsAreSizedForTheLimit(t *testing.T) {
	t.Parallel()
	const env0 = "spec.template.spec.containers.0.env.0.value"
	for _, c := range []struct {
		name    string
		runtime data.Text
		limit   int64
		knob    data.Knob
		want    string
		warns   string
	}{
		{"a JVM", "java", data.Gi, data.Knob{}, "-XX:MaxRAMPercentage=75.0", ""},
		{"a small JVM", "java", 640 * data.Mi, data.Knob{}, "-XX:MaxRAMPercentage=60.0", ""},
		{"a JVM of just 512Mi", "java", 512 * data.Mi, data.Knob{}, "-XX:MaxRAMPercentage=50.0", ""},
		{"a JVM with no room", "java", 384 * data.Mi, data.Knob{}, "-XX:MaxRAMPercentage=50.0", "wants about 250Mi beside its heap"},
		{"a small Node.js", "node", 128 * data.Mi, data.Knob{}, "--max-old-space-size=64", ""},
		{"a small .NET", "dotnet", 192 * data.Mi, data.Knob{}, "0x41", ""},
		{"a JVM with other options", "java", data.Gi, data.Knob{Name: "JAVA_TOOL_OPTIONS", Value: "-Xmx900m -Duser.timezone=UTC"}, "-Duser.timezone=UTC -XX:MaxRAMPercentage=75.0", "-Xmx900m is set and beats"},
		{"Node.js", "node", data.Gi, data.Knob{}, "--max-old-space-size=768", ""},
		{"Node.js with other options", "node", data.Gi, data.Knob{Name: "NODE_OPTIONS", Value: "--enable-source-maps --max-old-space-size=4096"}, "--enable-source-maps --max-old-space-size=768", "today"},
		{"Go", "go", data.Gi, data.Knob{}, "921MiB", ""},
		{".NET", "dotnet", data.Gi, data.Knob{}, "0x4B", ""},
		{"Python", "python", data.Gi, data.Knob{}, "2", ""},
	} {
		d := *databaseDiagnosis()
		d.Runtime, d.RuntimeFrom, d.Recommendation.Limit = c.runtime, "a test", &c.limit
		if c.knob.Name != "" {
			d.Container.Env = []data.Knob{c.knob}
		}
		a := artifactOf(t, &d, ArtifactSettings)
		if got := at(decode(t, a), env0); got != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
		if w := data.JoinLines(a.Warnings).String(); !strings.Contains(w, c.warns) {
			t.Errorf("%s: %q is not in the warnings:\n%s", c.name, c.warns, w)
		}
	}
	d := *databaseDiagnosis()
	d.Runtime = ""
	text := data.JoinLines(artifactOf(t, &d, ArtifactSettings).Lines).String()
	for _, want := range []string{"GOMEMLIMIT", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "DOTNET_GCHeapHardLimitPercent"} {
		if !strings.Contains(text, want) {
			t.Errorf("without a runtime %s is not listed:\n%s", want, text)
		}
	}
}

func TestEveryCauseHasADegradation(t *testing.T) {
	t.Parallel()
	for _, c := range causes {
		w, ok := degradations[c.id]
		if !ok || len(w.now) == 0 || len(w.build) == 0 {
			t.Errorf("%s has no way to give way", c.id)
		}
	}
	leak, db := leakDiagnosis(), databaseDiagnosis()
	if a, b := artifactOf(t, leak, ArtifactDegradation), artifactOf(t, db, ArtifactDegradation); data.JoinLines(a.Lines[4:]) == data.JoinLines(b.Lines[4:]) {
		t.Error("two causes have the same advice")
	}
}
