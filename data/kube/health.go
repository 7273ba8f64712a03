package kube

import (
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
)

// scopeHealth follows the streams of one scope and tells the store how fresh its facts are. They are live while a
// stream is open that goes on from a whole list.
type scopeHealth struct {
	c  *Client
	st *data.Store
	ns string

	mu     sync.Mutex
	open   bool // a stream is open
	listed bool // a whole list was read
	denied bool // the scope's Gap is set
	grace  *time.Timer
	ended  bool
}

// opened notes an open stream.
func (h *scopeHealth) opened() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open = true
	h.tell()
}

// synced notes that the store holds a whole list.
func (h *scopeHealth) synced() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listed = true
	h.tell()
}

// tell sets Live when it is. The caller holds the lock.
func (h *scopeHealth) tell() {
	if !h.open || !h.listed || h.ended {
		return
	}
	if h.grace != nil {
		h.grace.Stop()
		h.grace = nil
	}
	if h.denied {
		h.st.SetGap(podsGap(h.ns), "")
		h.denied = false
	}
	h.st.SetHealth(data.Clean(h.ns), data.Live, "")
}

// dropped notes that the stream ended. It may be in good order, so the list is called stale only after dropGrace.
func (h *scopeHealth) dropped() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open = false
	if h.grace != nil || h.ended {
		return
	}
	var mine *time.Timer
	mine = time.AfterFunc(dropGrace, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.grace != mine || h.ended {
			return
		}
		h.grace = nil
		h.st.SetHealth(data.Clean(h.ns), data.Stale, "the connection to the API server was lost; trying again")
	})
	h.grace = mine
}

// fail notes that a list or a watch failed: the list is stale from now on, or still awaited when there was none yet. When
// a right is missing it is a Gap as well.
func (h *scopeHealth) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return
	}
	h.open = false
	if h.grace != nil {
		h.grace.Stop()
		h.grace = nil
	}
	state := data.Stale
	if !h.listed && !isDenied(err) {
		state = data.Connecting // nothing is known that could be stale, least of all that there was no kill
	}
	h.st.SetHealth(data.Clean(h.ns), state, data.Clean(err.Error()))
	if isDenied(err) {
		h.st.SetGap(podsGap(h.ns), data.Clean(err.Error()))
		h.denied = true
	}
}

// stop ends the reports.
func (h *scopeHealth) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	if h.grace != nil {
		h.grace.Stop()
	}
}
