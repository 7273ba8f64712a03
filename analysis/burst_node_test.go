package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// One kill from a flat level, with nothing else known, is the node's where the kubelet tells of its memory at that moment.
func TestOneKillBesideSystemOOM(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		after time.Duration // from the kill to the event
		event data.Text
		mem   course
		want  Class
	}{
		"the node's memory ran out then":         {time.Second, "SystemOOM", level(205), NodePressure},
		"near miss: ten minutes later":           {10 * time.Minute, "SystemOOM", level(205), LoadSpike},
		"near miss: another event":               {time.Second, "Rebooted", level(205), LoadSpike},
		"near miss: memory stood near the limit": {time.Second, "SystemOOM", level(500), LimitTooLow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, h := simple(20*time.Hour, time.Minute, 13*time.Hour, x.mem)()
			at := lastKill(h).Add(x.after)
			c.NodeFacts = &data.NodeFacts{Name: c.Node, Events: []data.Event{{Reason: x.event, Message: "System OOM encountered, victim process: server, pid: 4711", First: at, Last: at, Count: 1, From: "kubectl get events"}}}
			d := diagnose(c, h)
			sound(t, &d)
			if d.Cause.Class != x.want {
				t.Errorf("%s (%.2f), want %s; %v", d.Cause.Class, d.Cause.Confidence, x.want, d.Cause.Alternatives)
			}
		})
	}
}
