package analysis

import (
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestClamps(t *testing.T) {
	t.Parallel()
	c, h := database() // 512Mi were hit; without bounds 768Mi and 512Mi are recommended, for three pods
	size := func(v int64) *int64 { return &v }
	for name, x := range map[string]struct {
		b              *data.Bounds
		limit, request int64
		cures          bool
		says           string
	}{
		"no bounds":                     {nil, 768, 512, true, ""},
		"bounds with room":              {&data.Bounds{MostLimit: size(data.Gi), QuotaLimits: size(data.Gi), QuotaRequests: size(data.Gi), Node: size(8 * data.Gi)}, 768, 512, true, ""},
		"just enough quota":             {&data.Bounds{QuotaLimits: size(3 * 256 * data.Mi)}, 768, 512, true, ""},
		"a LimitRange":                  {&data.Bounds{MostLimit: size(640 * data.Mi), LimitFrom: "kubectl get limitranges"}, 640, 512, false, "a LimitRange allows 640Mi at most: limit lowered from 768Mi"},
		"a LimitRange at what was hit":  {&data.Bounds{MostLimit: size(512 * data.Mi)}, 768, 512, false, "not taken for a bound"},
		"least limit":                   {&data.Bounds{LeastLimit: size(data.Gi)}, 1024, 512, true, "the least that a LimitRange allows"},
		"quota for 128Mi each":          {&data.Bounds{QuotaLimits: size(3 * 128 * data.Mi)}, 640, 512, false, "the quota leaves 384Mi for 3 pods, so 640Mi each"},
		"quota used up":                 {&data.Bounds{QuotaLimits: size(0)}, 768, 512, false, "not taken for a bound"},
		"quota of requests, 64Mi each":  {&data.Bounds{QuotaRequests: size(3 * 64 * data.Mi)}, 768, 320, true, "request lowered from 512Mi to 320Mi"},
		"ratio of one":                  {&data.Bounds{MostRatio: ptr(1.0)}, 768, 768, true, "1 times the request at most"},
		"a small node":                  {&data.Bounds{Node: size(700 * data.Mi)}, 700, 512, false, "the node gives 700Mi"},
		"a node smaller than its limit": {&data.Bounds{Node: size(300 * data.Mi)}, 768, 512, false, "not taken for a bound"},
	} {
		d := Diagnose(Input{Case: NewCase(c, data.Overview{}, noon), History: h, Price: DefaultPrice, Now: noon, Bounds: x.b})
		r := d.Recommendation
		if *r.Limit != x.limit*data.Mi || *r.Request != x.request*data.Mi || r.Cures != x.cures {
			t.Errorf("%s: limit %s, request %s, cures %v", name, humanInt(r.Limit), humanInt(r.Request), r.Cures)
		}
		if steps := strings.Join(textStrings(r.Steps), "; "); !strings.Contains(steps, x.says) {
			t.Errorf("%s: %q is not in %q", name, x.says, steps)
		}
	}
}
