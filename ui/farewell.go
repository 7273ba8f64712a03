package ui

import (
	"fmt"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// Resume is where the program was left, for the next run.
type Resume struct {
	Theme string          `json:"theme,omitempty"` // that a person took; empty when none was
	List  views.ListPlace `json:"list"`
}

// place returns where the app stands.
func (a *App) place() Resume {
	r := Resume{Theme: a.tookTheme}
	if s, ok := a.stack[0].(*views.Kills); ok {
		r.List = s.Place()
	}
	return r
}

// farewell says in a few lines what was known of the case that was looked at last: what stays on the terminal when the
// screen is gone. It is empty when none was opened.
func (a *App) farewell() string {
	c, ok := a.state.Board.Case(a.lastCase)
	if a.lastCase == (data.Key{}) || !ok {
		return ""
	}
	var b strings.Builder
	k, v := c.Container.Key, &c.Confirmation
	fmt.Fprintf(&b, "%s/%s %s", k.Namespace, k.Pod, k.Container)
	if at := v.LastKillAt; v.OOMKilled && !at.IsZero() {
		fmt.Fprintf(&b, ": OOMKilled %s ago (%s)", views.Ago(at, a.now), at.In(a.zone).Format("2006-01-02 15:04:05 MST"))
	}
	fmt.Fprintf(&b, ", limit %s, request %s\n", views.Limit(c.Container.Resources.Limit), views.Limit(c.Container.Resources.Request))
	if l := a.state.Diagnoses[a.lastCase]; l != nil && l.Value != nil {
		b.WriteString(diagnosed(l.Value))
	}
	if f := a.state.Fix; f != nil && f.Key == a.lastCase && f.Applied != nil {
		fmt.Fprintf(&b, "  applied at %s: limit %s, request %s\n", f.Applied.At.In(a.zone).Format("15:04:05"),
			views.Limit(f.Applied.After.Limit), views.Limit(f.Applied.After.Request))
	}
	return b.String()
}

// diagnosed says the verdict and the size of a diagnosis, a line each.
func diagnosed(d *analysis.Diagnosis) string {
	out := ""
	if n := len(d.Steps); n >= 4 && d.Steps[3].Answer != "" {
		out += "  " + d.Steps[3].Answer.String() + "\n"
	}
	if n := len(d.Steps); n >= 5 && d.Steps[4].Answer != "" {
		out += "  " + d.Steps[4].Answer.String() + "\n"
	}
	return out
}

// part says goodbye once the terminal is as it was: the summary is written, and the place is kept. That neither can be
// done is no reason to fail: it goes to the log.
func (a *App) part() {
	if a.opt.Keep != nil {
		if err := a.opt.Keep(a.place()); err != nil && a.opt.Log != nil {
			a.opt.Log.Warn("where the program was left can't be kept", "error", err)
		}
	}
	if a.opt.Farewell == nil {
		return
	}
	if text := a.farewell(); text != "" {
		if _, err := fmt.Fprint(a.opt.Farewell, text); err != nil && a.opt.Log != nil {
			a.opt.Log.Warn("the summary can't be written", "error", err)
		}
	}
}
