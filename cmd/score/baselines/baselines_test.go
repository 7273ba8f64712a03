package baselines

import (
	"testing"
	"time"
)

const mib = 1 << 20

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// flat is a pod with the same working set each half minute for some days.
func flat(bytes float64, days int, kills ...time.Time) Pod {
	p := Pod{Kills: kills}
	for t := now.Add(-time.Duration(days) * 24 * time.Hour); t.Before(now); t = t.Add(30 * time.Second) {
		p.Samples = append(p.Samples, Sample{At: t, Bytes: bytes})
	}
	return p
}

func outside(v int64, least, most float64) bool { return float64(v) < least || float64(v) > most }

func TestKRR(t *testing.T) {
	t.Parallel()
	p := flat(400*mib, 20)
	p.Samples[len(p.Samples)-9].Bytes = 500 * mib
	p.Samples[100].Bytes = 900 * mib // older than 14 days
	// The short peak is seen or falls between two steps, as in KRR.
	if got := KRR([]Pod{p, flat(100*mib, 3)}, 512*mib, now, false); outside(got, 400*1.15*mib-1, 500*1.15*mib) {
		t.Errorf("%d MiB, want 15 %% above the maximum", got/mib)
	}
	if got := KRR([]Pod{flat(400*mib, 20)}, 512*mib, now, true); got != 640*mib {
		t.Errorf("with OOM data %d MiB, want 640", got/mib)
	}
	if got := KRR([]Pod{flat(4*mib, 5)}, 512*mib, now, false); got != 100_000_000 {
		t.Errorf("%d bytes for a tiny one, want the least, 100 MB", got)
	}
	few := flat(400*mib, 1)
	few.Samples = few.Samples[len(few.Samples)-60:]
	if got := KRR([]Pod{few}, 512*mib, now, true); got != 0 {
		t.Errorf("%d from half an hour, want none", got)
	}
}

func TestVPA(t *testing.T) {
	t.Parallel()
	quiet, err := VPA([]Pod{flat(400*mib, 10)}, 512*mib, 512*mib)
	if err != nil || outside(quiet, 400*1.15*mib, 400*1.15*1.08*mib) {
		t.Errorf("%d MiB, %v, want the peak and 15 %%, up to a bucket of 8 %% more", quiet/mib, err)
	}
	killed, err := VPA([]Pod{flat(400*mib, 10, now.Add(-26*time.Hour), now.Add(-2*time.Hour))}, 512*mib, 512*mib)
	if err != nil || outside(killed, 612*1.15*mib, 614*1.15*1.08*mib) {
		t.Errorf("%d MiB after a kill, %v, want the request and 100 MiB or a fifth more, and 15 %%", killed/mib, err)
	}
	half, err := VPA([]Pod{flat(400*mib, 10, now.Add(-2*time.Hour))}, 256*mib, 512*mib)
	if err != nil || outside(half, 500*1.15*mib, 500*1.15*1.08*mib) {
		t.Errorf("%d MiB after a kill above the request, %v, want the peak and 100 MiB, and 15 %%", half/mib, err)
	}
	least, err := VPA([]Pod{flat(10*mib, 10)}, 64*mib, 64*mib)
	if err != nil || least != 250*mib {
		t.Errorf("%d MiB for a tiny one, %v, want the least, 250", least/mib, err)
	}
	if _, err := VPA(nil, 0, 0); err == nil {
		t.Error("no error without a request and a limit")
	}
}
