package baselines

import "time"

// The defaults of Robusta KRR's "simple" strategy (github.com/robusta-dev/krr, robusta_krr/strategies/simple.py).
const (
	krrDays     = 14
	krrStep     = 75 * time.Second
	krrMargin   = 1.15
	krrOOM      = 1.25
	krrLeast    = 100_000_000
	krrLeastLen = 100
)

// KRR returns the limit in bytes of KRR's simple strategy: the highest working set of the last 14 days at steps of 75
// seconds and 15 %. With oom it is its experimental mode, which takes at least the limit that was hit and 25 %. It is 0
// where KRR gives none, for want of samples.
func KRR(pods []Pod, limit int64, now time.Time, oom bool) int64 {
	highest, n := 0.0, 0
	for _, p := range pods {
		next := now.Add(-krrDays * 24 * time.Hour)
		for i, s := range p.Samples {
			if s.At.Before(next) {
				continue
			}
			// The sample that a step shows is the newest before it.
			if i+1 < len(p.Samples) && p.Samples[i+1].At.Before(next.Add(krrStep)) {
				continue
			}
			n++
			highest = max(highest, s.Bytes)
			for !next.After(s.At) {
				next = next.Add(krrStep)
			}
		}
	}
	if n < krrLeastLen {
		return 0
	}
	out := highest * krrMargin
	if oom {
		out = max(out, float64(limit)*krrOOM)
	}
	return int64(max(out, krrLeast))
}

// Times returns a limit that is factor times the present one.
func Times(limit int64, factor float64) int64 { return int64(float64(limit) * factor) }
