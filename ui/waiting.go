package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// waitShown is after how long something that is waited for is named: what comes sooner would only flicker.
const waitShown = 300 * time.Millisecond

// wait is something that a person waits for.
type wait struct {
	what        data.Text
	since       time.Time
	done, total int       // total 0 is unknown
	end         data.Text // what esc does about it; empty when it does nothing
}

// waiting returns what is waited for on the screen that is seen; false when that is nothing.
func (a *App) waiting() (wait, bool) {
	if a.switching != "" {
		w := wait{what: "switching to " + a.switching, since: a.switchSince}
		if len(a.stack) == 1 {
			w.end = a.backKey() + " stays here"
		}
		return w, true
	}
	if a.opening() {
		return a.opensWait(), true
	}
	sel, ok := a.top().(selecting)
	if len(a.stack) == 1 || !ok {
		if a.firstOverview() {
			return wait{what: data.Textf("reading the memory of %d containers", a.due.overviewFor), since: a.due.overviewSince}, true
		}
		return wait{}, false
	}
	k, ok := sel.Selected()
	if !ok {
		return wait{}, false
	}
	if l := a.state.Diagnoses[k]; l != nil && l.Loading {
		w := wait{what: "reading 30 days of memory", since: a.began[k], end: a.backKey() + " goes back"}
		if p := a.progress[k]; p != nil {
			w.done, w.total = int(p.done.Load()), int(p.total.Load())
		}
		return w, true
	}
	for key, l := range a.state.Charts {
		if key.Key == k && l.Loading {
			return wait{what: data.Textf("reading the chart of %s", key.Window), since: a.began[key], end: a.backKey() + " goes back"}, true
		}
	}
	return wait{}, false
}

// firstOverview reports whether the list waits for its first look at memory. Later ones are read behind it.
func (a *App) firstOverview() bool { return a.due.overviewBusy && a.overviews.load() == nil }

// waitLine says what is waited for, how far it is and how to end it, once it takes long.
func (a *App) waitLine() string {
	w, ok := a.waiting()
	took := a.now.Sub(w.since)
	if !ok || w.since.IsZero() || took < waitShown {
		return ""
	}
	t := a.theme
	text := t.Glyphs.Busy + " " + w.what.String()
	if w.total > 0 {
		text += fmt.Sprintf(", %d of %d", w.done, w.total)
	}
	if took >= time.Second {
		text += ", " + views.Span(took)
	}
	out := views.Render(t.Info, text)
	if w.end != "" {
		out += views.Render(t.Muted, " "+t.Glyphs.Dot+" "+w.end.String())
	}
	return out + " "
}

// stay ends a switch that is under way; false when there is none.
func (a *App) stay() bool {
	if a.switching == "" || a.endSwitch == nil {
		return false
	}
	a.endSwitch()
	a.say("Staying here: no longer switching to " + a.switching)
	a.switching = ""
	return true
}

// takeBack handles esc for the app: on the first screen it ends what is under way there.
func (a *App) takeBack() tea.Cmd {
	if len(a.stack) == 1 && a.stay() {
		return nil
	}
	return a.do(views.Back{})
}

// backKey names the key that goes back.
func (a *App) backKey() data.Text { return data.Clean(a.keys.name(a.top(), keyBack)) }
