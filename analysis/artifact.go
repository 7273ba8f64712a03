package analysis

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/oomedic/oomedic/data"
)

// ArtifactKind names one kind of text that is made for a workload.
type ArtifactKind string

// The kinds of artifact, in the order in which they are offered.
const (
	ArtifactRules       ArtifactKind = "rules"            // PrometheusRule of the Prometheus Operator
	ArtifactPlainRules  ArtifactKind = "prometheus-rules" // rule file of a plain Prometheus
	ArtifactHPA         ArtifactKind = "hpa"
	ArtifactVPA         ArtifactKind = "vpa"
	ArtifactLimitRange  ArtifactKind = "limitrange"
	ArtifactResources   ArtifactKind = "resources"
	ArtifactPatch       ArtifactKind = "patch"
	ArtifactSettings    ArtifactKind = "settings" // of the language runtime
	ArtifactDegradation ArtifactKind = "degradation"
)

// ArtifactKinds are all kinds in the order in which they are offered.
var ArtifactKinds = []ArtifactKind{
	ArtifactRules, ArtifactPlainRules, ArtifactResources, ArtifactPatch, ArtifactSettings, ArtifactHPA, ArtifactVPA,
	ArtifactLimitRange, ArtifactDegradation,
}

// Artifact is a text that helps before the next kill, made for one workload from its diagnosis.
type Artifact struct {
	Kind  ArtifactKind
	Title data.Text // "PrometheusRule"
	About data.Text // what it does, in one line
	File  data.Text // what it is saved as: lower-case letters, digits, dots and dashes alone
	// Lines are the text, an element a line: YAML, or Markdown when File ends in ".md". Empty when Missing is not.
	Lines []data.Text
	// Apply is the command that puts the saved file to use; empty when it is no object.
	Apply    data.Text
	Warnings []data.Text // what to mind before using it
	Missing  data.Text   // why there is none for this workload
}

// YAML reports whether the artifact's lines are YAML.
func (a *Artifact) YAML() bool { return strings.HasSuffix(a.File.String(), ".yaml") }

// Artifacts returns every artifact for the workload that d is about, one of each kind, in their order. One that does
// not fit the workload has no lines and says why.
func Artifacts(d *Diagnosis) []Artifact {
	m := newMaker(d)
	all := append(m.rules(), m.resources(), m.patch(), m.settings(), m.hpa(), m.vpa(), m.limitRange(), m.degradation())
	slices.SortStableFunc(all, func(a, b Artifact) int {
		return slices.Index(ArtifactKinds, a.Kind) - slices.Index(ArtifactKinds, b.Kind)
	})
	return all
}

// maker is what all artifacts of one diagnosis are made from.
type maker struct {
	d        *Diagnosis
	c        *data.Container
	limit    *int64 // wanted: the recommended one, else today's
	request  *int64
	fromRec  bool // the limit is the recommended one
	sel      string
	interval float64 // of scrapes in seconds
}

func newMaker(d *Diagnosis) *maker {
	m := &maker{d: d, c: &d.Container, limit: above(d.Container.Resources.Limit), request: above(d.Container.Resources.Request), interval: 30}
	m.sel = data.WorkloadSelector(m.c)
	if r := d.Recommendation; r.Limit != nil {
		m.limit, m.fromRec = r.Limit, true
	}
	if r := d.Recommendation; r.Request != nil {
		m.request = r.Request
	}
	if h := d.History; h != nil && h.ScrapeInterval > 0 {
		m.interval = h.ScrapeInterval.Seconds()
	}
	return m
}

// workloadName is the name of the workload, or of the pod where it has none above it.
func (m *maker) workloadName() data.Text {
	if m.c.Workload.Name != "" {
		return m.c.Workload.Name
	}
	return m.c.Key.Pod
}

// objectName makes a name that the API server takes from those of the workload and the container. Where something of them
// is lost, a sum of both stands in for it: two workloads never share an object, of which the second would replace the first.
func (m *maker) objectName() string {
	const longest, sum = 63, 9
	whole := m.workloadName().String() + "-" + m.c.Key.Container.String()
	name := plainName(whole)
	if name == whole && len(name) <= longest {
		return name
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(m.workloadName().String() + "/" + m.c.Key.Container.String()))
	name = strings.TrimRight(name[:min(len(name), longest-sum)], "-")
	return strings.TrimLeft(fmt.Sprintf("%s-%08x", name, h.Sum32()), "-")
}

// plainName keeps lower-case letters, digits and dashes of s.
func plainName(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(s)), "-")
}

// file is what an artifact is saved as.
func (m *maker) file(kind ArtifactKind, end string) data.Text {
	return data.Clean(m.objectName() + "-" + string(kind) + end)
}

// object is the head of a Kubernetes object in the workload's namespace.
func (m *maker) object(apiVersion, kind, name string, spec map[string]any) map[string]any {
	meta := map[string]any{"name": name}
	if m.c.Key.Namespace != "" {
		meta["namespace"] = m.c.Key.Namespace.String()
	}
	return map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": meta, "spec": spec}
}

// yamlText writes comments and then v as YAML, an element a line.
func yamlText(comments []data.Text, v any) []data.Text {
	out := make([]data.Text, 0, len(comments)+32)
	for _, c := range comments {
		out = append(out, "# "+c)
	}
	text, err := yaml.Marshal(v)
	if err != nil { // maps of strings, numbers and lists always marshal
		return append(out, "# "+data.Clean(err.Error()))
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		out = append(out, data.Clean(line))
	}
	return out
}

// applyCommand puts an object's file to use, after the server has tried it.
func applyCommand(file data.Text) data.Text {
	return data.Textf("kubectl apply --dry-run=server -f %s && kubectl apply -f %s", file, file)
}

// leaks reports whether the cause is growth that no limit ends.
func (m *maker) leaks() bool {
	return m.d.Cause.Class == MemoryLeak || m.d.Cause.Class == GradualAccumulation
}
