package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// maxSaid is how many messages are kept; older ones are dropped.
const maxSaid = 200

// say puts a short message into the status line and keeps it.
func (a *App) say(t data.Text) {
	a.toast, a.toastAt = t, a.now
	if n := len(a.said); n > 0 && a.said[n-1].Text == t {
		a.said[n-1].Times++
		a.said[n-1].At = a.now
	} else {
		a.said = append(a.said, views.Message{At: a.now, Text: t, Times: 1})
	}
	if over := len(a.said) - maxSaid; over > 0 {
		a.said = append([]views.Message(nil), a.said[over:]...)
	}
	if s, ok := a.top().(*views.Messages); ok {
		s.Offer(append([]views.Message(nil), a.said...))
	}
}

// openMessages shows what was said.
func (a *App) openMessages() tea.Cmd {
	if _, there := a.top().(*views.Messages); !there {
		a.push(views.NewMessages(append([]views.Message(nil), a.said...)))
	}
	return nil
}
