package demo

import (
	"time"
)

// sayAPIServer is the log of api-server: streams of events that clients left behind and nobody closes.
func sayAPIServer(s *scene) {
	const form = "2006-01-02T15:04:05.000Z07:00"
	s.started(2*time.Hour, func(at time.Time) {
		s.say(at, `time=%s level=INFO msg="listening" addr=:8080 pprof=:6060 gomemlimit=450MiB`, at.Format(form))
	})
	var before float64
	s.every(6*time.Minute, func(b beat) {
		open := b.use.streams(s.p.w)
		s.say(b.at, `time=%s level=INFO msg="hub stats" streams=%.0f goroutines=%.0f heap_inuse=%sMiB rss=%sMiB`, b.at.Format(form), open, b.heap.goroutines, inMi(b.heap.used), inMi(b.resident()))
		if before > 0 && open > before && b.roll(1) < 0.3 {
			s.say(b.at.Add(3*time.Millisecond), `time=%s level=WARN msg="client went away, its stream stays subscribed" remote=10.244.%d.%d:%d`, b.at.Format(form), 1+int(4*b.roll(2)), 2+int(250*b.roll(3)), 32768+int(28000*b.roll(4)))
		}
		if b.heap.used > 0.97*s.p.w.program().bound-b.heap.stacks {
			s.say(b.at.Add(9*time.Millisecond), `time=%s level=WARN msg="collections take more than a quarter of the processor" heap_inuse=%sMiB gomemlimit=450MiB`, b.at.Format(form), inMi(b.heap.used))
		}
		before = open
	})
	s.last(400*time.Millisecond, func(b beat) {
		s.say(b.at, `time=%s level=INFO msg="GET /events" status=200 streams=%.0f goroutines=%.0f rss=%sMiB`, b.at.Format(form), b.use.streams(s.p.w), b.heap.goroutines, inMi(b.resident()))
	})
}

// shipperTakes is the buffer of a file that the log shipper follows, in bytes.
const shipperTakes = 256 * 1024

// sayLogShipper is the log of the log shipper: buffers of rotated files that are never closed.
func sayLogShipper(s *scene) {
	const form = "2006-01-02T15:04:05.000Z07:00"
	s.started(day, func(at time.Time) {
		s.say(at, `{"ts":"%s","level":"info","msg":"following /var/log/pods","config":"/etc/shipper.yaml"}`, at.Format(form))
	})
	s.every(30*time.Minute, func(b beat) {
		buffers := int(b.use.leaked/shipperTakes) + 48
		s.say(b.at, `{"ts":"%s","level":"info","msg":"rotated","file":"/var/log/pods/shop_web-%s/nginx/0.log","open_buffers":%d,"rss_mib":%s}`, b.at.Format(form), generatedName(b.key, 5), buffers, inMi(b.resident()))
		if b.roll(1) < 0.1 {
			s.say(b.at.Add(40*time.Millisecond), `{"ts":"%s","level":"warn","msg":"sink is slow","batch_ms":%d}`, b.at.Format(form), 400+int(900*b.roll(2)))
		}
	})
}

// sayPrometheus is the log of the Prometheus in the sandbox.
func sayPrometheus(s *scene) {
	s.every(2*time.Hour, func(b beat) {
		s.say(b.at, `time=%s level=INFO source=compact.go:569 msg="write block" mint=%d maxt=%d component=tsdb`, b.at.Format(time.RFC3339Nano), b.at.Add(-3*time.Hour).UnixMilli(), b.at.Add(-time.Hour).UnixMilli())
		s.say(b.at.Add(800*time.Millisecond), `time=%s level=INFO source=head.go:1355 msg="Head GC completed" component=tsdb duration=%dms`, b.at.Add(800*time.Millisecond).Format(time.RFC3339Nano), 700+int(300*b.roll(1)))
	})
}

// sayThumbnailer is the log of the thumbnailer: each picture is held whole, and some are huge.
func sayThumbnailer(s *scene) {
	size := func(b *beat) float64 { return (b.use.receive - 5e4) * 60 / mi }
	picture := func(b *beat) {
		mib := size(b)
		name, kind := "IMG", "jpg"
		if mib > 200 {
			name, kind = "scan", "tif"
		}
		if mib < 1 {
			mib = 3 + 22*b.roll(1)
		}
		side := int(1000 * sqrt(mib*mi/4/1.5/1e6)) // four bytes a pixel, three by two
		s.say(b.at, `level=info ts=%s msg=decode job=%s file=%s_%04d.%s px=%dx%d holds=%.0fMiB rss=%sMiB workers=8`, b.at.Format(time.RFC3339), generatedName(b.key, 6), name, int(9999*b.roll(2)), kind, side*3/2, side, mib, inMi(b.resident()))
	}
	s.every(time.Minute, func(b beat) { picture(&b) })
	s.last(300*time.Millisecond, func(b beat) { picture(&b) })
}

// sayMigrator is the log of the migrator's init container, which reads a table whole, and of the container behind it.
func sayMigrator(s *scene) {
	if !s.init {
		s.every(time.Minute, func(b beat) { s.say(b.at, `%s serve: ok`, b.at.Format(time.DateTime)) })
		return
	}
	s.started(time.Hour, func(at time.Time) {
		s.say(at, "%s migrate: schema 41 to 42, table accounts", at.Format(time.DateTime))
	})
	s.every(time.Second, func(b beat) {
		const row = 420 // bytes
		s.say(b.at, "%s migrate: read %d rows of accounts, %sMiB held until all are read", b.at.Format(time.DateTime), int((b.use.set-12*mi)/row), inMi(b.use.set))
	})
}

// sayAuth is the log of a service that nothing ails.
func sayAuth(s *scene) {
	s.every(time.Minute, func(b beat) {
		s.say(b.at, `info: Auth.Tokens[0] issued %d tokens in the last minute, managed heap %s MiB`, int(40+300*b.roll(1)), inMi(b.heap.used))
	})
}
