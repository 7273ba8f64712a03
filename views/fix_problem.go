package views

import (
	"errors"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// upperFirst writes a sentence's first letter large.
func upperFirst(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// unsupported reports whether nothing can be changed from here, by no way that is known.
func unsupported(f *Fix) bool {
	return errors.Is(f.Err, data.ErrUnsupported) && otherWay(f, 1) == ""
}

// layProblem says why there is no plan or why it was not applied, in the server's words, and what to do.
func layProblem(s *sheet, f *Fix) {
	title := "No plan could be made with these numbers. Nothing was changed."
	switch {
	case errors.Is(f.Err, data.ErrNoChange):
		title = "Nothing to change: the template holds these numbers already."
	case errors.Is(f.Err, data.ErrUnknownOutcome):
		title = "The change was sent, and no answer came."
	case errors.Is(f.Err, data.ErrPartly):
		title = "Not everything was applied."
	case errors.Is(f.Err, data.ErrNoJournal):
		title = "Nothing was sent: the change could not be written into the journal first."
	case errors.Is(f.Err, data.ErrUnsupported) && otherWay(f, 1) != "":
		title = "It can't be changed this way. Nothing was changed."
	case f.Phase == FixFailed:
		title = "The change was not applied."
	case unsupported(f):
		title = "This kind of workload is not changed from here."
	case f.Limit == nil && f.Request == nil:
		title = "No change is offered."
	}
	s.alert(1, s.t.Bad, s.t.Glyphs.Bad, title)
	if f.Problem != "" {
		s.prose(3, s.t.Text, upperFirst(f.Problem.String()))
	}
	layTargets(s, f)
	s.hang(" "+Render(s.t.Header, "What to do:")+" ", s.t.Text, s.fr.named(fixAdvice(f)))
	s.blank()
	if f.Limit != nil || f.Request != nil {
		layNumbers(s, f, false)
	} else if d := f.Diagnosis; d != nil {
		layWarnings(s, d.Recommendation.Warnings)
		for _, a := range d.Cause.Advice {
			s.bullet(1, a.String())
		}
	}
}

// fixAdvice says what to do about a problem. Keys stand in braces, see Frame.named.
func fixAdvice(f *Fix) string {
	switch err := f.Err; {
	case errors.Is(err, data.ErrUnknownOutcome):
		return "It may or may not be stored. Press {r}: the workload is read again, and the new diff shows what is there."
	case errors.Is(err, data.ErrPartly) && canUndo(f):
		return "Above is what was and what was not changed. {u} takes back what was, {r} reads again and makes a diff of the rest."
	case errors.Is(err, data.ErrNoJournal):
		return "Make the folder of the journal writable and press {r}. {J} makes the diff again for a change that is not written down anywhere."
	case errors.Is(err, data.ErrBlocked):
		return "Once what the check names has changed, press {r}. {c} copies the command."
	case errors.Is(err, data.ErrConflict) && f.Undo:
		return "Somebody changed it since, so it is not taken back blindly. Look at what is there now; {r} tries again."
	case errors.Is(err, data.ErrNoChange) && f.Undo:
		return "The former values are there already. Press {esc}."
	case errors.Is(err, data.ErrUnsupported) && otherWay(f, 1) != "":
		return "Press {w} for another way."
	case errors.Is(err, data.ErrNoChange):
		return "Nothing more to apply. A container that is still killed needs other numbers: press {e}, or {d} for the diagnosis."
	case unsupported(f):
		return "Set the memory where this object is made: in its manifest, chart or operator." + manifestText(f)
	case errors.Is(err, data.ErrForbidden):
		return "Give the command below to somebody who has this right ({c} copies it), or get the right and press {r}."
	case errors.Is(err, data.ErrNotFound):
		return "The workload is gone. Press {esc} and look at the list: a newer one may have taken its place."
	case errors.Is(err, data.ErrConflict):
		return "Somebody else changed the workload. Press {r} for a diff against what is there now."
	case errors.Is(err, data.ErrUnreachable):
		return "Press {r} once the API server can be reached, or {c} to copy the command."
	case errors.Is(err, data.ErrUnauthorized):
		return "Log in again in another terminal, then press {r}."
	case errors.Is(err, data.ErrReadOnly):
		return "Copy the command with {c}, or start without --read-only."
	case f.Limit == nil && f.Request == nil:
		if f.Diagnosis == nil {
			return "Press {d} for the diagnosis, or {esc} to go back."
		}
		return "Press {d} for the diagnosis and its reasons, or {e} to set numbers of your own."
	case f.Phase == FixFailed:
		return "Press {r} to read the workload and make the diff again, or {c} to copy the command."
	}
	return "Press {e} for other numbers, or {r} to ask again once what refuses them has changed."
}

// manifestText writes the wanted numbers as they stand in a manifest.
func manifestText(f *Fix) string {
	var parts []string
	if f.Limit != nil {
		parts = append(parts, "limits.memory: "+data.Quantity(*f.Limit))
	}
	if f.Request != nil {
		parts = append(parts, "requests.memory: "+data.Quantity(*f.Request))
	}
	if len(parts) == 0 {
		return ""
	}
	return " The numbers are " + strings.Join(parts, " and ") + "."
}
