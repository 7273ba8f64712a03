package data

import "time"

// CandidateState says how far a place that may be a Prometheus has come.
type CandidateState string

// The states of a candidate. An accepted one answered and has the memory of containers.
const (
	Untried  CandidateState = "untried"
	Accepted CandidateState = "accepted"
	Refused  CandidateState = "refused"
)

// Candidate is a place where the memory history may be, and what became of it.
type Candidate struct {
	// Name tells one candidate from all others of a cluster, as "monitoring/prometheus-operated:web"; a configured
	// one is named after where its address was given, as "--prometheus-url".
	Name Text
	// Address is what was asked, without credentials.
	Address Text
	// Via is how it is reached: "directly", "service proxy" or "port-forward".
	Via   Text
	Kind  Text // what it looks like: "Prometheus", "Thanos", "VictoriaMetrics" …
	State CandidateState
	// Answer is what it said, in one line; empty when nothing answered.
	Answer Text
	// Why is the reason of State, in one line.
	Why Text
	// Next is what a person can do about a refusal; empty when there is nothing to do.
	Next Text
	Has  MetricsFound
	// Missing is what is lost without the metrics that are not there.
	Missing []Gap
	// Used is true for the one that is asked.
	Used bool
}

// MetricsFound is what a source of metrics has of the things that a diagnosis needs.
type MetricsFound struct {
	Version Text // empty when the source does not tell
	// Retention is what the server is configured to keep, in its own words; empty when it does not tell.
	Retention Text
	// Reach is how far back samples were found, at most 30 days in steps of a day; 0 is unknown.
	Reach time.Duration
	// ScrapeInterval is how often the working set is sampled, 0 when it is unknown.
	ScrapeInterval time.Duration
	// Metrics are the needed metrics in a fixed order.
	Metrics []MetricFound
}

// MetricFound says whether there are series of a needed metric now, and of which jobs.
type MetricFound struct {
	Name Text
	Jobs []Text // values of the label job, in order; empty when there are no series or they have no such label
	Has  bool
}
