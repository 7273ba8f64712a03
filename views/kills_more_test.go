package views

import (
	"math"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// TestTallListTellsMore looks below a short list in a tall terminal, and for nothing there where the list is long.
func TestTallListTellsMore(t *testing.T) {
	t.Parallel()
	s := killsWith(t, nil)
	c := s.lists[tabKilled].current()
	if len(c.Confirmation.Evidence) == 0 {
		t.Fatal("the fixture has no evidence")
	}
	says := c.Confirmation.Evidence[0].Says.String()
	for _, height := range []int{moreTall, 57} {
		if out := shown(t, s, 200, height); !strings.Contains(out, says) || !strings.Contains(out, "kill times") {
			t.Errorf("%d lines, and no evidence %q:\n%s", height, says, out)
		}
	}
	if out := shown(t, s, 200, moreTall-1); strings.Contains(out, says) {
		t.Errorf("it is not tall:\n%s", out)
	}
	many := killsWith(t, func(b *Board) { b.Cases = manyCases(60) })
	if out := shown(t, many, 200, 57); strings.Contains(out, "kill times") {
		t.Errorf("the rows have the room:\n%s", out)
	}
}

// TestTheRuleStaysWhereItIs walks down the list: what is below it takes the same room for each row of the same kind.
func TestTheRuleStaysWhereItIs(t *testing.T) {
	t.Parallel()
	s := killsWith(t, func(b *Board) {
		for i := range b.Cases {
			b.Cases[i].Confirmation.Why = "One line."
			b.Cases[i].Container.Kills = b.Cases[i].Container.Kills[:min(i, len(b.Cases[i].Container.Kills))]
			b.Cases[i].Overview.Kills = []data.Kill(nil)
		}
	})
	rule := func() int {
		lines := strings.Split(shown(t, s, 200, 57), "\n")
		for at := len(lines) - 1; at > 0; at-- {
			if strings.HasPrefix(lines[at], "────") {
				return at
			}
		}
		return -1
	}
	first := rule()
	for range 5 {
		press(s, "j")
		if at := rule(); at != first {
			t.Errorf("the rule went from line %d to line %d", first, at)
		}
	}
}

// TestUnreadIsNotUnknown tells what is being read from what nobody knows.
func TestUnreadIsNotUnknown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		metrics Metrics
		spark   []float64
		unread  bool
	}{
		"nothing asked yet":   {Metrics{}, nil, true},
		"the first answer":    {Metrics{Checked: true, Reachable: true}, nil, true},
		"no Prometheus":       {Metrics{Checked: true}, nil, false},
		"read, and no sample": {Metrics{Checked: true, Reachable: true}, []float64{math.NaN()}, false},
	} {
		s := killsWith(t, func(b *Board) {
			b.Metrics, b.Cases = c.metrics, b.Cases[:2]
			for i := range b.Cases {
				b.Cases[i].Near, b.Cases[i].Overview = nil, data.Overview{}
			}
			b.Cases[1].Overview.Spark = c.spark
		})
		if got := s.unread(s.lists[tabKilled].current()); got != c.unread {
			t.Errorf("%s: unread is %v, want %v", name, got, c.unread)
		}
		if out := shown(t, s, 120, 37); strings.Contains(out, "no samples: peak ?") == c.unread {
			t.Errorf("%s:\n%s", name, out)
		}
	}
}
