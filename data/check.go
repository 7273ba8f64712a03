package data

// CheckState is the result of a check before a change.
type CheckState string

// The results of a check.
const (
	CheckPass    CheckState = "pass"
	CheckWarn    CheckState = "warn"
	CheckFail    CheckState = "fail"
	CheckUnknown CheckState = "unknown" // it could not be told: a right is missing, or no answer came in time
)

// Check is one line of what was looked at before a change.
type Check struct {
	// Name is what was looked at: "rights", "quota", "node room".
	Name  Text
	State CheckState
	// Says is the reason in one sentence.
	Says Text
	// From is the kubectl command that shows the same; empty where there is none.
	From Text
	// Blocks is true when the change cannot be made whatever anybody confirms.
	Blocks bool
	// Typed is true when the change needs the workload's name to be typed, beyond a yes.
	Typed bool
}

// Blocked returns the first check that forbids the change, or nil.
func (p *Plan) Blocked() *Check {
	for i := range p.Checks {
		if p.Checks[i].Blocks {
			return &p.Checks[i]
		}
	}
	return nil
}

// NeedsTyping returns the checks for which the workload's name must be typed.
func (p *Plan) NeedsTyping() []Check {
	var out []Check
	for _, c := range p.Checks {
		if c.Typed {
			out = append(out, c)
		}
	}
	return out
}

// Manager is who else decides the numbers that a plan changes, and what will become of the change.
type Manager struct {
	// Tool is "Argo CD", "Flux", "Helm", "kubectl apply", an operator's kind, or a field manager's name.
	Tool Text
	Name Text // application, release or object; empty when unknown
	// Evidence is the label, annotation or field manager that shows it.
	Evidence Text
	// Does is what it will do to the change, in one sentence.
	Does Text
	// Reverts is true when the tool puts former values back by itself, so that exporting is the better way.
	Reverts bool
}

// ExportFormat is a form in which a change leaves the program.
type ExportFormat string

// The forms of an export. Not every plan has each.
const (
	ExportKubectl    ExportFormat = "kubectl"     // a command
	ExportStrategic  ExportFormat = "patch"       // strategic merge patch (merge patch for a custom resource), YAML
	ExportKustomize  ExportFormat = "kustomize"   // a patches entry of a kustomization.yaml
	ExportHelmValues ExportFormat = "helm-values" // a guess at a values.yaml
	ExportServerSide ExportFormat = "server-side" // YAML for kubectl apply --server-side
)

// ExportFormats lists the forms in the order in which they are shown.
var ExportFormats = []ExportFormat{ExportKubectl, ExportStrategic, ExportKustomize, ExportHelmValues, ExportServerSide}
