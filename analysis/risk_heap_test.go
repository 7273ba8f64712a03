package analysis

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// heapUsage is a container with a limit of 1000 MiB that uses some of it, and a command and environment.
func heapUsage(use float64, command []data.Text, env ...data.Knob) data.Usage {
	u := usage(ramp(time.Hour, time.Minute, func(float64) float64 { return use * mib }))
	u.SettingsRead = true
	u.Settings = &data.Container{Key: u.Key, Image: "app", Command: command, Env: env}
	return u
}

// A heap that may grow until the limit has no room is a row of its own, long before memory is near the limit.
func TestHeapBoundIsARow(t *testing.T) {
	t.Parallel()
	java := func(words ...data.Text) []data.Text { return append([]data.Text{"java"}, words...) }
	for _, c := range []struct {
		name string
		u    data.Usage
		says string // empty: no row
	}{
		{"as large as the limit", heapUsage(300, java("-Xmx1000m")), "-Xmx1000m lets the heap alone take 100% of the limit; it needs a limit of 1.5Gi"},
		{"above the limit", heapUsage(300, java("-Xmx4g")), "409%"},
		{"nearly", heapUsage(300, java("-Xmx900m")), "90%"},
		{"just below", heapUsage(300, java("-Xmx899m")), ""},
		{"half", heapUsage(300, java("-Xmx500m")), ""},
		{"a percentage", heapUsage(300, nil, data.Knob{Name: "JAVA_TOOL_OPTIONS", Value: "-XX:MaxRAMPercentage=80"}), "at most 75% leaves room"},
		{"a percentage that leaves room", heapUsage(300, nil, data.Knob{Name: "JAVA_TOOL_OPTIONS", Value: "-XX:MaxRAMPercentage=75"}), ""},
		{"Node.js", heapUsage(300, nil, data.Knob{Name: "NODE_OPTIONS", Value: "--max-old-space-size=2048"}), "lets the heap alone take 204%"},
		{"Go above", heapUsage(300, nil, data.Knob{Name: "GOMEMLIMIT", Value: "1200MiB"}), "GOMEMLIMIT=1200MiB"},
		{"Go below", heapUsage(300, nil, data.Knob{Name: "GOMEMLIMIT", Value: "900MiB"}), ""},
		{"no bound", heapUsage(300, java("-jar", "a.jar")), ""},
	} {
		got, s := judged(t, c.u)
		switch {
		case c.says == "" && (len(got) != 0 || s.HeapBound != 0):
			t.Errorf("%s: %+v", c.name, got)
		case c.says == "":
		case len(got) != 1 || got[0].Kind != RiskHeapBound || got[0].Level != RiskNotice || !strings.Contains(got[0].Why.String(), c.says) || s.HeapBound != 1 || s.Notice != 1:
			t.Errorf("%s: %+v", c.name, got)
		case !strings.Contains(got[0].Evidence[len(got[0].Evidence)-1].From.String(), "kubectl get pod"):
			t.Errorf("%s: evidence %v", c.name, got[0].Evidence)
		}
		if s.HeapRead != 1 {
			t.Errorf("%s: settings of %d were read", c.name, s.HeapRead)
		}
	}
}

// Where memory is in danger as well, the heap bound is a note of that row; without a limit or settings there is nothing.
func TestHeapBoundBesideOtherRisks(t *testing.T) {
	t.Parallel()
	near := heapUsage(900, []data.Text{"java", "-Xmx1000m"})
	got, s := judged(t, near)
	if len(got) != 1 || got[0].Kind != RiskNearLimit || len(got[0].Notes) != 1 || !strings.Contains(got[0].Notes[0].String(), "-Xmx1000m") || s.HeapBound != 1 {
		t.Errorf("%+v, %+v", got, s)
	}
	near.Container, near.Settings, near.SettingsRead = near.Settings, nil, false // read from the pod itself
	if got, s := judged(t, near); len(got[0].Notes) != 1 || s.HeapRead != 1 {
		t.Errorf("%+v, %+v", got, s)
	}
	wide := heapUsage(300, []data.Text{"java", "-Xmx1000m"})
	wide.Request = ptr(100 * data.Mi)
	if got, s := judged(t, wide); len(got) != 1 || got[0].Kind != RiskHeapBound || len(got[0].Notes) != 1 || s.WideLimit != 1 {
		t.Errorf("sizes are told beside it: %+v, %+v", got, s)
	}
	free := heapUsage(300, []data.Text{"java", "-Xmx1000m"})
	free.Limit = nil
	if got, s := judged(t, free); len(got) != 1 || got[0].Kind != RiskNoLimit || s.HeapBound != 0 {
		t.Errorf("without a limit: %+v", got)
	}
	free = heapUsage(300, nil)
	free.Settings, free.SettingsRead = nil, false
	if got, s := judged(t, free); len(got) != 0 || s.HeapRead != 0 {
		t.Errorf("settings not read: %+v, %+v", got, s)
	}
}

// Its diagnosis names the cause before it has killed anybody.
func TestDiagnoseHeapBound(t *testing.T) {
	t.Parallel()
	u := heapUsage(300, []data.Text{"java", "-Xmx1000m"})
	u.Container = u.Settings
	u.Container.State, u.Container.Resources = data.Running, u.Resources
	got, _ := judged(t, u)
	d := Diagnose(Input{Case: got[0].Case(data.Overview{}, riskNow), Now: riskNow, Price: DefaultPrice})
	if s := d.Steps[0]; !strings.HasPrefix(s.Answer.String(), "Not yet") || !strings.Contains(s.Answer.String(), "-Xmx1000m") {
		t.Errorf("step 1: %+v", s)
	}
	if d.Cause.Class != JVMHeap || d.Recommendation.Limit == nil || *d.Recommendation.Limit <= 1000*data.Mi {
		t.Errorf("cause %s, size %v", d.Cause.Class, d.Recommendation.Limit)
	}
}
