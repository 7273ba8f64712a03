package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// BenchmarkDiagnose judges 43,200 samples: 30 days of one pod at a sample a minute.
func BenchmarkDiagnose(b *testing.B) {
	c, h := database()
	row := NewCase(c, data.Overview{}, noon)
	b.ReportAllocs()
	for b.Loop() {
		Diagnose(Input{Case: row, History: h, Price: DefaultPrice, Now: noon})
	}
}

// BenchmarkDiagnoseManyPods judges 216,000 samples of five pods.
func BenchmarkDiagnoseManyPods(b *testing.B) {
	c, h := database()
	for _, pod := range []string{"database-1", "database-2", "database-3", "database-4"} {
		addPod(h, pod, 512*data.Mi, 30*24*time.Hour, time.Minute, 60*time.Hour, plateau)
	}
	row := NewCase(c, data.Overview{}, noon)
	b.ReportAllocs()
	for b.Loop() {
		Diagnose(Input{Case: row, History: h, Price: DefaultPrice, Now: noon})
	}
}

// BenchmarkNewCase makes the row of a list.
func BenchmarkNewCase(b *testing.B) {
	c, _ := database()
	b.ReportAllocs()
	for b.Loop() {
		NewCase(c, data.Overview{}, noon)
	}
}

// BenchmarkDiagnose500 judges 500 containers of two days at 30 s each, with load: what a large list asks for.
func BenchmarkDiagnose500(b *testing.B) {
	c, h := simple(48*time.Hour, 30*time.Second, 20*time.Hour, level(230))()
	h.Load.Received = loadOf(h, "app-0", 48*time.Hour, 1e5, 9e6)
	h.Load.Sockets = loadOf(h, "app-0", 48*time.Hour, 40, 40)
	row := NewCase(c, data.Overview{}, noon)
	b.ReportAllocs()
	for b.Loop() {
		for range 500 {
			Diagnose(Input{Case: row, History: h, Price: DefaultPrice, Now: noon})
		}
	}
}
