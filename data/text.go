package data

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is text that came from outside (a name, a message, a label, a log line) and that was cleaned by Clean: it
// holds no control bytes, no escape sequences and no invisible or direction-changing runes. Screens accept Text and
// not string, so that a raw string from the cluster does not compile where it would reach a terminal.
type Text string

// String returns t as a plain string, for arguments of API calls and for keys of maps.
func (t Text) String() string { return string(t) }

// maxCombining is how many combining marks may follow one base rune. Stacked marks (so-called zalgo text) overlap
// neighbouring lines of a terminal; no name or message needs more than two.
const maxCombining = 2

// Clean makes s safe to print. C0 controls, DEL and C1 controls become visible stand-ins (U+2400 and following, or
// U+FFFD), bidirectional overrides and zero-width runes become U+FFFD, invalid UTF-8 becomes U+FFFD, line breaks and
// tabs become one space, and surplus combining marks are dropped. A clean s is returned without a copy.
func Clean(s string) Text {
	if isClean(s) {
		return Text(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	marks := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			if marks++; marks <= maxCombining && !isHidden(r) {
				b.WriteRune(r)
			}
			continue
		}
		marks = 0
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteRune(utf8.RuneError)
		case r == '\r' && i < len(s) && s[i] == '\n':
			// the line feed that follows is written as the one space
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r < 0x20:
			b.WriteRune(0x2400 + r)
		case r == 0x7f:
			b.WriteRune(0x2421)
		case isHidden(r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return Text(b.String())
}

// Textf formats like fmt.Sprintf and cleans the result.
func Textf(format string, args ...any) Text { return Clean(fmt.Sprintf(format, args...)) }

// isClean reports whether s is plain printable ASCII, which nearly every name and message is.
func isClean(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// isHidden reports whether r changes how text around it is drawn, or draws nothing: C1 controls, bidirectional
// controls, zero-width runes, variation selectors, tags, and the two Unicode line separators.
func isHidden(r rune) bool {
	switch {
	case r >= 0x80 && r <= 0x9f:
		return true
	case r == 0x00ad, r == 0x034f, r == 0x061c, r == 0x115f, r == 0x1160, r == 0x180e, r == 0x3164, r == 0xfeff, r == 0xffa0:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0000 && r <= 0xe0fff, r >= 0xfff9 && r <= 0xfffb:
		return true
	}
	return false
}

// JoinLines returns lines as one text with a line feed after each, for the clipboard and for files. It is the one text
// that holds line feeds: a screen is given lines.
func JoinLines(lines []Text) Text {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.String())
		b.WriteByte('\n')
	}
	return Text(b.String())
}
