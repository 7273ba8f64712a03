package analysis

import (
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// scenario is one container with a history, and the cause that should be found.
type scenario struct {
	name  string
	want  Class
	least float64 // least confidence
	build func() (data.Container, *data.History)
}

// simple builds a Deployment of one pod with a course under 512Mi.
func simple(span, step, most time.Duration, mem course, change ...func(*data.Container, *data.History)) func() (data.Container, *data.History) {
	return func() (data.Container, *data.History) {
		h := historyOf("app-0", 512*data.Mi, span, step, most, mem)
		c := killed("Deployment", "app", "app", "registry.example/app:1", 512*data.Mi, 256*data.Mi, lastKill(h))
		for _, f := range change {
			f(&c, h)
		}
		return c, h
	}
}

func level(mib float64) course {
	return func(_ float64, n *noise) float64 { return (mib + 5*n.next()) * mi }
}

// fill rises to top ever slower with a time constant of tau hours.
func fill(base, top, tau float64) course {
	return func(age float64, n *noise) float64 {
		return (base + (top-base)*(1-math.Exp(-age/tau)) + 2*n.next()) * mi
	}
}

// logFill rises as a cache of skewed keys does: with the logarithm of time.
func logFill(base, rate float64) course {
	return func(age float64, n *noise) float64 { return (base + rate*math.Log(1+4*age) + 2*n.next()) * mi }
}

func env(name, value data.Text) func(*data.Container, *data.History) {
	return func(c *data.Container, _ *data.History) { c.Env = append(c.Env, data.Knob{Name: name, Value: value}) }
}

var scenarios = []scenario{
	{"guide: leaking API", MemoryLeak, 0.9, leakingAPI},
	{"guide: database", LimitTooLow, 0.85, database},
	{"fast leak of an hour", MemoryLeak, 0.8, simple(24*time.Hour, 30*time.Second, 0, func(age float64, n *noise) float64 { return (200 + 300*age + 2*n.next()) * mi })},
	{"leak under a daily cycle", MemoryLeak, 0.6, simple(14*24*time.Hour, 5*time.Minute, 0, func(age float64, n *noise) float64 {
		return (200 + 5*age + 10*math.Sin(age/24*2*math.Pi) + 3*n.next()) * mi
	})},
	{"leak over five days", GradualAccumulation, 0.8, simple(25*24*time.Hour, 5*time.Minute, 0, func(age float64, n *noise) float64 { return (200 + 2.6*age + 3*n.next()) * mi })},
	{"near miss: daily cycle and no growth", LimitTooLow, 0.5, simple(14*24*time.Hour, 5*time.Minute, 50*time.Hour, func(age float64, n *noise) float64 {
		return (440 + 60*math.Sin(age/24*2*math.Pi) + 11*n.next()) * mi
	})},
	{"near miss: warms up, then a plateau at the limit", LimitTooLow, 0.7, simple(10*24*time.Hour, 5*time.Minute, 30*time.Hour, fill(200, 505, 1))},
	{"spikes from half of the limit", LoadSpike, 0.5, simple(7*24*time.Hour, time.Minute, 20*time.Hour, level(230))},
	{"near miss: a level near the limit is no spike", LimitTooLow, 0.7, simple(7*24*time.Hour, time.Minute, 20*time.Hour, level(500))},
	{"cache that fills with the logarithm of time", UnboundedCache, 0.5, simple(10*24*time.Hour, 5*time.Minute, 0, logFill(150, 80))},
	{"near miss: cache that levels off below the limit", LoadSpike, 0.4, simple(10*24*time.Hour, 5*time.Minute, 40*time.Hour, fill(100, 300, 3))},
	{"near miss: redis that grows at a steady pace, as no cache does", MemoryLeak, 0.5, simple(7*24*time.Hour, time.Minute, 0, func(age float64, n *noise) float64 { return (100 + 18*age + n.next()) * mi },
		func(c *data.Container, _ *data.History) { c.Image = "docker.io/library/redis:7" })},
	{"JVM with a heap as large as its limit", JVMHeap, 0.85, simple(7*24*time.Hour, time.Minute, 0, fill(200, 530, 5), env("JAVA_TOOL_OPTIONS", "-Xms256m -Xmx512m"))},
	{"JVM with 90% of its limit", JVMHeap, 0.85, simple(7*24*time.Hour, time.Minute, 0, fill(200, 530, 5), env("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=90"))},
	{"near miss: JVM whose heap leaves room", LimitTooLow, 0.7, simple(7*24*time.Hour, time.Minute, 20*time.Hour, level(500), env("JAVA_TOOL_OPTIONS", "-Xmx192m"))},
	{"nightly batch whose run jumps", LargeFile, 0.6, simple(7*24*time.Hour, 30*time.Second, 30*time.Minute, level(100),
		func(c *data.Container, _ *data.History) { c.Workload.Kind = "CronJob" })},
	{"near miss: the same course of a service", LoadSpike, 0.5, simple(7*24*time.Hour, 30*time.Second, 30*time.Minute, level(100))},
	{"short lives with three samples each", MemoryLeak, 0.4, simple(2*time.Hour, 15*time.Second, 0, func(age float64, n *noise) float64 { return (100 + 480*age*60 + n.next()) * mi })},
	{"short lives of which two samples are seen", MemoryLeak, 0.4, simple(2*time.Hour, 10*time.Second, 0, func(age float64, n *noise) float64 { return (100 + 15*age*3600 + n.next()) * mi })},
	{"near miss: lives of half a minute and no climb", StartupPeak, 0.4, simple(2*time.Hour, 15*time.Second, 40*time.Second, level(100))},
	{"near miss: lives of two samples and no climb", UnknownCause, 0.3, simple(12*time.Hour, time.Minute, 150*time.Second, level(100))},
}

func TestCauses(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			c, h := s.build()
			d := diagnose(c, h)
			if d.Cause.Class != s.want || d.Cause.Confidence < s.least {
				t.Errorf("cause %s (%.2f), want %s (%.2f)\n%s\nalternatives %v", d.Cause.Class, d.Cause.Confidence, s.want, s.least, d.Cause.Summary, d.Cause.Alternatives)
			}
			sound(t, &d)
		})
	}
}

func TestSharedMemory(t *testing.T) {
	t.Parallel()
	c, h := simple(24*time.Hour, time.Minute, 3*time.Hour, level(200))()
	c.Last = &data.Termination{Reason: "StartError", ExitCode: 128, Message: "container init was OOM-killed (memory limit too low?)", FinishedAt: noon.Add(-time.Minute), Field: "lastState.terminated"}
	if d := diagnose(c, h); d.Cause.Class != LimitTooLow {
		t.Errorf("without a memory volume: %s", d.Cause.Class)
	}
	c.MemoryVolumes = []data.Text{"shm"}
	d := diagnose(c, h)
	if d.Cause.Class != SharedMemory || d.Cause.Confidence < 0.8 || d.Recommendation.Cures {
		t.Errorf("with one: %s (%.2f), cures %v", d.Cause.Class, d.Cause.Confidence, d.Recommendation.Cures)
	}
	c.Last.Reason, c.Last.ExitCode = "OOMKilled", 137
	if d := diagnose(c, h); d.Cause.Class == SharedMemory {
		t.Error("a mounted volume alone was taken for the cause")
	}
	h.Cache = data.Samples{T: []int64{noon.UnixMilli()}, V: []float64{400 * mi}}
	h.RSS = data.Samples{T: []int64{noon.UnixMilli()}, V: []float64{60 * mi}}
	if d := diagnose(c, h); d.Cause.Class != SharedMemory {
		t.Errorf("with page cache as most of its memory: %s", d.Cause.Class)
	}
}

func TestKillLevelFalls(t *testing.T) {
	t.Parallel()
	c, h := simple(24*time.Hour, time.Minute, 3*time.Hour, level(200))()
	c.MemoryVolumes = []data.Text{"shm"}
	for i := range h.Lives {
		for j := range h.Lives[i].V {
			h.Lives[i].V[j] *= math.Pow(0.7, float64(i))
		}
	}
	if d := diagnose(c, h); d.Cause.Class != SharedMemory {
		t.Errorf("falling levels: %s (%.2f)", d.Cause.Class, d.Cause.Confidence)
	}
}

func TestNodePressure(t *testing.T) {
	t.Parallel()
	h := historyOf("app-0", data.Gi, 7*24*time.Hour, time.Minute, 20*time.Hour, level(600))
	c := killed("Deployment", "app", "app", "registry.example/app:1", 0, 0, lastKill(h))
	c.Resources, h.Limit = data.Resources{Request: ptr(64 * data.Mi)}, data.Samples{}
	d := diagnose(c, h)
	if d.Cause.Class != NodePressure || d.Recommendation.Limit != nil || d.Recommendation.Request == nil {
		t.Fatalf("cause %s, limit %v, request %v", d.Cause.Class, d.Recommendation.Limit, d.Recommendation.Request)
	}
	if d.ClippedAtLimit != nil {
		t.Error("without a limit nothing is known of clipping")
	}
}

func TestConcurrentRequests(t *testing.T) {
	t.Parallel()
	c, h := simple(7*24*time.Hour, time.Minute, 20*time.Hour, level(230))()
	addPod(h, "app-1", 512*data.Mi, 7*24*time.Hour, time.Minute, 20*time.Hour, level(230))
	if d := diagnose(c, h); d.Cause.Class != ConcurrentRequests {
		t.Errorf("pods killed together: %s (%.2f)", d.Cause.Class, d.Cause.Confidence)
	}
	c, h = simple(7*24*time.Hour, time.Minute, 20*time.Hour, level(230))()
	addPod(h, "app-1", 512*data.Mi, 6*24*time.Hour+7*time.Hour, time.Minute, 17*time.Hour, level(230))
	if d := diagnose(c, h); d.Cause.Class != LoadSpike {
		t.Errorf("pods killed at times of their own: %s", d.Cause.Class)
	}
	c, h = simple(7*24*time.Hour, time.Minute, 0, level(230))()
	c.Last, c.Kills, c.ChildKills, c.Command = nil, nil, ptr(3.0), []data.Text{"gunicorn", "app:app", "-w", "8"}
	if d := diagnose(c, h); d.Cause.Class != ConcurrentRequests || d.Confirmation.Scope != ScopeChild {
		t.Errorf("a worker that was killed: %s", d.Cause.Class)
	}
}

// sound checks what every diagnosis must hold, whatever the facts.
func sound(t *testing.T, d *Diagnosis) {
	t.Helper()
	r := d.Recommendation
	if r.Limit != nil {
		if hit := d.hit(); hit != nil && *r.Limit < *hit {
			t.Errorf("recommended %d below the %d that was hit", *r.Limit, *hit)
		}
		if r.Request == nil {
			t.Error("a limit without a request")
		} else if *r.Request > *r.Limit || *r.Request <= 0 {
			t.Errorf("request %d with limit %d", *r.Request, *r.Limit)
		}
	}
	for _, v := range []float64{d.Confirmation.Confidence, d.Cause.Confidence} {
		if !(v >= 0 && v <= 1) {
			t.Errorf("confidence %v", v)
		}
	}
	sum := d.Cause.Confidence
	for _, a := range d.Cause.Alternatives {
		sum += a.Confidence
	}
	if !(sum <= 1.0001) {
		t.Errorf("confidences add up to %v", sum)
	}
	for w, s := range d.Usage {
		for _, v := range []float64{s.Mean, s.P50, s.P95, s.P99, s.Max, s.Coverage} {
			if !finite(v) || v < 0 {
				t.Errorf("%s has %v", w, v)
			}
		}
	}
	for i, s := range d.Steps {
		if s.Title == "" || s.Question == "" || s.Answer == "" || s.Meaning == "" || s.State == "" {
			t.Errorf("step %d is not whole: %+v", i, s)
		}
		for _, e := range append(append([]Evidence(nil), s.Evidence...), s.Against...) {
			if e.Says == "" || e.From == "" {
				t.Errorf("step %d has evidence without source: %+v", i, e)
			}
		}
	}
	for _, v := range []*float64{d.Near, d.Cause.GrowthPerHour, d.Cost.PerPodMonthly, d.Cost.TotalMonthly} {
		if v != nil && !finite(*v) {
			t.Errorf("a number is %v", *v)
		}
	}
}
