package prom

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/oomedic/oomedic/data"
)

// maxSkew is by how much two clocks may differ before that is said: beyond a minute the newest samples and kills are
// missed, or stand at times that do not fit together.
const maxSkew = time.Minute

// clock is by how much the clock of a server is ahead of the one here, as far as is certain.
type clock struct{ ahead atomic.Int64 }

// read takes the time of an answer that was asked for at sent and came at came. What lies between the two proves nothing,
// nor does an answer out of a cache.
func (c *clock) read(h http.Header, sent, came time.Time) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil || h.Get("Age") != "" {
		return
	}
	ahead := time.Duration(0)
	switch {
	case at.After(came):
		ahead = at.Sub(came)
	case at.Add(time.Second).Before(sent): // it is in whole seconds
		ahead = at.Add(time.Second).Sub(sent)
	}
	c.ahead.Store(int64(ahead))
}

// gaps say what is lost when the clocks do not agree. A nil clock is the one here.
func (c *clock) gaps() []data.Gap {
	if c == nil {
		return nil
	}
	ahead := time.Duration(c.ahead.Load())
	way := "behind"
	if ahead > 0 {
		way = "ahead of"
	}
	if ahead.Abs() < maxSkew {
		return nil
	}
	return []data.Gap{{What: "the newest samples, and times that agree", Why: data.Textf("the clock of Prometheus is %s %s the one of this machine: set the wrong one", ahead.Abs().Round(time.Second), way)}}
}
