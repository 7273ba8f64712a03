package data

import (
	"slices"
	"time"
)

// Connection is the state of the watch on the API server.
type Connection string

// The states of the watch. Stale means that the list shown is older than Health.Since.
const (
	Connecting Connection = "connecting"
	Live       Connection = "live"
	Stale      Connection = "stale"
)

// Health says how fresh the facts are.
type Health struct {
	State Connection
	// Since is when State began.
	Since time.Time
	// Problem is the last error in one line; empty when State is Live.
	Problem Text
}

// Cluster names the cluster that the facts come from.
type Cluster struct {
	Context Text
	Server  Text
	Version Text
	// Namespaces are the namespaces that are watched; empty means all of them.
	Namespaces []Text
	// ReadOnly says that nothing may be changed there, and Protected that each change asks for the workload's name.
	ReadOnly  bool
	Protected bool
}

// Snapshot is one immutable state of the facts. Nobody may write to what it refers to.
type Snapshot struct {
	Version    uint64
	At         time.Time
	Containers []*Container // ordered by Key.Less; one that has not changed is the same in the next snapshot
	Health     Health
	Gaps       []Gap
	// PodsSeen is how many pods the watch has looked at, kept or not.
	PodsSeen int
	// Reach is from when on kills of pods that no longer exist are known, by the way that knows them: metrics know all
	// since then, the journal those that the program saw. A way that is not there has no entry.
	Reach map[KnownFrom]time.Time
}

// Container returns the container with key k.
func (s *Snapshot) Container(k Key) (*Container, bool) {
	i, ok := slices.BinarySearchFunc(s.Containers, k, func(c *Container, k Key) int { return c.Key.Compare(k) })
	if !ok {
		return nil, false
	}
	return s.Containers[i], true
}
