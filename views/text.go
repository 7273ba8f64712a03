package views

import (
	"fmt"
	"math"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/data"
)

// Width returns how many cells s takes, escape sequences left out.
func Width(s string) int { return ansi.StringWidth(s) }

// Cut shortens s to w cells and marks the cut with an ellipsis. It never splits a wide rune or an escape sequence.
func Cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	return ansi.Truncate(s, w, "…")
}

// CutMiddle shortens s to w cells by leaving out its middle, for names whose end tells them apart.
func CutMiddle(s string, w int) string {
	n := Width(s)
	if n <= w {
		return s
	}
	if w < 5 {
		return Cut(s, w)
	}
	tail := (w - 1) / 2
	head := w - 1 - tail
	end := ansi.TruncateLeft(s, n-tail, "")
	if Width(end) > tail { // a wide rune across the edge stays in
		end = ansi.TruncateLeft(s, n-tail+1, "")
	}
	return ansi.Truncate(s, head, "") + "…" + end
}

// Pad makes s exactly w cells wide: longer text is cut with a mark, shorter text gets spaces on the right.
func Pad(s string, w int) string {
	s = Cut(s, w)
	if n := w - Width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// PadLeft is Pad with the spaces on the left, for numbers.
func PadLeft(s string, w int) string {
	s = Cut(s, w)
	if n := w - Width(s); n > 0 {
		return strings.Repeat(" ", n) + s
	}
	return s
}

// Wrap breaks s into lines of at most w cells, at spaces where it can.
func Wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	return strings.Split(ansi.Wrap(s, w, " /,-"), "\n")
}

// Fill returns lines as exactly f.Height lines of at most f.Width cells, cut or filled up with empty ones.
func Fill(f Frame, lines []string) string {
	out := make([]string, f.Height)
	for i := range out {
		if i < len(lines) {
			out[i] = Cut(lines[i], f.Width)
		}
	}
	return strings.Join(out, "\n")
}

// markCut returns the first n of lines; when there are more, the last one shown ends in "…".
func markCut(lines []string, n, width int) []string {
	if len(lines) <= n || n <= 0 {
		return lines
	}
	out := append([]string(nil), lines[:n]...)
	out[n-1] = Cut(out[n-1], max(0, width-2)) + " …"
	return out
}

// Spread puts left and right at the two ends of a line of w cells; when both do not fit, left is cut.
func Spread(left, right string, w int) string {
	r := Width(right)
	if r >= w {
		return Cut(right, w)
	}
	return Pad(left, w-r) + right
}

// Render is style.Render for text that is one line: the style's own width and padding never apply to part of a line.
func Render(style lipgloss.Style, s string) string { return style.Inline(true).Render(s) }

// Ago says how long t lies before now, in at most four cells: 12s, 5m, 3h, 8d. A zero t is "?".
func Ago(t, now time.Time) string {
	if t.IsZero() {
		return "?"
	}
	return Span(now.Sub(t))
}

// Span writes a duration in its largest unit, rounded down, in at most four cells: 12s, 5m, 3h, 8d, 2.7y.
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	switch days := int(d / (24 * time.Hour)); {
	case days < 1000:
		return fmt.Sprintf("%dd", days)
	case days < 3650:
		return fmt.Sprintf("%d.%dy", days/365, days%365*10/365)
	default:
		return fmt.Sprintf("%dy", days/365)
	}
}

// Bytes writes a number of bytes, or a question mark when it is unknown.
func Bytes(n *int64) string {
	if n == nil {
		return "?"
	}
	return data.HumanBytes(float64(*n))
}

// Limit writes a limit or request: "none" is a fact, not an unknown.
func Limit(n *int64) string {
	if n == nil {
		return "none"
	}
	return data.HumanBytes(float64(*n))
}

// Percent writes a share, or a question mark when it is unknown.
func Percent(x *float64) string {
	if x == nil || math.IsNaN(*x) || math.IsInf(*x, 0) {
		return "?"
	}
	return fmt.Sprintf("%.0f%%", *x*100)
}
