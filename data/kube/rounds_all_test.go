//go:build e2e

package kube_test

// How often the apply path is run against random faults and edits: in a process, and on a real API server.
const rounds, serverRounds = 1000, 1000
