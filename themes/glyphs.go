package themes

// unicodeGlyphs are the signs of every theme but plain. All are in the fonts that terminals come with.
var unicodeGlyphs = Glyphs{
	Cursor: "▍", OK: "✓", Bad: "✗", Warn: "!", Unknown: "?", Kill: "✗", Restart: "○", Rollout: "◆", Change: "◇",
	Live: "●", Stale: "○", Busy: "◐", Ellipsis: "…", Sep: "›", Dot: "·",
	Line: "─", Limit: "━", Request: "┄", Arrow: "→", Up: "▲", Down: "▼", Folded: "▸", Open: "▾",
	Blocks: [8]string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	Bar:    "█", BarEmpty: "░", Braille: true,
}

// asciiGlyphs are for terminals, fonts and logs that know nothing else, and for terminals that draw ambiguous
// characters two cells wide.
var asciiGlyphs = Glyphs{
	Cursor: ">", OK: "+", Bad: "x", Warn: "!", Unknown: "?", Kill: "x", Restart: "o", Rollout: "R", Change: "L",
	Live: "*", Stale: "o", Busy: "%", Ellipsis: "~", Sep: ">", Dot: ".",
	Line: "-", Limit: "=", Request: "-", Arrow: ">", Up: "^", Down: "v", Folded: "+", Open: "-",
	Blocks: [8]string{"_", ".", ":", "-", "=", "+", "*", "#"},
	Bar:    "#", BarEmpty: ".", Braille: false,
}
