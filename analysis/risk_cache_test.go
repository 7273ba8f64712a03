package analysis

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Growth of the page cache meets no limit: the kernel takes it back. Growth of anything else beside a large cache does.
func TestGrowthByPageCache(t *testing.T) {
	t.Parallel()
	steady := func() data.Usage {
		return usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (300 + 50*h) * mib })) // 600 MiB now
	}
	begun := usage(ramp(6*time.Hour, 30*time.Second, func(h float64) float64 { return (300 + max(0, h-5.9)*2400) * mib })) // 540 MiB now
	for _, c := range []struct {
		name  string
		u     data.Usage
		kept  float64 // MiB of anonymous memory
		level RiskLevel
		kind  RiskKind
		why   string
	}{
		{"nearly all of it", steady(), 40, RiskNotice, RiskReclaimable, "560Mi of its 600Mi is page cache that the kernel takes back: 40Mi can't be"},
		{"none of it", steady(), 600, RiskWarning, RiskGrowing, "probable leak, OOM in"},
		{"beside a leak", steady(), 300, RiskWarning, RiskGrowing, "OOM in"},
		{"a climb that has just begun", begun, 240, RiskCritical, RiskGrowing, "OOM in"},
	} {
		c.u.Parts = &data.UsageParts{RSS: ptr(c.kept * mib), Shared: ptr(0.0)}
		got, s := judged(t, c.u)
		if len(got) != 1 || got[0].Level != c.level || got[0].Kind != c.kind || !strings.Contains(got[0].Why.String(), c.why) || (got[0].Left == nil) != (c.kind == RiskReclaimable) {
			t.Errorf("%s: %+v, %+v", c.name, got, s)
		}
	}
	u := steady()
	u.Parts = &data.UsageParts{RSS: ptr(40 * mib)} // files in memory are not known
	if got, _ := judged(t, u); len(got) != 1 || got[0].Kind != RiskGrowing {
		t.Errorf("what is not known is no page cache: %+v", got)
	}
}
