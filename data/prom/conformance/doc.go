// Package conformance holds one suite of tests that runs over every kind of server that package prom is made for: the
// engine within the process, a real Prometheus and a real VictoriaMetrics. `make e2e` runs it. The servers are the
// binaries prometheus and victoria-metrics in the PATH.
package conformance
