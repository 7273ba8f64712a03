package views

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// moveCursor handles the keys that move through time. Without rows there is nowhere to go.
func (s *CaseScreen) moveCursor(m tea.KeyPressMsg) {
	if len(s.series.rows) == 0 {
		return
	}
	switch {
	case key.Matches(m, keyCaseEarlier):
		s.moveColumn(-1)
	case key.Matches(m, keyCaseLater):
		s.moveColumn(1)
	case key.Matches(m, keyCaseDown):
		s.moveRow(-1)
	case key.Matches(m, keyCaseUp):
		s.moveRow(1)
	case key.Matches(m, keyCasePageDown):
		s.moveRow(-max(s.page, 1))
	case key.Matches(m, keyCasePageUp):
		s.moveRow(max(s.page, 1))
	case key.Matches(m, keyCaseNewest):
		s.toRow(len(s.series.rows) - 1)
	case key.Matches(m, keyCaseOldest):
		s.toRow(0)
	case key.Matches(m, keyCaseKill):
		s.toKill(-1)
	case key.Matches(m, keyCaseKillNext):
		s.toKill(1)
	}
}

// toRow puts the cursor on a row; indexes outside are the first or the last one.
func (s *CaseScreen) toRow(i int) {
	i = min(max(i, 0), len(s.series.rows)-1)
	s.cursor = time.UnixMilli(s.series.rows[i].at)
}

// moveRow moves by rows of the table; positive is later. The first press marks the newest row.
func (s *CaseScreen) moveRow(by int) {
	if s.cursor.IsZero() {
		s.toRow(len(s.series.rows) - 1)
		return
	}
	if len(s.spans) > 0 {
		s.moveSpan(by)
		return
	}
	s.toRow(s.series.near(s.cursor) + by)
}

// moveColumn moves by one column of the chart, to the sample nearest there when the column has one. The first press
// marks the newest sample, or going on, the oldest.
func (s *CaseScreen) moveColumn(by int) {
	c := s.series.chart
	if s.cursor.IsZero() {
		if by > 0 {
			s.toRow(0)
		} else {
			s.toRow(len(s.series.rows) - 1)
		}
		return
	}
	shown := c.To.Sub(c.From)
	if a := s.aheadOf(); a != nil {
		shown += time.Duration(a.room(shown.Milliseconds())) * time.Millisecond
	}
	width := max(shown/time.Duration(max(s.plot, 1)), c.Step, time.Millisecond)
	at := s.cursor.Add(time.Duration(by) * width)
	if at.Before(c.From) || at.After(c.To) {
		return
	}
	if r := s.series.rows[s.series.near(at)]; time.UnixMilli(r.at).Sub(at).Abs() <= width/2 {
		at = time.UnixMilli(r.at)
	}
	s.cursor = at
}

// toKill puts the cursor on the next row with a kill: earlier for -1, later for 1. Without a cursor it starts at the
// newest end.
func (s *CaseScreen) toKill(by int) {
	rows := s.series.rows
	i := len(rows)
	if !s.cursor.IsZero() {
		i = s.series.near(s.cursor)
	}
	for i += by; i >= 0 && i < len(rows); i += by {
		if rows[i].kill {
			s.toRow(i)
			return
		}
	}
}

// timeText writes a time as the window needs it: with the date where it spans several days, with seconds when steps
// are shorter than a minute; exact adds the weekday and the seconds.
func (s *CaseScreen) timeText(t time.Time, zone *time.Location, exact bool) string {
	layout := "15:04"
	if exact || (s.series.chart != nil && s.series.chart.Step < time.Minute) {
		layout = time.TimeOnly
	}
	switch {
	case s.window.Duration() > 24*time.Hour && exact:
		layout = "Mon 2 Jan 15:04 MST"
	case s.window == data.ThirtyDay:
		layout = "Jan _2 15:04"
	case s.window.Duration() > 24*time.Hour:
		layout = "Mon _2 15:04"
	case exact:
		layout = "Mon 2 Jan " + layout + " MST"
	}
	return t.In(zone).Format(layout)
}
