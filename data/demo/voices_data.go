package demo

import (
	"math"
	"time"
)

// sayDatabase is the log of postgres: now and then a report runs that wants more than there is.
func sayDatabase(s *scene) {
	log := func(at time.Time, pid int, format string, a ...any) {
		s.say(at, "%s UTC [%d] LOG:  "+format, append([]any{at.Format("2006-01-02 15:04:05.000"), pid}, a...)...)
	}
	s.started(12*time.Hour, func(at time.Time) {
		log(at, 1, "starting PostgreSQL 17.2 on x86_64-pc-linux-gnu")
		if s.l.n > 0 {
			log(at.Add(90*time.Millisecond), 29, "database system was interrupted; last known up at %s UTC", s.l.start.Add(-20*time.Second).Format(time.DateTime))
			log(at.Add(140*time.Millisecond), 29, "database system was not properly shut down; automatic recovery in progress")
		}
		log(at.Add(1800*time.Millisecond), 1, "database system is ready to accept connections")
	})
	query := func(b *beat) {
		if s.reports(b) {
			log(b.at, 400+int(b.n%5000), "report: hash of %s MiB in work_mem, statement: SELECT region, sum(total) FROM orders JOIN lines USING (order_id) GROUP BY CUBE (region, sku)", inMi(b.use.set-databaseQuantile(0.5)*mi))
		}
	}
	s.every(5*time.Minute, func(b beat) {
		log(b.at, 27, "checkpoint complete: wrote %d buffers (%.1f%%); write=%.3f s", 200+int(1500*b.roll(1)), 1+9*b.roll(2), 20+80*b.roll(3))
		log(b.at.Add(50*time.Millisecond), 31, "pool: connections=%.0f backends_rss=%sMiB shared_buffers=128MiB", b.use.open(), inMi(math.Max(0, b.resident()-128*mi)))
		query(&b)
	})
	s.last(700*time.Millisecond, func(b beat) { query(&b) })
}

// reports tells whether a report runs at a beat.
func (s *scene) reports(b *beat) bool {
	return b.use.set >= databaseQuantile(1)*mi || (s.killed() && s.until.Sub(b.at) < 2*time.Second)
}

// sayCatalogCache is the log of redis, which evicts nothing.
func sayCatalogCache(s *scene) {
	const form = "02 Jan 2006 15:04:05.000"
	s.started(12*time.Hour, func(at time.Time) {
		s.say(at, "1:C %s # WARNING Memory overcommit must be enabled! Without it, a background save or replication may fail under low memory condition.", at.Format(form))
		s.say(at.Add(12*time.Millisecond), "1:M %s * Ready to accept connections tcp", at.Format(form))
	})
	s.every(10*time.Minute, func(b beat) {
		const entry = 1180 // bytes of a key and its value
		held := math.Max(0, b.resident())
		s.say(b.at, "1:M %s - DB 0: %d keys (0 volatile) in %d slots HT.", b.at.Format(form), int(held/entry), 1<<uint(math.Ceil(math.Log2(math.Max(2, held/entry)))))
		s.say(b.at.Add(time.Millisecond), "1:M %s - %.0f clients connected (0 replicas), %.0f bytes in use", b.at.Format(form), b.use.open(), math.Floor(held))
	})
}

// sayNightlyReport is the log of the nightly batch: it loads a day's files, and sorts them in memory.
func sayNightlyReport(s *scene) {
	s.started(day, func(at time.Time) {
		s.say(at, "%s INFO report: day=%s, 24 files, %.1f GiB", at.Format(time.DateTime), s.l.start.Add(-day).Format(time.DateOnly), 10+5*unit(s.p.key^0x91, 0))
	})
	total := 1150 + 620*unit(s.p.key^0x91, 0) // MiB at the peak, see nightly
	s.every(30*time.Second, func(b beat) {
		x := b.at.Sub(s.l.start).Hours() / (40.0 / 60)
		switch {
		case x < 0.5:
			s.say(b.at, "%s INFO report: loading orders-%02d.parquet, %.0f MiB, rss=%sMiB", b.at.Format(time.DateTime), int(x*48), total/4*(0.7+0.6*b.roll(1)), inMi(b.resident()))
		case x < 0.8:
			s.say(b.at, "%s INFO report: sorting in memory, %.0f%% of %d rows, rss=%sMiB", b.at.Format(time.DateTime), 100*(x-0.5)/0.3, int(total*9100), inMi(b.resident()))
		default:
			s.say(b.at, "%s INFO report: writing part %d of 12, rss=%sMiB", b.at.Format(time.DateTime), int((x-0.8)*60), inMi(b.resident()))
		}
	})
	s.last(500*time.Millisecond, func(b beat) {
		s.say(b.at, "%s INFO report: sorting in memory, merging runs, rss=%sMiB", b.at.Format(time.DateTime), inMi(b.resident()))
	})
}

// sayWorker is the log of celery: a child is killed and the parent lives on.
func sayWorker(s *scene) {
	const form = "2006-01-02 15:04:05,000"
	s.every(10*time.Minute, func(b beat) {
		id, pool := uuid(b.key), 1+b.n/600%4
		s.say(b.at, "[%s: INFO/MainProcess] Task tasks.rebuild_feed[%s] received", b.at.Format(form), id)
		done := b.at.Add(4*time.Minute + time.Duration(b.roll(1)*float64(time.Minute)))
		s.say(done, "[%s: INFO/ForkPoolWorker-%d] Task tasks.rebuild_feed[%s] succeeded in %.2fs: rss=%sMiB", done.Format(form), pool, id, done.Sub(b.at).Seconds(), inMi(b.resident()))
	})
	for _, at := range s.p.children {
		if s.until.Sub(at) > sceneBeats*10*time.Minute {
			continue
		}
		id, n := uuid(mix(s.p.key, uint64(at.Unix()))), 1+at.Unix()/600%4
		s.say(at.Add(40*time.Millisecond), "[%s: ERROR/MainProcess] Process 'ForkPoolWorker-%d' pid:%d exited with 'signal 9 (SIGKILL)'", at.Format(form), n, 300+at.Unix()%4000)
		s.say(at.Add(45*time.Millisecond), "[%s: ERROR/MainProcess] Task handler raised error: WorkerLostError('Worker exited prematurely: signal 9 (SIGKILL) Job: %d.') for %s", at.Format(form), 100+at.Unix()%900, id)
	}
}

// sayRenderer is the log of the renderer, which keeps its frames in memory.
func sayRenderer(s *scene) {
	s.started(2*time.Hour, func(at time.Time) {
		s.say(at, "%s renderer: frames go to /dev/shm, %sMiB are there already", at.Format(time.TimeOnly), inMi(s.l.shm))
	})
	s.every(time.Minute, func(b beat) {
		s.say(b.at, "%s renderer: frame %05d written, /dev/shm holds %sMiB, rss=%sMiB", b.at.Format(time.TimeOnly), int(b.use.shm/(1.6*mi)), inMi(b.use.shm), inMi(b.resident()))
	})
	s.last(300*time.Millisecond, func(b beat) {
		s.say(b.at, "%s renderer: frame %05d, /dev/shm holds %sMiB of the container's %dMi", b.at.Format(time.TimeOnly), int(b.use.shm/(1.6*mi))+1, inMi(b.use.shm), s.p.limit()>>20)
	})
}

// sayWeb is the log of nginx.
func sayWeb(s *scene) {
	s.every(20*time.Second, func(b beat) {
		s.say(b.at, `10.244.%d.%d - - [%s] "GET /%s HTTP/1.1" 200 %d`, 1+int(4*b.roll(1)), 2+int(250*b.roll(2)), b.at.Format("02/Jan/2006:15:04:05 -0700"), generatedName(b.key, 6), int(200+9000*b.roll(3)))
	})
}
