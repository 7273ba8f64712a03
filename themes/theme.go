// Package themes turns palettes into styles and glyphs. It is the one place where colours are chosen: every other
// package asks a Theme for a style by what it means. Meaning never rides on colour alone; each severity has a glyph too.
package themes

import "charm.land/lipgloss/v2"

// Theme is a full set of styles and glyphs. Styles are pure values; what the terminal can't show is down-sampled when
// the frame is written, so that NO_COLOR and 16 colours need no theme of their own to stay legible.
type Theme struct {
	Name string
	Dark bool

	Text     lipgloss.Style // body
	Strong   lipgloss.Style // body, emphasised
	Muted    lipgloss.Style // labels, units, secondary columns
	Faint    lipgloss.Style // rules, grids, disabled
	Title    lipgloss.Style // the program's name and headings
	Accent   lipgloss.Style // where the eye should go: breadcrumbs, active step
	Header   lipgloss.Style // column heads
	Selected lipgloss.Style // the row under the cursor
	Key      lipgloss.Style // a key in help
	KeyDesc  lipgloss.Style // what the key does
	Tab      lipgloss.Style
	TabOn    lipgloss.Style
	Border   lipgloss.Style
	Input    lipgloss.Style // text being typed
	Match    lipgloss.Style // the letters that a search found

	OK   lipgloss.Style
	Info lipgloss.Style
	Warn lipgloss.Style
	Bad  lipgloss.Style

	Usage   lipgloss.Style // working set
	Area    lipgloss.Style // under the working set's line, which nobody reads
	Other   lipgloss.Style // working set of other replicas
	Limit   lipgloss.Style
	Request lipgloss.Style
	Kill    lipgloss.Style
	Gap     lipgloss.Style
	Axis    lipgloss.Style

	Add    lipgloss.Style // diff
	Remove lipgloss.Style
	Hunk   lipgloss.Style

	Command lipgloss.Style // a command that can be copied

	Glyphs Glyphs
}

// Glyphs are the signs of a theme. Each is exactly one cell wide in every terminal: no emoji, no variation selectors.
type Glyphs struct {
	Cursor   string // ▍ before the selected row
	OK       string // ✓
	Bad      string // ✗
	Warn     string // !
	Unknown  string // ?
	Kill     string // ✗ on a chart
	Restart  string // ○ a container that started anew
	Rollout  string // ◆ a new pod template
	Change   string // ◇ a limit or request that was changed
	Live     string // ● the watch is live
	Stale    string // ○
	Busy     string // ◐
	Ellipsis string // …
	Sep      string // › between breadcrumbs
	Dot      string // ·
	Line     string // ─
	Limit    string // ━ limit line in legends
	Request  string // ┄ request line in legends
	Arrow    string // →
	Up       string // ▲ more above
	Down     string // ▼ more below
	Folded   string // ▸ a group whose rows are not shown
	Open     string // ▾ a group whose rows are shown
	// Blocks are eight heights for sparklines, lowest first.
	Blocks [8]string
	// Bar and BarEmpty fill usage bars.
	Bar      string
	BarEmpty string
	// Braille says whether charts may use braille dots.
	Braille bool
}
