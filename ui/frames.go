package ui

import (
	"reflect"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/views"
)

// Paces at which changed cells are written. Measured with Bubble Tea v2: from key to frame takes 12 ms at its default of 60
// frames a second and under 4 ms at 120. To wake up 120 times a second to find nothing changed costs 1 % of a core, so that
// a program in which nothing happens wakes up restFrames times; the next message brings the full pace back at once.
const (
	framesPerSecond = 120 // the most that Bubble Tea takes
	restFrames      = 4   // for ages that move on

	// What a key has changed is drawn this soon after its view was made, and not with the next frame, which is up to 8 ms
	// away and 4 ms on average. The ticker goes at this pace for hurryFor, in case the first tick came before the view was
	// handed over, and so once in hurryRest at most, however fast keys are repeated.
	hurrySoon = 300 * time.Microsecond
	hurryFor  = 3 * time.Millisecond
	hurryRest = time.Second / framesPerSecond
)

// frames slows the renderer down while nothing but the clock's ticks comes in, and lets it draw at once what a key has
// changed. It is called from the one goroutine that handles messages; the end of a hurry comes from a timer.
type frames struct {
	// pace sets how long a frame lasts; nil when it can't be set.
	pace    func(time.Duration)
	resting bool
	stirred bool // something came in since the last tick
	pressed bool // a person did something whose view is not made yet

	// now and later are time.Now and time.AfterFunc when nil; tests drive time themselves.
	now   func() time.Time
	later func(time.Duration, func())

	mu       sync.Mutex
	hurrying bool
	hurried  time.Time // when the last hurry began
}

// see takes note of a message before it is handled.
func (f *frames) see(m tea.Msg) {
	switch m.(type) {
	case tea.KeyPressMsg, tea.MouseClickMsg, tea.MouseWheelMsg:
		f.pressed = true
	}
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
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hurrying = false
	if f.pace != nil {
		f.pace(time.Second / time.Duration(perSecond))
	}
}

// viewed takes note that the view after the newest message was made. What a person asked for is drawn at once.
func (f *frames) viewed() {
	if !f.pressed || f.pace == nil {
		return
	}
	f.pressed = false
	now, later := time.Now, func(d time.Duration, do func()) { time.AfterFunc(d, do) }
	if f.now != nil {
		now, later = f.now, f.later
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	at := now()
	if f.hurrying || at.Sub(f.hurried) < hurryRest {
		return
	}
	f.hurrying, f.hurried = true, at
	f.pace(hurrySoon)
	later(hurryFor, f.endHurry)
}

// endHurry goes back to the usual pace, unless another was set meanwhile.
func (f *frames) endHurry() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hurrying {
		f.hurrying = false
		f.pace(time.Second / framesPerSecond)
	}
}

// drawn is an app whose views are drawn at the pace of its frames.
type drawn struct {
	*App
	frames *frames
}

// Update hands the message to the app.
func (d drawn) Update(m tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := d.App.Update(m)
	return d, cmd
}

// View is that of the app. Bubble Tea takes it for the next frame right afterwards.
func (d drawn) View() tea.View {
	v := d.App.View()
	d.frames.viewed()
	return v
}

// painted is what the terminal showed last: a screen, and whether its help lay over it.
type painted struct {
	screen views.Screen
	help   bool
}

// repaint has the whole screen written anew when another one is shown. Nearly all cells change then, and a terminal that has
// lost some of what was written before is whole again.
func (a *App) repaint() tea.Cmd {
	now := painted{a.top(), a.help}
	if now == a.painted {
		return nil
	}
	a.painted = now
	return tea.ClearScreen
}

// sizeSettles is how long a terminal may take until it has its new size: a multiplexer takes a quarter of a second, and what is
// written meanwhile may be scrolled or wrapped.
const sizeSettles = 500 * time.Millisecond

// resizedMsg comes when a new size has settled.
type resizedMsg struct{}

// resized takes the new size, and has the screen written anew once more when the terminal has settled.
func (a *App) resized(m tea.WindowSizeMsg) tea.Cmd {
	first := a.width == 0
	a.width, a.height = m.Width, m.Height
	if first {
		return nil
	}
	return a.after(sizeSettles, resizedMsg{})
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
