//go:build e2e && docs

package terminal

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// The picture's cell in pixels, and what text looks like that has no colour of its own.
const (
	cellWidth, cellHeight = 8.4, 18
	fontSize              = 14
	margin                = 12
	plainText, plainBack  = "#d8dee9", "#11151c"
)

// look is how a run of cells is drawn; an empty colour is the plain one.
type look struct {
	text, back                             string
	bold, faint, italic, underline, turned bool
}

var sgr = regexp.MustCompile(`\x1b\[([0-9;:]*)m`)

// picture draws rows as tmux's capture-pane -e gives them: text with colours and nothing else.
func picture(rows []string, width int) string {
	var b strings.Builder
	w, h := float64(width)*cellWidth+2*margin, float64(len(rows))*cellHeight+2*margin
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="%d">`+"\n", w, h, w, h, fontSize)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", plainBack)
	var l look
	for y, row := range rows {
		x, at := 0, 0
		for _, m := range append(sgr.FindAllStringSubmatchIndex(row, -1), []int{len(row), len(row), 0, 0}) {
			x += draw(&b, row[at:m[0]], x, y, l)
			if m[0] < len(row) {
				l.apply(row[m[2]:m[3]])
			}
			at = m[1]
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// draw writes one run of cells and returns how many they are.
func draw(b *strings.Builder, s string, x, y int, l look) int {
	n := ansi.StringWidth(s)
	text, back := or(l.text, plainText), or(l.back, "")
	if l.turned {
		text, back = or(l.back, plainBack), or(l.text, plainText)
	}
	px, py := margin+float64(x)*cellWidth, margin+float64(y)*cellHeight
	if back != "" && n > 0 {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>`+"\n", px, py, float64(n)*cellWidth, cellHeight, back)
	}
	if strings.TrimSpace(s) == "" {
		return n
	}
	style := ""
	for _, a := range []struct {
		on   bool
		attr string
	}{{l.bold, ` font-weight="bold"`}, {l.italic, ` font-style="italic"`}, {l.underline, ` text-decoration="underline"`}, {l.faint, ` opacity="0.6"`}} {
		if a.on {
			style += a.attr
		}
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" fill="%s" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve"%s>%s</text>`+"\n",
		px, py+fontSize, text, float64(n)*cellWidth, style, html.EscapeString(s))
	return n
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// apply changes l by the parameters of one SGR sequence.
func (l *look) apply(params string) {
	var ps []int
	for p := range strings.SplitSeq(strings.ReplaceAll(params, ":", ";"), ";") {
		n, _ := strconv.Atoi(p) // an empty parameter is 0
		ps = append(ps, n)
	}
	for len(ps) > 0 {
		p := ps[0]
		ps = ps[1:]
		switch {
		case p == 0:
			*l = look{}
		case p == 1:
			l.bold = true
		case p == 2:
			l.faint = true
		case p == 3:
			l.italic = true
		case p == 4:
			l.underline = true
		case p == 7:
			l.turned = true
		case p == 22:
			l.bold, l.faint = false, false
		case p == 23:
			l.italic = false
		case p == 24:
			l.underline = false
		case p == 27:
			l.turned = false
		case p == 38:
			l.text, ps = colour(ps)
		case p == 48:
			l.back, ps = colour(ps)
		case p == 39:
			l.text = ""
		case p == 49:
			l.back = ""
		case p >= 30 && p <= 37:
			l.text = indexed(p - 30)
		case p >= 90 && p <= 97:
			l.text = indexed(p - 90 + 8)
		case p >= 40 && p <= 47:
			l.back = indexed(p - 40)
		case p >= 100 && p <= 107:
			l.back = indexed(p - 100 + 8)
		}
	}
}

// colour reads the parameters after 38 or 48 and returns those that follow.
func colour(ps []int) (string, []int) {
	switch {
	case len(ps) >= 4 && ps[0] == 2:
		return fmt.Sprintf("#%02x%02x%02x", ps[1], ps[2], ps[3]), ps[4:]
	case len(ps) >= 2 && ps[0] == 5:
		return indexed(ps[1]), ps[2:]
	}
	return "", nil
}

// indexed is xterm's palette of 256 colours.
func indexed(n int) string {
	r, g, b, _ := ansi.IndexedColor(uint8(n)).RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

func TestPictureHasEachRunInItsPlace(t *testing.T) {
	got := picture([]string{"a\x1b[1;38;2;255;0;16mb<\x1b[0m c", "\x1b[7mx\x1b[27m"}, 10)
	for _, want := range []string{
		`<text x="12.0" y="26.0" fill="#d8dee9"`,
		`<text x="20.4" y="26.0" fill="#ff0010" textLength="16.8" lengthAdjust="spacingAndGlyphs" xml:space="preserve" font-weight="bold">b&lt;</text>`,
		`<text x="37.2" y="26.0" fill="#d8dee9" textLength="16.8"`,
		`<rect x="12.0" y="30.0" width="8.4" height="18" fill="#d8dee9"/>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}
