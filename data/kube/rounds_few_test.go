//go:build !e2e

package kube_test

// How often the apply path is run against random faults in a process, and how many edits somebody else makes meanwhile on
// a real API server.
const rounds, serverEdits = 250, 60
