package themes

import (
	"fmt"
	"strings"
)

// Info is a theme's name and what it is for, in one line.
type Info struct {
	Name  string
	About string
}

// entry is a theme in its two forms. Where a theme has one form only, both are the same.
type entry struct {
	Info
	dark, light Palette
	ascii       bool
}

// entries are the themes in the order in which they are offered.
var entries = []entry{
	{Info{"dark", "Soft colours on a dark background"}, dark, dark, false},
	{Info{"light", "Soft colours on a light background"}, light, light, false},
	{Info{"high-contrast", "Black and white with strong colours, 7:1 or more"}, contrastDark, contrastLight, false},
	{Info{"ansi", "The terminal's own sixteen colours"}, ansi, ansi, false},
	{Info{"mono", "No colour: bold, faint and reverse alone"}, mono, mono, false},
	{Info{"deutan", "For eyes weak in green: healthy is blue, danger is orange"}, redGreenDark, redGreenLight, false},
	{Info{"protan", "For eyes weak in red: healthy is blue, danger is orange"}, redGreenDark, redGreenLight, false},
	{Info{"tritan", "For eyes weak in blue: healthy is blue, danger is red"}, tritanDark, tritanLight, false},
	{Info{"catppuccin", "Catppuccin: Mocha on dark, Latte on light"}, catppuccinDark, catppuccinLight, false},
	{Info{"dracula", "Dracula, with its sister for light backgrounds"}, draculaDark, draculaLight, false},
	{Info{"gruvbox", "Gruvbox, bright on dark and faded on light"}, gruvboxDark, gruvboxLight, false},
	{Info{"nord", "Nord, deepened on light backgrounds"}, nordDark, nordLight, false},
	{Info{"plain", "No colour and ASCII signs alone"}, mono, mono, true},
}

// Get returns the theme of a name. "auto" and the empty name are dark or light as the flag says; themes that come in
// two forms follow the flag too. The error names the themes there are.
func Get(name string, onDark bool) (*Theme, error) {
	if name == "" || name == "auto" {
		name = "light"
		if onDark {
			name = "dark"
		}
	}
	for _, e := range every() {
		if e.Name != name {
			continue
		}
		p := e.light
		if onDark {
			p = e.dark
		}
		t := build(p)
		t.Name, t.Dark = e.Name, onDark && name != "light" || name == "dark"
		if e.ascii {
			t.Glyphs = asciiGlyphs
		}
		return t, nil
	}
	return nil, unknownTheme(name)
}

func unknownTheme(name string) error {
	return fmt.Errorf("no theme %q: choose auto, %s", name, strings.Join(Names(), ", "))
}

// List returns the themes in the order in which they are offered.
func List() []Info {
	all := every()
	out := make([]Info, 0, len(all))
	for _, e := range all {
		out = append(out, e.Info)
	}
	return out
}

// Names returns the names of List.
func Names() []string {
	var out []string
	for _, e := range every() {
		out = append(out, e.Name)
	}
	return out
}
