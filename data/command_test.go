package data_test

import (
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestSetResourcesCommand(t *testing.T) {
	t.Parallel()
	n := func(v int64) *int64 { return &v }
	w := func(kind, name data.Text) data.Workload {
		return data.Workload{Kind: kind, Namespace: "shop", Name: name}
	}
	both := data.Resources{Limit: n(768 * data.Mi), Request: n(512 * data.Mi)}
	for _, c := range []struct {
		name string
		w    data.Workload
		in   data.Text
		r    data.Resources
		want data.Text
	}{
		{"both", w("StatefulSet", "database"), "postgres", both,
			"kubectl set resources statefulset/database -n shop -c postgres --limits=memory=768Mi --requests=memory=512Mi"},
		{"limit alone", w("Deployment", "api"), "api", data.Resources{Limit: n(data.Gi)},
			"kubectl set resources deployment/api -n shop -c api --limits=memory=1Gi"},
		{"request alone", w("DaemonSet", "agent"), "a", data.Resources{Request: n(64 * data.Mi)},
			"kubectl set resources daemonset/agent -n shop -c a --requests=memory=64Mi"},
		{"cron job", w("CronJob", "nightly"), "x", both,
			"kubectl set resources cronjob/nightly -n shop -c x --limits=memory=768Mi --requests=memory=512Mi"},
		{"a job's template is fixed", w("Job", "nightly-1"), "x", both, ""},
		{"a bare pod has no template", w("Pod", "p"), "x", both, ""},
		{"an operator's kind", w("Cluster", "pg"), "postgres", both, ""},
		{"no value", w("Deployment", "api"), "api", data.Resources{}, ""},
		{"no name", w("Deployment", ""), "api", both, ""},
		{"hostile name", w("Deployment", "a;rm -rf ~"), "$(id)", data.Resources{Limit: n(data.Gi)},
			"kubectl set resources 'deployment/a;rm -rf ~' -n shop -c '$(id)' --limits=memory=1Gi"},
	} {
		if got := data.SetResourcesCommand(c.w, c.in, c.r); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestShellQuote(t *testing.T) {
	t.Parallel()
	for in, want := range map[data.Text]string{
		"api-7d9f.x_2": "api-7d9f.x_2", "deployment/api": "deployment/api",
		"": "''", "a b": "'a b'", "it's": `'it'\''s'`, "a*": "'a*'", "é": "'é'",
	} {
		if got := data.ShellQuote(in); got != want {
			t.Errorf("ShellQuote(%q) = %s, want %s", in, got, want)
		}
	}
}
