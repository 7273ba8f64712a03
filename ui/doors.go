// Package ui is the app around the screens: the screen stack, messages and commands, keys, layout and status line. It
// carries out what screens ask for. Nothing is computed, fetched or slept for in Update or View; commands do that.
package ui

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// Source is where the facts come from: a store that a watch fills.
type Source interface {
	// Bell receives after a change; see data.Store.
	Bell() <-chan struct{}
	// Snapshot returns the newest state.
	Snapshot() *data.Snapshot
	// Put takes newer facts of a pod, for what only metrics know of.
	Put(data.Pod)
}

// Cluster is what the app asks of the API server beside the watch. Errors wrap those of package data.
type Cluster interface {
	FetchPod(ctx context.Context, namespace, name string, keep func(container string) bool) (data.Pod, error)
	// Ways says which ways lead to a change, the best one preferred.
	Ways(ctx context.Context, c data.Change) ([]data.WayOffer, error)
	Plan(ctx context.Context, c data.Change) (*data.Plan, error)
	Apply(ctx context.Context, p *data.Plan) (data.Applied, error)
	Rollout(ctx context.Context, w data.Workload, a data.Applied) (data.Rollout, error)
	// DeletePod ends one pod by eviction.
	DeletePod(ctx context.Context, pod data.PodKey) error
	// Reconcile looks what became of a change whose outcome was never written down. Nothing is changed.
	Reconcile(ctx context.Context, e data.JournalEntry) data.JournalEntry
}

// Bounder is a Cluster that tells what a namespace allows a container's memory to be.
type Bounder interface {
	// BoundsOf reads LimitRanges, quotas and the most replicas that an autoscaler may make of a workload; what may not be
	// read stays unknown.
	BoundsOf(ctx context.Context, namespace data.Text, w data.Workload) (b data.Bounds, most *int32)
}

// Metrics is what the app asks of Prometheus.
type Metrics interface {
	// Probe asks whether it is there and usable.
	Probe(ctx context.Context) views.Metrics
	Overview(ctx context.Context, cs []*data.Container, window time.Duration, points int) (map[data.Key]data.Overview, []data.Gap)
	Chart(ctx context.Context, c *data.Container, w data.Window) (*data.Chart, error)
	// History reads 30 days; progress is called with the parts done and the parts there are.
	History(ctx context.Context, c *data.Container, progress func(done, total int)) (*data.History, error)
	// ChildKills finds containers in which a process was killed while the container lived on.
	ChildKills(ctx context.Context, window time.Duration) ([]data.ChildKill, error)
}

// Connections are the places where a Prometheus may be, of which one is asked.
type Connections interface {
	// Candidates examines all of them, which takes some seconds. Gaps say where none could be looked for.
	Candidates(ctx context.Context) ([]data.Candidate, []data.Gap)
	// Use asks the candidate of a name from now on. An error whose candidate is used all the same says what is amiss.
	Use(ctx context.Context, name data.Text) error
}

// Journal is the list of changes that the program made, in a file.
type Journal interface {
	// Entries returns all changes, oldest first, and how many lines could not be read.
	Entries() ([]data.JournalEntry, int, error)
	// Unfinished returns those whose outcome nobody wrote down and that no living program works on.
	Unfinished() ([]data.JournalEntry, error)
	// Write writes the newest state of a change.
	Write(data.JournalEntry) error
}

// Options are what Run needs.
type Options struct {
	Source  Source
	Cluster Cluster
	Metrics Metrics // nil without Prometheus
	// Open makes the first requests behind the screen and gives the doors, in the place of those here; nil when they are
	// given. It is called once. Its error ends the program and is what Run returns.
	Open opener
	// Connections are what Metrics may be switched to; nil when there is no choice.
	Connections Connections
	// MetricsProblem says why Metrics is nil, in one line.
	MetricsProblem data.Text
	// Switcher leads to other namespaces and clusters; nil when there is no other place to go.
	Switcher Switcher
	// Stop ends the watch behind Source; nil when whoever made it does.
	Stop func()
	// Where is the cluster that the header names.
	Where data.Cluster
	Since time.Duration
	Theme string // a name that themes.Get knows
	// Light says that the background is light as far as is known; the terminal is asked as well.
	Light bool
	// ASCII takes signs that every terminal has, whatever the theme.
	ASCII bool
	// Mouse takes the wheel and clicks, which then no longer select text in the terminal.
	Mouse bool
	// Resume is where the last run was left, and Keep is given where this one is left; nil keeps nothing.
	Resume Resume
	Keep   func(Resume) error
	// Farewell gets a summary of the case that was looked at last when the screen is gone; nil for none.
	Farewell io.Writer
	// Keys are chosen by a person in the place of the program's own, by the ID of an Action.
	Keys     map[string][]string
	ReadOnly bool
	// Protected makes every change ask for the workload's name to be typed.
	Protected bool
	Journal   Journal // nil when nothing is written down
	// Folder is where exports are saved; empty is the working folder.
	Folder string
	Price  analysis.Price
	Log    *slog.Logger
	Now    func() time.Time
	Zone   *time.Location
	In     io.Reader // nil: the terminal
	Out    io.Writer // nil: the terminal
}
