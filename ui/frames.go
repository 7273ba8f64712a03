package ui

import (
	"reflect"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Paces at which changed cells are written. Measured with Bubble Tea v2: from key to frame takes 12 ms at its default of 60
// frames a second and under 4 ms at 120. To wake up 120 times a second to find nothing changed costs 1 % of a core, so that
// a program in which nothing happens wakes up restFrames times; the next message brings the full pace back at once.
const (
	framesPerSecond = 120 // the most that Bubble Tea takes
	restFrames      = 4   // for ages that move on
)

// frames slows the renderer down while nothing but the clock's ticks comes in. It is called from the one goroutine that
// handles messages.
type frames struct {
	// pace sets how long a frame lasts; nil when it can't be set.
	pace    func(time.Duration)
	resting bool
	stirred bool // something came in since the last tick
}

// see takes note of a message before it is handled.
func (f *frames) see(m tea.Msg) {
	if _, tick := m.(tickMsg); !tick {
		f.stirred = true
		if f.resting {
			f.resting = false
			f.set(framesPerSecond)
		}
		return
	}
	if !f.stirred && !f.resting {
		f.resting = true
		f.set(restFrames)
	}
	f.stirred = false
}

func (f *frames) set(perSecond int) {
	if f.pace != nil {
		f.pace(time.Second / time.Duration(perSecond))
	}
}

// rendererTicker is the ticker by which a running program draws. Bubble Tea has no way to change its pace later, so it is
// read from where it lies; nil when a version has it no more, and then the pace stays as it is.
func rendererTicker(p *tea.Program) *time.Ticker {
	v := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !v.IsValid() || v.Type() != reflect.TypeFor[*time.Ticker]() || v.IsNil() {
		return nil
	}
	return (*time.Ticker)(v.UnsafePointer())
}

// filter is see as an option of a program that is known once it runs.
func (f *frames) filter(program func() *tea.Program) tea.ProgramOption {
	looked := false
	return tea.WithFilter(func(_ tea.Model, m tea.Msg) tea.Msg {
		if !looked {
			looked = true
			if t := rendererTicker(program()); t != nil {
				f.pace = t.Reset
			}
		}
		f.see(m)
		return m
	})
}
