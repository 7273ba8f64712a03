package kube_test

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/data/kube"
)

// TestServerSettingsBesideTheMemoryOfACustomResource changes the runtime's words and a sizeLimit in the pod template of a
// custom resource, and takes them back.
func TestServerSettingsBesideTheMemoryOfACustomResource(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	tpl := appTemplate()
	spec := tpl["spec"].(map[string]any)
	app := spec["containers"].([]any)[0].(map[string]any)
	app["env"] = []any{map[string]any{"name": "FIRST", "value": "1"}, map[string]any{"name": "JAVA_TOOL_OPTIONS", "value": "-ea -Xmx384m"}, map[string]any{"name": "GOMEMLIMIT", "value": "400MiB"}}
	app["args"] = []any{"server.js", "--max-old-space-size=300"}
	app["command"] = []any{"java", "-Xmx256m", "-jar", "x"}
	spec["containers"] = []any{map[string]any{"name": "other", "image": "i"}, app}
	spec["volumes"] = []any{map[string]any{"name": "logs", "emptyDir": map[string]any{}}, map[string]any{"name": "shm", "emptyDir": map[string]any{"medium": "Memory"}}}
	uid, version := chain(t, ns, link{"argoproj.io", "v1alpha1", "Rollout", "rollouts", map[string]any{"replicas": int64(1), "template": tpl}})
	d, err := dynamic.NewForConfig(apiServer(t))
	must(t, err)
	door := d.Resource(define(t, "argoproj.io", "v1alpha1", "Rollout", "rollouts")).Namespace(ns)
	read := func() any {
		u, err := door.Get(t.Context(), "x", metav1.GetOptions{})
		must(t, err)
		return u.Object["spec"]
	}
	former := read()
	w := workload("Rollout", ns, "x")
	w.APIVersion, w.UID = data.Text(version), data.Text(uid)
	j := journal.New(filepath.Join(t.TempDir(), "changes.jsonl"), time.Now)
	c := connect(t, apiServer(t), kube.Options{Journal: j})
	ch := data.Change{Workload: w, Container: "app", Limit: bytes(768 * data.Mi), SizeLimit: &data.VolumeSize{Volume: "shm", Bytes: 256 * data.Mi}}
	p, err := c.Plan(t.Context(), ch)
	must(t, err)
	if len(p.Knobs) != 4 {
		t.Fatalf("found %+v", p.Knobs)
	}
	ch.Knobs = p.Knobs
	p, err = c.Plan(t.Context(), ch)
	must(t, err)
	if !reflect.DeepEqual(read(), former) {
		t.Error("the dry run stored something")
	}
	_, err = c.Apply(t.Context(), p)
	must(t, err)
	now := read()
	for _, want := range []struct {
		path  []string
		value string
	}{
		{[]string{"containers", "1", "resources", "limits", "memory"}, "768Mi"}, {[]string{"containers", "1", "env", "0", "value"}, "1"},
		{[]string{"containers", "1", "env", "1", "value"}, "-ea -Xmx576m"}, {[]string{"containers", "1", "env", "2", "value"}, "600MiB"},
		{[]string{"containers", "1", "args", "1"}, "--max-old-space-size=450"}, {[]string{"containers", "1", "command", "1"}, "-Xmx384m"},
		{[]string{"volumes", "1", "emptyDir", "sizeLimit"}, "256Mi"}, {[]string{"volumes", "1", "emptyDir", "medium"}, "Memory"},
	} {
		if got := deep(now, append([]string{"template", "spec"}, want.path...)); got != want.value {
			t.Errorf("%v is %v, want %s", want.path, got, want.value)
		}
	}
	all, _, err := j.Entries()
	must(t, err)
	undo, err := c.Plan(t.Context(), all[0].Undo())
	must(t, err)
	_, err = c.Apply(t.Context(), undo)
	must(t, err)
	if got := read(); !reflect.DeepEqual(got, former) {
		t.Errorf("the undo left\n%v, want\n%v", got, former)
	}
}
