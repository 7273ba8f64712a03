package analysis

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// wordsOf are all words of a cause: its summary and its evidence.
func wordsOf(c *Cause) string {
	var b strings.Builder
	b.WriteString(c.Summary.String())
	for _, e := range append(append([]Evidence(nil), c.Evidence...), c.Against...) {
		b.WriteString("\n" + e.Says.String())
	}
	return b.String()
}

// Nothing is said of connections that nobody counted, and traffic alone is a weaker sign of a large input than traffic
// over as many connections as ever.
func TestUnknownConnections(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	judged := func(received float64, sockets bool) Cause {
		con, h := simple(week, time.Minute, 20*time.Hour, level(230))()
		h.Load.Received = loadOf(h, "app-0", week, 1e5, received)
		if sockets {
			h.Load.Sockets = loadOf(h, "app-0", week, 40, 40)
		}
		d := diagnose(con, h)
		sound(t, &d)
		return d.Cause
	}
	calm, both := judged(1e5, false), judged(1e5, true)
	if w := wordsOf(&calm); calm.Class != LoadSpike || strings.Contains(w, "connections") || !strings.Contains(w, "traffic stood at 1.") {
		t.Errorf("%s, connections not known:\n%s", calm.Class, w)
	}
	if w := wordsOf(&both); both.Class != LoadSpike || !strings.Contains(w, "connections stood at 1.") || !strings.Contains(w, "traffic at 1.") {
		t.Errorf("%s, both known:\n%s", both.Class, w)
	}
	known, blind := judged(9e6, true), judged(9e6, false)
	if w := wordsOf(&known); known.Class != LargeFile || !strings.Contains(w, "times the usual connections") {
		t.Errorf("%s, much received over the same connections:\n%s", known.Class, w)
	}
	w := wordsOf(&blind)
	if strings.Contains(w, "times the usual connections") || strings.Contains(w, "connections stood") {
		t.Errorf("%s, connections not known:\n%s", blind.Class, w)
	}
	if blind.Class == LargeFile && (blind.Confidence >= known.Confidence || !strings.Contains(w, "how many connections there were is not known")) {
		t.Errorf("a large input, %.2f without connections and %.2f with them:\n%s", blind.Confidence, known.Confidence, w)
	}
}

// What a pod received last is read at the first scrape after the kill, which may stand in the second step after it;
// connections that come so late are of the next life.
func TestReceivedIsReadLate(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	late := func(h *data.History, usual, high float64) []data.Signal {
		all := loadOf(h, "app-0", week, usual, usual)
		for i, at := range all[0].T {
			for _, k := range h.Kills {
				if d := time.UnixMilli(at).Sub(k.At); d > 5*time.Minute && d <= 10*time.Minute {
					all[0].V[i] = high
				}
			}
		}
		return all
	}
	con, h := simple(week, time.Minute, 20*time.Hour, level(230))()
	h.Load.Sockets = loadOf(h, "app-0", week, 40, 40)
	h.Load.Received = late(h, 1e5, 9e6)
	if d := diagnose(con, h); d.Cause.Class != LargeFile {
		t.Errorf("received late: %s (%.2f)", d.Cause.Class, d.Cause.Confidence)
	}
	h.Load.Received = loadOf(h, "app-0", week, 1e5, 1e5)
	h.Load.Sockets = late(h, 40, 400)
	if d := diagnose(con, h); d.Cause.Class == ConcurrentRequests {
		t.Errorf("connections after the kill: %s (%.2f)", d.Cause.Class, d.Cause.Confidence)
	}
}
