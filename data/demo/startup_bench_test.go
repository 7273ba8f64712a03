package demo

import (
	"testing"
	"time"
)

// BenchmarkStart measures how long a sandbox takes until it has its objects (start-ms) and until it answers queries.
func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	var objects time.Duration
	for b.Loop() {
		began := time.Now()
		s, err := Start(b.Context(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		objects += time.Since(began)
		if err := s.ready(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(s.db.Head().NumSeries()), "series")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(objects.Milliseconds())/float64(b.N), "start-ms")
}
