package themes

// The palettes below are those of themes that people know by name, made for their backgrounds. Where a colour of the
// original is too weak to be read against its own background or against the selected row, it is taken lighter (on a dark
// background) or deeper (on a light one) in the same hue, until the tests of contrast hold.

// catppuccin is Mocha on dark and Latte on light backgrounds.
var (
	catppuccinDark = Palette{
		Background: "#1e1e2e", Text: "#cdd6f4", Muted: "#a6adc8", Faint: "#585b70", Accent: "#cba6f7", Selection: "#313244",
		OK: "#a6e3a1", Info: "#89b4fa", Warn: "#f9e2af", Bad: "#f38ba8",
		Usage: "#94e2d5", Other: "#7f849c", Limit: "#fab387", Request: "#b4befe",
	}
	catppuccinLight = Palette{
		Background: "#eff1f5", Text: "#3c3f58", Muted: "#5a5d73", Faint: "#bcc0cc", Accent: "#7a2fd0", Selection: "#dce0e8",
		OK: "#256b18", Info: "#1a56c4", Warn: "#855200", Bad: "#b50d33",
		Usage: "#0d6569", Other: "#8c8fa1", Limit: "#9c3c02", Request: "#4656b6",
	}
)

// dracula is Dracula on dark backgrounds and its sister for light ones.
var (
	draculaDark = Palette{
		Background: "#282a36", Text: "#f8f8f2", Muted: "#a9b3d6", Faint: "#565b73", Accent: "#c5a0fb", Selection: "#3a3d4e",
		OK: "#50fa7b", Info: "#8be9fd", Warn: "#f1fa8c", Bad: "#ff8b8b",
		Usage: "#8be9fd", Other: "#7d86a8", Limit: "#ffb86c", Request: "#ff8fcf",
	}
	draculaLight = Palette{
		Background: "#fffbeb", Text: "#1f1f1f", Muted: "#5f5a47", Faint: "#cfccbb", Accent: "#5f41c4", Selection: "#ebe6d2",
		OK: "#14600b", Info: "#02657f", Warn: "#7c5a12", Bad: "#b32f26",
		Usage: "#02657f", Other: "#938f7c", Limit: "#964012", Request: "#962f84",
	}
)

// gruvbox is Gruvbox with its bright colours on dark and its faded ones on light backgrounds.
var (
	gruvboxDark = Palette{
		Background: "#282828", Text: "#ebdbb2", Muted: "#bdae93", Faint: "#665c54", Accent: "#8ec07c", Selection: "#3c3836",
		OK: "#b8bb26", Info: "#92b5a8", Warn: "#fabd2f", Bad: "#ff8a76",
		Usage: "#8ec07c", Other: "#928374", Limit: "#fe9a45", Request: "#dda0b4",
	}
	gruvboxLight = Palette{
		Background: "#fbf1c7", Text: "#3c3836", Muted: "#665c54", Faint: "#d5c4a1", Accent: "#35654a", Selection: "#ebdbb2",
		OK: "#5a5607", Info: "#076678", Warn: "#8a5208", Bad: "#9d0006",
		Usage: "#35654a", Other: "#928374", Limit: "#9b3603", Request: "#83375f",
	}
)

// nord is Nord on dark backgrounds; on light ones its colours are deepened.
var (
	nordDark = Palette{
		Background: "#2e3440", Text: "#e5e9f0", Muted: "#b3bccb", Faint: "#4c566a", Accent: "#88c0d0", Selection: "#3b4252",
		OK: "#a3be8c", Info: "#8fb2da", Warn: "#ebcb8b", Bad: "#ee9aa0",
		Usage: "#88c0d0", Other: "#7b88a1", Limit: "#e3a48d", Request: "#cfacc9",
	}
	nordLight = Palette{
		Background: "#eceff4", Text: "#2e3440", Muted: "#4c566a", Faint: "#c2c9d6", Accent: "#245a78", Selection: "#d8dee9",
		OK: "#3f5f28", Info: "#34568a", Warn: "#76520a", Bad: "#99323c",
		Usage: "#245a78", Other: "#8a94a8", Limit: "#8c3e22", Request: "#73457a",
	}
)
