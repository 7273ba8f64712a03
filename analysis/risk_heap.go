package analysis

import "github.com/oomedic/oomedic/data"

// heapOver returns the risk of a runtime whose bound on its heap leaves no room under the limit: nothing has to leak for it
// to be killed, a heap grows to its bound in time. It counts into s, and returns nil where the bound leaves room, where none
// is set, and where the container's specification was not read.
func heapOver(one *data.Usage, s *RiskSummary) *Risk {
	c := one.Container
	if c == nil {
		c = one.Settings
	}
	if c != nil || one.SettingsRead {
		s.HeapRead++
	}
	if c == nil || above(one.Limit) == nil {
		return nil
	}
	rt, _ := RuntimeOf(c)
	bound := heapOf(c, rt, one.Limit)
	rule, ok := heapRules[rt]
	if bound == nil || !ok || !rule.leavesNoRoom(bound, *one.Limit) {
		return nil
	}
	s.HeapBound++
	r := &Risk{Usage: *one, Level: RiskNotice, Kind: RiskHeapBound, bound: bound}
	if measured(one) {
		r.Share = ptr(*one.WorkingSet / float64(*one.Limit))
	}
	share := bound.bytes / float64(*one.Limit)
	r.Why = data.Textf("%s lets the heap alone take %s of the limit", bound.setting, SharePercent(&share))
	if bound.percent > 0 {
		r.Why += data.Textf(": at most %.0f%% leaves room", 100*rule.share)
	} else {
		r.Why += data.Textf("; it needs a limit of %s", human(float64(RoundUp(heapNeed(bound, rule)))))
	}
	return r
}

// leavesNoRoom reports whether a bound on the heap leaves nothing of a limit in bytes for what stands beside the heap.
func (r heapRule) leavesNoRoom(h *heapBound, limit int64) bool {
	return h.bytes >= r.most*float64(limit) || r.percent > 0 && h.percent >= r.percent
}
