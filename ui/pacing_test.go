package ui

import (
	"testing"
	"time"
)

func TestListsAreMadeAtAPaceThatFollowsTheirCost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		took  time.Duration // for the list before; 0 for none
		since time.Duration // since it was made
		want  time.Duration
	}{
		{"the first list", 0, 0, settle},
		{"a short list", 5 * time.Millisecond, 0, settle},
		{"as long as changes settle", 12500 * time.Microsecond, 0, settle},
		{"a little longer", 13 * time.Millisecond, 0, 104 * time.Millisecond},
		{"a long list", 50 * time.Millisecond, 0, 400 * time.Millisecond},
		{"a long list, some time ago", 50 * time.Millisecond, 250 * time.Millisecond, 150 * time.Millisecond},
		{"a long list after a quiet time", 50 * time.Millisecond, time.Minute, settle},
		{"a machine that is very slow", 20 * time.Second, 0, maxRest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := boardPace{}
			if tt.took > 0 {
				p.made(start, start.Add(tt.took))
			}
			if got := p.wait(start.Add(tt.took + tt.since)); got != tt.want {
				t.Errorf("it waits %s, want %s", got, tt.want)
			}
		})
	}
}
