package demo

import (
	"math"
	"time"
)

// sqrt returns the root of v, 0 for what has none.
func sqrt(v float64) float64 { return math.Sqrt(math.Max(0, v)) }

// jvmStamp returns the seconds since the start of the JVM, as its unified log has them.
func (s *scene) jvmStamp(at time.Time) float64 { return at.Sub(s.l.start).Seconds() }

// sayLedger is the log of a JVM whose heap may become as large as the container: it collects more and more, and it is
// the kernel that ends it, without a word of the JVM.
func sayLedger(s *scene) {
	bound := s.p.w.program().bound
	collect := func(b *beat) {
		n, before, after := int(s.jvmStamp(b.at)/20), b.heap.used, 0.82*b.heap.used
		s.say(b.at, "[%.3fs][info][gc] GC(%d) Pause Young (Normal) (G1 Evacuation Pause) %sM->%sM(%sM) %.3fms", s.jvmStamp(b.at), n, inMi(before), inMi(after), inMi(b.heap.held), 8+20*b.roll(1))
	}
	s.started(6*time.Hour, func(at time.Time) {
		s.say(at, "Picked up JAVA_TOOL_OPTIONS: -XX:+UseG1GC")
		s.say(at.Add(30*time.Millisecond), "[0.034s][info][gc] Using G1")
		s.say(at.Add(4*time.Second), "%s INFO  ledger.Main - started, -Xmx1024m, container limit %dMi", at.Add(4*time.Second).Format("15:04:05.000"), s.p.limit()>>20)
	})
	s.every(2*time.Minute, func(b beat) {
		collect(&b)
		if b.heap.held > 0.80*bound && b.roll(2) < 0.25 {
			at := b.at.Add(700 * time.Millisecond)
			s.say(at, "[%.3fs][info][gc] GC(%d) To-space exhausted", s.jvmStamp(at), int(s.jvmStamp(at)/20))
			at = at.Add(900 * time.Millisecond)
			s.say(at, "[%.3fs][info][gc] GC(%d) Pause Full (G1 Compaction Pause) %sM->%sM(%sM) %.3fms", s.jvmStamp(at), int(s.jvmStamp(at)/20)+1, inMi(b.heap.used), inMi(0.78*b.heap.used), inMi(b.heap.held), 600+500*b.roll(3))
		}
		if b.roll(4) < 0.3 {
			at := b.at.Add(5 * time.Second)
			s.say(at, "%s INFO  ledger.Posting - batch %s posted, %d entries, metaspace and code cache %sM", at.Format("15:04:05.000"), generatedName(b.key, 6), 200+int(1800*b.roll(5)), inMi(b.heap.beside))
		}
	})
	s.last(600*time.Millisecond, func(b beat) { collect(&b) })
}

// saySearch is the log of a JVM that is near its limit and well.
func saySearch(s *scene) {
	s.every(2*time.Minute, func(b beat) {
		s.say(b.at, "[%.3fs][info][gc] GC(%d) Pause Young (Normal) (G1 Evacuation Pause) %sM->%sM(%sM) %.3fms", s.jvmStamp(b.at), int(s.jvmStamp(b.at)/90), inMi(b.heap.used), inMi(0.7*b.heap.used), inMi(b.heap.held), 4+6*b.roll(1))
	})
}

// sayCheckout is the log of checkout: memory goes with the requests in flight.
func sayCheckout(s *scene) {
	request := func(b *beat) {
		s.say(b.at, `{"level":30,"time":%d,"msg":"load","in_flight":%.0f,"rss_mb":%s,"heap_used_mb":%s,"heap_total_mb":%s,"external_mb":%s}`, b.at.UnixMilli(), b.use.open(), inMi(b.resident()), inMi(b.heap.used), inMi(b.heap.held), inMi(b.heap.beside))
	}
	s.every(15*time.Second, func(b beat) {
		request(&b)
		if share := b.heap.used / s.p.w.program().bound; share > 0.65 {
			s.say(b.at.Add(30*time.Millisecond), `{"level":40,"time":%d,"msg":"heap is %.0f%% of --max-old-space-size=384, event loop is late","late_ms":%d}`, b.at.Add(30*time.Millisecond).UnixMilli(), 100*share, int(60+700*share*b.roll(1)))
		}
		if b.use.open() > 150 && b.roll(2) < 0.5 {
			at := b.at.Add(200 * time.Millisecond)
			s.say(at, `{"level":40,"time":%d,"msg":"POST /checkout","ms":%d,"in_flight":%.0f}`, at.UnixMilli(), int(800+3000*b.roll(3)), b.use.open())
		}
	})
	s.last(900*time.Millisecond, func(b beat) { request(&b) })
}

// stopping is how long before its end a program that is asked to end hears of it: the grace period, nearly.
const stopping = 29 * time.Second

// sayFrontend is the log of frontend: its memory is well, and its liveness probe is not answered in time.
func sayFrontend(s *scene) {
	stuck := s.l.reason == reasonError
	s.every(30*time.Second, func(b beat) {
		took, left := 2+int(9*b.roll(1)), s.until.Sub(b.at)
		if stuck && left < stopping {
			return
		}
		if stuck && left < 2*time.Minute {
			took = 900 + int(700*b.roll(2)) + int((2*time.Minute-left).Milliseconds()/60)
		}
		s.say(b.at, `{"level":30,"time":%d,"msg":"GET /healthz","ms":%d,"rss_mb":%s}`, b.at.UnixMilli(), took, inMi(b.resident()))
	})
	if stuck {
		at := s.until.Add(-stopping)
		s.say(at, `{"level":40,"time":%d,"msg":"received SIGTERM, closing","event_loop_late_ms":%d}`, at.UnixMilli(), 2100)
	}
}
