package themes

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
)

// added are the themes of the user, behind those of the program.
var added struct {
	sync.RWMutex
	entries []entry
}

// every returns the themes of the program and those of the user, in the order in which they are offered.
func every() []entry {
	added.RLock()
	defer added.RUnlock()
	return append(slices.Clip(slices.Clone(entries)), added.entries...)
}

var (
	themeName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)
	hexColour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
)

// Add offers a theme of the user under a name that no other has; dark and light may be the same. Adding the same name
// again replaces it. It is an error when the name is taken by the program or a colour is none.
func Add(name, about string, dark, light Palette) error {
	if !themeName.MatchString(name) || name == "auto" {
		return fmt.Errorf("%q can't be the name of a theme: write small letters, digits and hyphens", name)
	}
	for _, e := range entries {
		if e.Name == name {
			return fmt.Errorf("there is a theme %s already: give this one another name", name)
		}
	}
	for _, p := range []Palette{dark, light} {
		for _, t := range p.tokens() {
			if err := checkColour(*t.value); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	added.Lock()
	defer added.Unlock()
	e := entry{Info{name, about}, dark, light, false}
	if i := slices.IndexFunc(added.entries, func(o entry) bool { return o.Name == name }); i >= 0 {
		added.entries[i] = e
		return nil
	}
	added.entries = append(added.entries, e)
	return nil
}

// errColour says how a colour is written.
var errColour = errors.New(`write a colour as "#rrggbb", as one of the terminal's own from "0" to "15", or leave it out`)

func checkColour(s string) error {
	if n, err := strconv.Atoi(s); s == "" || hexColour.MatchString(s) || err == nil && n >= 0 && n <= 15 && strconv.Itoa(n) == s {
		return nil
	}
	return errColour
}

// token is one colour of a palette under its name.
type token struct {
	name  string
	value *string
}

// tokens are the colours of a palette under the names that files give them.
func (p *Palette) tokens() []token {
	return []token{
		{"background", &p.Background}, {"text", &p.Text}, {"muted", &p.Muted}, {"faint", &p.Faint}, {"accent", &p.Accent},
		{"selection", &p.Selection}, {"ok", &p.OK}, {"info", &p.Info}, {"warn", &p.Warn}, {"bad", &p.Bad},
		{"usage", &p.Usage}, {"other", &p.Other}, {"limit", &p.Limit}, {"request", &p.Request},
	}
}

// Tokens are the names of the colours of a palette.
func Tokens() []string {
	var out []string
	for _, t := range new(Palette).tokens() {
		out = append(out, t.name)
	}
	return out
}

// Set gives a colour by its name. The error says what is wrong with the name or the colour.
func (p *Palette) Set(name, colour string) error {
	for _, t := range p.tokens() {
		if t.name == name {
			if err := checkColour(colour); err != nil {
				return err
			}
			*t.value = colour
			return nil
		}
	}
	return fmt.Errorf("there is no colour %q: a theme has %s", name, Tokens())
}

// PaletteOf returns the colours of a theme, as they are on a dark or a light background. The error names the themes.
func PaletteOf(name string, onDark bool) (Palette, error) {
	for _, e := range every() {
		if e.Name == name {
			if onDark {
				return e.dark, nil
			}
			return e.light, nil
		}
	}
	return Palette{}, unknownTheme(name)
}
