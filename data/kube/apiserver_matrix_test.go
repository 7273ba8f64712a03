package kube_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// cell is what one way does to one kind: what the patch has in it, or the words of the refusal.
type cell struct{ patches, refuses string }

// row is one kind: the object that is made, the preferred way, and each way.
type row struct {
	name      string
	make      func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload
	container string
	prefer    data.Way
	ways      map[data.Way]cell
}

// withNode puts a node with 16 GiB and a kubelet onto the server.
func withNode(t *testing.T, cs kubernetes.Interface, name, kubelet string) {
	t.Helper()
	n, err := cs.CoreV1().Nodes().Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	must(t, err)
	n.Status.Allocatable = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("16Gi"), corev1.ResourceCPU: resource.MustParse("4")}
	n.Status.Capacity, n.Status.NodeInfo.KubeletVersion, n.Status.NodeInfo.OperatingSystem = n.Status.Allocatable, kubelet, "linux"
	n.Status.DeclaredFeatures = []string{"InPlacePodVerticalScalingInitContainers"}
	n, err = cs.CoreV1().Nodes().UpdateStatus(t.Context(), n, metav1.UpdateOptions{})
	must(t, err)
	n.Spec.Taints = nil // the server puts "not ready" onto a new node, and nobody here takes it off
	_, err = cs.CoreV1().Nodes().Update(t.Context(), n, metav1.UpdateOptions{})
	must(t, err)
}

// runs puts a running pod of an owner onto a node of its own, changed before it is made.
func runs(t *testing.T, cs kubernetes.Interface, ns, name, kind, apiVersion string, uid types.UID, change ...func(*corev1.Pod)) *corev1.Pod {
	t.Helper()
	withNode(t, cs, ns, "v1.37.2")
	m := meta(ns, name+"-0")
	m.Labels = map[string]string{"app": name}
	if kind == "Job" {
		m.Labels["batch.kubernetes.io/controller-uid"] = string(uid)
	}
	if kind != "" {
		m = controlled(m, apiVersion, kind, name, uid)
	}
	p := newPod(m)
	p.Spec.NodeName = ns
	r := p.Spec.Containers[0].Resources
	p.Status.ContainerStatuses[0].Resources, p.Status.ContainerStatuses[0].AllocatedResources = &r, r.Requests
	for _, do := range change {
		do(p)
	}
	return create(t, cs, p)
}

// update has the tables of the documentation written anew.
var update = flag.Bool("update", false, "write the tables of the documentation anew")

// TestServerEveryKindByEveryWay plans each way for each kind against a real API server, compares what is offered with
// what can be planned, and holds the table of docs/fix.md to it.
func TestServerEveryKindByEveryWay(t *testing.T) {
	t.Parallel()
	rows := append(kubernetesRows(), customRows()...)
	lines := make([]string, len(rows))
	t.Run("kinds", func(t *testing.T) {
		for i, r := range rows {
			t.Run(r.name, func(t *testing.T) {
				t.Parallel()
				cs := admin(t)
				ns := newNamespace(t, cs)
				w := r.make(t, cs, ns)
				c := connect(t, apiServer(t), kube.Options{})
				ch := data.Change{Workload: w, Container: data.Text(r.container), Kind: data.RegularContainer, Limit: bytes(768 * data.Mi)}
				if r.container == "migrate" {
					ch.Kind = data.InitContainer
				}
				lines[i] = strings.ReplaceAll(everyWay(t, c, r, ch), ns, "shop")
			})
		}
	})
	if !t.Failed() {
		holdTable(t, "../../docs/fix.md", "| kind | best | template | in place | both | export |\n|---|---|---|---|---|---|\n"+strings.Join(lines, ""))
	}
}

// holdTable compares the matrix of a page with what was found, or writes it.
func holdTable(t *testing.T, path, table string) {
	t.Helper()
	const begin, end = "<!-- matrix:begin -->\n", "<!-- matrix:end -->"
	page, err := os.ReadFile(path)
	must(t, err)
	before, rest, ok := strings.Cut(string(page), begin)
	old, after, ok2 := strings.Cut(rest, end)
	switch {
	case !ok || !ok2:
		t.Fatalf("%s has no place for the matrix", path)
	case old == table:
	case *update:
		must(t, os.WriteFile(path, []byte(before+begin+table+end+after), 0o600))
	default:
		t.Errorf("the matrix of %s is not what the program does: go test ./data/kube -run EveryKindByEveryWay -update\n%s", path, table)
	}
}

// everyWay plans each way and returns the row of the table.
func everyWay(t *testing.T, c *kube.Client, r row, ch data.Change) string {
	t.Helper()
	said := map[data.Way]string{}
	offers, err := c.Ways(t.Context(), ch)
	must(t, err)
	offered, preferred := map[data.Way]data.WayOffer{}, data.Way("")
	for _, o := range offers {
		offered[o.Way] = o
		if o.Why == "" {
			t.Errorf("%s has no reason", o.Way)
		}
		if o.Preferred {
			preferred += o.Way
		}
	}
	if preferred != r.prefer || len(offers) != 4 {
		t.Errorf("prefers %q, want %q: %+v", preferred, r.prefer, offers)
	}
	for way, want := range r.ways {
		ch.Way = way
		p, err := c.Plan(t.Context(), ch)
		said[way] = saidOf(p, err)
		if want.refuses != "" {
			if !errors.Is(err, data.ErrUnsupported) || !strings.Contains(err.Error(), want.refuses) {
				t.Errorf("%s: %v, want a refusal that says %q", way, err, want.refuses)
			}
			if o := offered[way]; way != data.WayExport && (o.Offered || !strings.Contains(o.Why.String(), want.refuses)) {
				t.Errorf("%s is refused, and the offer is %+v", way, o)
			}
			continue
		}
		if err != nil || !offered[way].Offered {
			t.Errorf("%s: %v; offered: %+v", way, err, offered[way])
			continue
		}
		if !strings.Contains(string(p.Patch), want.patches) || strings.Contains(string(p.Patch), "cpu") {
			t.Errorf("%s: patch %s, want %s", way, p.Patch, want.patches)
		}
		if len(p.Diff) == 0 && want.patches != "" || p.Effect == "" || len(p.Ways) != 4 {
			t.Errorf("%s: %d lines of diff, effect %q, %d ways", way, len(p.Diff), p.Effect, len(p.Ways))
		}
		if way.InPlace() != (len(p.Pods) > 0) {
			t.Errorf("%s: %d pods", way, len(p.Pods))
		}
	}
	row := "| " + r.name + " | " + string(r.prefer) + " |"
	for i, way := range data.AllWays {
		if i > 0 && strings.HasPrefix(said[way], "✗") && said[way] == said[data.WayTemplate] {
			said[way] = "✗ the same"
		}
		row += " " + said[way] + " |"
	}
	return row + "\n"
}

// saidOf is a cell of the table: what is patched and what becomes of it, or the words of the refusal.
func saidOf(p *data.Plan, err error) string {
	if err != nil {
		return "✗ " + strings.ReplaceAll(err.Error(), "|", "\\|")
	}
	var what []string
	for _, pp := range p.Pods {
		what = append(what, "pod "+pp.Pod.Name.String())
	}
	if p.Change.Way == data.WayExport {
		what = append(what, "text")
	} else if p.Change.Way.Template() {
		what = append(what, p.Target.Ref().String())
	}
	out := "✓ " + strings.Join(what, ", then ")
	if p.Change.Way == data.WayTemplate {
		out += ": " + p.Effect.String()
	}
	return out
}
