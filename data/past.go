package data

import "time"

// Past is what metrics know of kills, also in pods that no longer exist.
type Past struct {
	// Containers are those that were killed, with their kills, oldest first, and their workload where its owner series
	// are there. State is Gone and Known KnownFromMetrics; whether a pod still exists the API server must say. A
	// container has no UID when the source has none, or when pods of one name followed each other.
	Containers []Container
	// Since is from when on every kill is known; zero when nothing says.
	Since time.Time
}
