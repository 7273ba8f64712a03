package analysis

import (
	"strconv"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// heapOf returns the bound that a container's runtime has on its heap, nil when none is set. limit is the limit in
// bytes that a percentage is taken of, nil when unknown.
func heapOf(c *data.Container, runtime data.Text, limit *int64) *heapBound {
	switch runtime {
	case "java":
		return jvmHeap(c, limit)
	case "node":
		return nodeHeap(c)
	case "go":
		return goLimit(c)
	case "dotnet":
		return dotnetHeap(c, limit)
	}
	return nil
}

// heapRule is how a runtime's heap bound must stand to the limit.
type heapRule struct {
	name    string  // of the runtime, for people
	most    float64 // from this share of the limit on the bound leaves no room
	percent float64 // the same of a bound that is a percentage, 0 when there is none such
	share   float64 // bound over limit that leaves room
	beside  float64 // bytes beside the heap, at least
	cure    data.Text
}

// heapRules: the JVM takes metaspace, code cache, threads and direct buffers beside the heap, V8 and .NET take buffers
// and native memory; Go's soft limit counts all that the runtime manages, so a tenth is enough for the rest.
var heapRules = map[data.Text]heapRule{
	"java":   {"JVM", jvmShareOfLimit, jvmPercent, jvmHeapShare, float64(jvmOffHeap), "Set the heap as a share of the limit, so that both follow each other: -XX:MaxRAMPercentage=75.0 (50 to 70 below 1Gi)."},
	"node":   {"Node.js", 0.90, 0, 0.75, 64 * float64(data.Mi), "Set NODE_OPTIONS=--max-old-space-size to about 75% of the limit in MiB; 60% where Buffers or workers are many."},
	"go":     {"Go", 0.98, 0, 0.90, 0, "Set GOMEMLIMIT to 90% of the limit: at or above the limit the collector never hears of it."},
	"dotnet": {".NET", 0.90, 90, 0.75, 64 * float64(data.Mi), "Set DOTNET_GCHeapHardLimitPercent=0x4B (75%, the default), or leave both settings out."},
}

// dotnetHeap returns .NET's hard limit of the heap: DOTNET_GCHeapHardLimit in bytes, else GCHeapHardLimitPercent of the
// limit. Both are written in hexadecimal, with or without 0x; it returns nil when neither is set.
func dotnetHeap(c *data.Container, limit *int64) *heapBound {
	var percent *heapBound
	for _, k := range c.Env {
		n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToLower(k.Value.String()), "0x"), 16, 62)
		if err != nil || n == 0 {
			continue
		}
		from := specCommand(c, `env[?(@.name=="`+k.Name.String()+`")].value`)
		switch k.Name {
		case "DOTNET_GCHeapHardLimit":
			return &heapBound{bytes: float64(n), setting: k.Name + "=" + k.Value, from: from}
		case "DOTNET_GCHeapHardLimitPercent":
			if limit != nil && n <= 100 {
				percent = &heapBound{bytes: float64(n) / 100 * float64(*limit), percent: float64(n), setting: k.Name + "=" + k.Value, from: from}
			}
		}
	}
	return percent
}

// heapNeed returns the limit in bytes that a heap bound needs.
func heapNeed(h *heapBound, r heapRule) float64 {
	return max(h.bytes/r.share, h.bytes+r.beside)
}
