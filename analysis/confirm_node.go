package analysis

import (
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// nodeEventNear is how near an event of the node must lie to an end to be about it.
const nodeEventNear = 60 * time.Second

// The confidence in a kill that only the node tells of.
const (
	sureSystemOOM = 0.95 // a whole-node OOM is on record within a minute
	unsureSystem  = 0.75 // the same for an end that the runtime calls Error: cgroup v1 does not tell of them
	surePressure  = 0.90
)

// nodeOOM returns the event of the node that speaks of an OOM kill near the end t: SystemOOM of the kubelet for the
// whole node's memory, OOMKilling of the node-problem-detector for any. The nearest one that names the container's
// program goes first.
func nodeOOM(c *data.Container, t *data.Termination, reason data.Text) (best data.Event, ok bool) {
	if c.NodeFacts == nil || t.FinishedAt.IsZero() {
		return best, false
	}
	named := false
	for _, e := range c.NodeFacts.Events {
		if e.Reason != reason || e.Last.Before(t.FinishedAt.Add(-nodeEventNear)) || e.First.After(t.FinishedAt.Add(nodeEventNear)) {
			continue
		}
		if names := namesProgram(c, e.Message); !ok || (names && !named) {
			best, ok, named = e, true, names
		}
	}
	return best, ok
}

// namesProgram reports whether the words of an event name the container's program as the victim. The kernel knows the
// first 15 bytes of a program's name.
func namesProgram(c *data.Container, message data.Text) bool {
	if len(c.Command) == 0 {
		return false
	}
	name := path.Base(c.Command[0].String())
	if len(name) > 15 {
		name = name[:15]
	}
	text := message.String()
	for _, form := range []string{"victim process: " + name + ",", "(" + name + ")"} {
		if len(name) > 1 && strings.Contains(text, form) {
			return true
		}
	}
	return false
}

// pressed reports whether the node says that it was short of memory at the time of the end t.
func pressed(c *data.Container, t *data.Termination) bool {
	n := c.NodeFacts
	return n != nil && n.MemoryPressure != nil && *n.MemoryPressure && !n.PressureSince.IsZero() && !n.PressureSince.After(t.FinishedAt.Add(nodeEventNear))
}

// nodeCommand prints a part of a node's status.
func nodeCommand(c *data.Container, field string) data.Text {
	return data.Textf("kubectl get node %s -o jsonpath=%s", data.ShellQuote(c.Node), data.ShellQuote(data.Clean("{"+field+"}")))
}

// pressureEvidence quotes the node's condition.
func pressureEvidence(c *data.Container) Evidence {
	return Evidence{Says: data.Textf("node %s has MemoryPressure since %s", c.Node, c.NodeFacts.PressureSince.UTC().Format(time.RFC3339)),
		From: nodeCommand(c, `.status.conditions[?(@.type=="MemoryPressure")]`)}
}

// missesKills reports whether the runtime of the container's node is known to call some OOM kills Error: containerd
// before 2.3 learned of a kill by an event that could come after the exit. known is false when the runtime is not.
func missesKills(c *data.Container) (misses, known bool) {
	if c.NodeFacts == nil {
		return false, false
	}
	version, ok := strings.CutPrefix(c.NodeFacts.Runtime.String(), "containerd://")
	if !ok {
		return false, c.NodeFacts.Runtime != ""
	}
	major, rest, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, err := strconv.Atoi(major)
	b, err2 := strconv.Atoi(minor)
	if err != nil || err2 != nil {
		return false, false
	}
	return a < 2 || (a == 2 && b < 3), true
}

// runtimeEvidence names the runtime and what it does with kills.
func runtimeEvidence(c *data.Container) (Evidence, bool) {
	misses, known := missesKills(c)
	if !known {
		return Evidence{}, false
	}
	says := data.Textf("the node's runtime %s calls nearly every OOM kill OOMKilled", c.NodeFacts.Runtime)
	if misses {
		says = data.Textf("the node's runtime %s reports some OOM kills as Error: it may learn of the kill after the exit", c.NodeFacts.Runtime)
	}
	return Evidence{Says: says, From: nodeCommand(c, ".status.nodeInfo.containerRuntimeVersion")}, true
}

// countsUnkilled reports whether the runtime sets OOMKilled also when the limit was met and nobody was killed: conmon of
// CRI-O watches the counter oom of memory.events beside oom_kill.
func countsUnkilled(c *data.Container) bool {
	return c.NodeFacts != nil && strings.HasPrefix(c.NodeFacts.Runtime.String(), "cri-o://")
}
