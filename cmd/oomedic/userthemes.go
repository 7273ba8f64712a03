package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// addUserThemes offers the themes of the YAML files in a folder, each under its file's name. A folder that is not there
// has none.
func addUserThemes(folder string) error {
	files, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the folder of themes can't be read: %w", err)
	}
	for _, f := range files {
		name, isYAML := strings.CutSuffix(f.Name(), ".yaml")
		if !isYAML {
			name, isYAML = strings.CutSuffix(f.Name(), ".yml")
		}
		if !isYAML || f.IsDir() {
			continue
		}
		if err := addUserTheme(filepath.Join(folder, f.Name()), name); err != nil {
			return err
		}
	}
	return nil
}

// userTheme is a theme as a file says it.
type userTheme struct {
	base, about string
	// one is what stands at the top of the file, for both backgrounds; dark and light go over it.
	one, dark, light map[string]colour
}

// colour is a colour and the node that it was read from.
type colour struct {
	value string
	at    *yaml.Node
}

// addUserTheme offers the theme of one file. An error is one line with the file, the line and what is wrong.
func addUserTheme(path, name string) error {
	root, err := readYAML(path)
	if err != nil {
		return err
	}
	u := userTheme{base: "dark", one: map[string]colour{}, dark: map[string]colour{}, light: map[string]colour{}}
	if err := eachField(root, path, "", func(field string, at, value *yaml.Node) error { return u.take(path, field, at, value) }); err != nil {
		return err
	}
	dark, err := u.palette(path, true)
	if err != nil {
		return err
	}
	light, err := u.palette(path, false)
	if err != nil {
		return err
	}
	about := u.about
	if about == "" {
		about = "Yours, of " + filepath.Base(path)
	}
	if token, ratio := themes.Weakest(dark); token != "" && ratio < themes.LeastContrast {
		about += fmt.Sprintf(" (%s is hard to read: contrast %.1f:1)", token, ratio)
	}
	if err := themes.Add(name, data.Clean(about).String(), dark, light); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// take reads one field of the file.
func (u *userTheme) take(path, field string, at, value *yaml.Node) error {
	switch field {
	case "base":
		if err := decode(path, field, value, &u.base); err != nil {
			return err
		}
		if _, err := themes.PaletteOf(u.base, true); err != nil {
			return lineError(path, value, "base: %v", err)
		}
		return nil
	case "about":
		return decode(path, field, value, &u.about)
	case "dark":
		return eachField(value, path, field, u.colours(path, u.dark))
	case "light":
		return eachField(value, path, field, u.colours(path, u.light))
	}
	return u.colours(path, u.one)(field, at, value)
}

// colours reads colours into a map.
func (u *userTheme) colours(path string, into map[string]colour) func(string, *yaml.Node, *yaml.Node) error {
	return func(name string, at, value *yaml.Node) error {
		if err := new(themes.Palette).Set(name, ""); err != nil {
			return lineError(path, at, "%s is no colour of a theme: there are %s; base, about, dark and light", data.Clean(name), strings.Join(themes.Tokens(), ", "))
		}
		if value.Kind != yaml.ScalarNode {
			return lineError(path, value, "%s is to be a colour such as \"#74c2c9\"", name)
		}
		if err := new(themes.Palette).Set(name, value.Value); err != nil {
			return lineError(path, value, "%s: %v", name, err)
		}
		into[name] = colour{value.Value, value}
		return nil
	}
}

// palette puts the colours of the file over those of its base.
func (u *userTheme) palette(path string, onDark bool) (themes.Palette, error) {
	p, err := themes.PaletteOf(u.base, onDark)
	if err != nil {
		return p, fmt.Errorf("%s: base: %w", path, err)
	}
	over := u.light
	if onDark {
		over = u.dark
	}
	for _, colours := range []map[string]colour{u.one, over} {
		for name, c := range colours {
			if err := p.Set(name, c.value); err != nil {
				return p, lineError(path, c.at, "%s: %v", name, err)
			}
		}
	}
	return p, nil
}
