package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/views"
)

// Clicks, by feel: two within doubleClick at one cell are a double click, and a turn of the wheel goes wheelLines down.
const (
	doubleClick = 400 * time.Millisecond
	wheelLines  = 3
)

// click is the last one.
type click struct {
	x, y int
	at   time.Time
}

// clickable is a screen that knows what stands at a cell of its view.
type clickable interface {
	ClickAt(f views.Frame, x, y int, double bool) views.Intent
}

// clickableLine is a screen whose lines can be taken by a click.
type clickableLine interface {
	ClickAt(f views.Frame, y int) (views.Intent, bool)
}

// mouse handles the wheel and the left button. Screens that know no cells get the keys that mean the same.
func (a *App) mouse(m tea.MouseMsg) tea.Cmd {
	if a.width < minWidth || a.height < minHeight {
		return nil
	}
	switch m := m.(type) {
	case tea.MouseWheelMsg:
		return a.wheel(m.Button)
	case tea.MouseClickMsg:
		if m.Button != tea.MouseLeft {
			return nil
		}
		now := a.opt.Now()
		double := m.X == a.clicked.x && m.Y == a.clicked.y && now.Sub(a.clicked.at) < doubleClick
		a.clicked = click{m.X, m.Y, now}
		if double {
			a.clicked = click{} // a third click is a first one
		}
		return a.clickAt(m.X, m.Y, double)
	}
	return nil
}

// wheel moves by some lines, as the arrow keys do.
func (a *App) wheel(b tea.MouseButton) tea.Cmd {
	name := "down"
	switch b {
	case tea.MouseWheelDown:
	case tea.MouseWheelUp:
		name = "up"
	default:
		return nil
	}
	m, _ := pressOf(name)
	var cmds []tea.Cmd
	for range wheelLines {
		cmds = append(cmds, a.pressed(m))
	}
	return tea.Batch(cmds...)
}

// clickAt takes a click at a cell of the terminal: on the head line it goes back, on the keys below it presses one, and
// between them it is the screen's.
func (a *App) clickAt(x, y int, double bool) tea.Cmd {
	f := a.frame()
	switch {
	case a.help:
		a.help = false
	case y == 0:
		a.backTo(x)
	case y == a.height-1:
		if k, ok := views.FootAt(f, a.footKeys(), x); ok && len(k.Keys()) > 0 {
			if m, known := pressOf(k.Keys()[0]); known {
				return a.pressed(m)
			}
		}
	case y > f.Height:
	default:
		switch s := a.top().(type) {
		case clickable:
			return a.do(s.ClickAt(f, x, y-1, double))
		case clickableLine:
			if i, ok := s.ClickAt(f, y-1); ok {
				return a.do(i)
			}
		}
	}
	return nil
}

// backTo goes back to the screen whose name in the head line was clicked.
func (a *App) backTo(x int) {
	at := views.Width(" oomedic")
	depth := 1
	for x >= at && depth < len(a.stack) {
		at += 3 + views.Width(a.stack[depth].Title().String())
		depth++
	}
	if x >= at {
		return
	}
	for len(a.stack) > depth {
		a.back()
	}
}
