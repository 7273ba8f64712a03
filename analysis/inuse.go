package analysis

import "github.com/oomedic/oomedic/data"

// BelowUse says why a limit must not be set: it lowers the container's limit to what the container has been using, so
// that setting it would kill at once. limit is bytes, nil when it stays. The use is the highest sample of the shortest
// window with samples, which is the newest. Empty when the limit is not lowered, or nothing is known of the use.
func BelowUse(limit *int64, d *Diagnosis) data.Text {
	if limit == nil {
		return ""
	}
	if old := above(d.Container.Resources.Limit); old != nil && *limit >= *old {
		return ""
	}
	recent, known := 0.0, false
	for _, s := range d.Usage { // a longer window has what a shorter one has, so the least of the maxima is the newest
		if s.Samples > 0 && (!known || s.Max < recent) {
			recent, known = s.Max, true
		}
	}
	if !known || float64(*limit) > recent {
		return ""
	}
	return data.Textf("it uses %s: a limit lowered to %s would kill it at once", human(recent), humanInt(limit))
}
