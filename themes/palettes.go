package themes

// dark is greys with a hint of blue and one teal accent.
var dark = Palette{
	Background: "#16181d", Text: "#d7dae0", Muted: "#9aa0ad", Faint: "#454b57", Accent: "#74c2c9", Selection: "#2a303b",
	OK: "#93c293", Info: "#8ab0ea", Warn: "#e2b55c", Bad: "#f28080",
	Usage: "#74c2c9", Other: "#687082", Limit: "#e39a63", Request: "#a99be0",
}

// light is dark turned over: the same hues, deep enough for white.
var light = Palette{
	Background: "#ffffff", Text: "#24282f", Muted: "#5c6370", Faint: "#c3c8d0", Accent: "#0b6b75", Selection: "#e6ebf1",
	OK: "#2b6a34", Info: "#2a5db0", Warn: "#835400", Bad: "#b3261e",
	Usage: "#0b6b75", Other: "#9098a5", Limit: "#a8480f", Request: "#6a4fb3",
}

// contrastDark and contrastLight hold 7:1 everywhere.
var (
	contrastDark = Palette{
		Background: "#000000", Text: "#ffffff", Muted: "#cfcfcf", Faint: "#8a8a8a", Accent: "#6fe3ff", Selection: "#12263f",
		OK: "#7bf07b", Info: "#9cc8ff", Warn: "#ffd24a", Bad: "#ff9a94",
		Usage: "#6fe3ff", Other: "#a8a8a8", Limit: "#ffb26b", Request: "#d3bcff",
	}
	contrastLight = Palette{
		Background: "#ffffff", Text: "#000000", Muted: "#3a3a3a", Faint: "#767676", Accent: "#00484f", Selection: "#dbe7f5",
		OK: "#0b4a14", Info: "#0c3c86", Warn: "#5a3700", Bad: "#8a0f0a",
		Usage: "#00484f", Other: "#595959", Limit: "#743000", Request: "#46289a",
	}
)

// ansi leaves every colour to the terminal. Bright black is not used for text: many palettes hide it.
var ansi = Palette{
	Accent: "6", OK: "2", Info: "4", Warn: "3", Bad: "1", Usage: "6", Limit: "3", Request: "5",
}

// mono has no colour at all.
var mono = Palette{}

// redGreenDark and redGreenLight live on the axis from blue to yellow, which eyes weak in red or green see whole;
// lightness tells warning from danger.
var (
	redGreenDark = Palette{
		Background: "#16181d", Text: "#d7dae0", Muted: "#9aa0ad", Faint: "#454b57", Accent: "#d7dae0", Selection: "#2a303b",
		OK: "#6aa8ff", Info: "#b9bec9", Warn: "#f5dc6a", Bad: "#e8833a",
		Usage: "#6aa8ff", Other: "#687082", Limit: "#f5dc6a", Request: "#b9bec9",
	}
	redGreenLight = Palette{
		Background: "#ffffff", Text: "#24282f", Muted: "#5c6370", Faint: "#c3c8d0", Accent: "#24282f", Selection: "#e6ebf1",
		OK: "#1559c9", Info: "#4d5461", Warn: "#7d6400", Bad: "#6e1a00",
		Usage: "#1559c9", Other: "#9098a5", Limit: "#6e1a00", Request: "#5c6370",
	}
)

// tritanDark and tritanLight live on the axis from red to blue-green, which eyes weak in blue see whole.
var (
	tritanDark = Palette{
		Background: "#16181d", Text: "#d7dae0", Muted: "#9aa0ad", Faint: "#454b57", Accent: "#d7dae0", Selection: "#2a303b",
		OK: "#3fb4e0", Info: "#b9bec9", Warn: "#ffcf8a", Bad: "#ff6b6b",
		Usage: "#3fb4e0", Other: "#687082", Limit: "#ff6b6b", Request: "#b9bec9",
	}
	tritanLight = Palette{
		Background: "#ffffff", Text: "#24282f", Muted: "#5c6370", Faint: "#c3c8d0", Accent: "#24282f", Selection: "#e6ebf1",
		OK: "#00639c", Info: "#4d5461", Warn: "#95510b", Bad: "#c1121f",
		Usage: "#00639c", Other: "#9098a5", Limit: "#c1121f", Request: "#5c6370",
	}
)
