package themes

import (
	"slices"
	"strings"
	"testing"
)

func TestAdd(t *testing.T) {
	p := Palette{Background: "#101010", Text: "#f0f0f0", Bad: "9"}
	for _, c := range []struct {
		name string
		p    Palette
		want string // in the error; empty for none
	}{
		{"mine", p, ""},
		{"mine", Palette{}, ""}, // again
		{"dark", p, "already"},
		{"auto", p, "can't be the name"},
		{"My Theme", p, "can't be the name"},
		{"", p, "can't be the name"},
		{"other", Palette{Text: "red"}, "text: write a colour"},
		{"other", Palette{Text: "#fff"}, "text: write a colour"},
		{"other", Palette{Warn: "16"}, "warn: write a colour"},
		{"other", Palette{Warn: "03"}, "warn: write a colour"},
	} {
		err := Add(c.name, "One of a test", c.p, c.p)
		if (c.want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("Add(%q, %+v): %v, want %q", c.name, c.p, err, c.want)
		}
	}
	if th, err := Get("mine", true); err != nil || th.Name != "mine" {
		t.Errorf("Get: %v, %v", th, err)
	}
	if n := Names(); n[len(n)-1] != "mine" || slices.Contains(n, "other") {
		t.Errorf("names %q", n)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	var p Palette
	for _, name := range Tokens() {
		if err := p.Set(name, "#123456"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, tok := range p.tokens() {
		if *tok.value != "#123456" {
			t.Errorf("%s was not set", tok.name)
		}
	}
	if len(p.tokens()) != 14 {
		t.Errorf("%d colours, want 14", len(p.tokens()))
	}
	if err := p.Set("txet", "#123456"); err == nil || !strings.Contains(err.Error(), "background text muted") {
		t.Errorf("an unknown colour: %v", err)
	}
	if err := p.Set("text", "teal"); err == nil {
		t.Error("teal is taken for a colour")
	}
}

func TestWeakest(t *testing.T) {
	t.Parallel()
	p := dark
	p.Muted = "#303030"
	if token, ratio := Weakest(p); token != "muted" || ratio > 2 {
		t.Errorf("weakest is %s at %.1f, want muted", token, ratio)
	}
	if _, ratio := Weakest(dark); ratio < LeastContrast {
		t.Errorf("dark has %.1f", ratio)
	}
	if token, _ := Weakest(ansi); token != "" {
		t.Errorf("the terminal's own colours: %s is called weak, which nobody can know", token)
	}
}

func TestASCII(t *testing.T) {
	t.Parallel()
	th, _ := Get("dark", true)
	plain := th.ASCII()
	if plain.Glyphs != asciiGlyphs || th.Glyphs != unicodeGlyphs || plain.Bad.Render("x") != th.Bad.Render("x") {
		t.Error("ASCII changes more or less than the signs")
	}
}
