package ui

import (
	"sync"
	"time"
)

// Paces of making the list, tuned on 10,000 cases with 200 changes a second. The first list, or one after all overviews were
// read anew, takes 30 ms to be judged and sorted; one after a few changes takes a tenth of that or less.
const (
	settle    = 100 * time.Millisecond // changes that come close together become one new list
	restAfter = 8                      // times as long as a list took to make passes until the next, so that it takes a ninth of a core at most
	maxRest   = time.Second            // however long that was: a kill is to be seen soon
)

// boardPace spaces the lists that are made because something changed. The first change after a quiet time waits for
// others as long as ever; only where changes keep coming does the size of the list slow them down.
type boardPace struct {
	mu    sync.Mutex
	ended time.Time     // when the last list was made
	took  time.Duration // how long that was
}

// wait is how long changes are gathered from now on.
func (p *boardPace) wait(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(settle, min(restAfter*p.took, maxRest)-now.Sub(p.ended))
}

// made takes note of a list that was made.
func (p *boardPace) made(began, ended time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended, p.took = ended, ended.Sub(began)
}
