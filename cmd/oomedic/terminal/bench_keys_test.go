//go:build e2e && benchui

package terminal

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// TestBenchKeys measures only the time from key to frame, as often as BENCH_KEYS says, so that two builds can be compared
// one right after the other on a machine that others use too. It writes no document.
func TestBenchKeys(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("BENCH_KEYS")) //nolint:errcheck // none without it
	if rounds == 0 {
		t.Skip("BENCH_KEYS says how many rounds are measured")
	}
	for range rounds {
		for _, updates := range []int{200, 0} {
			s := startList(t, updates)
			keys, _ := s.pressKeys(t)
			_, cpu := s.use(t, 10*time.Second)
			t.Logf("key to frame, %d updates a second: %-22s share of a core %.1f %%, load %s", updates, times(keys), cpu*100, loadNow())
			s.quit(t)
		}
	}
}
