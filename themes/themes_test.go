package themes

import (
	"reflect"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
)

// severityDistance is the least ΔE*ab between two severities. About 2 is the least that an eye can see side by side;
// words apart in a list need ten times that.
const severityDistance = 20

// coloured calls f for each palette that names its colours.
func coloured(f func(name string, p Palette)) {
	for _, e := range entries {
		if e.dark.Background != "" {
			f(e.Name+"/dark", e.dark)
			f(e.Name+"/light", e.light)
		}
	}
}

func TestContrast(t *testing.T) {
	t.Parallel()
	n := 0
	coloured(func(name string, p Palette) {
		want := 4.5
		if strings.HasPrefix(name, "high-contrast") {
			want = 7
		}
		for token, c := range textTokens(p) {
			for where, bg := range map[string]string{"the background": p.Background, "the selected row": p.Selection} {
				n++
				if got := contrast(c, bg); got < want {
					t.Errorf("%s: %s on %s has contrast %.2f, want %.1f", name, token, where, got, want)
				}
			}
		}
	})
	if n < 200 {
		t.Errorf("%d pairs were looked at", n)
	}
}

// TestContrastOnOtherBackgrounds looks at backgrounds that terminals really have, as the theme does not paint its own.
func TestContrastOnOtherBackgrounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		p    Palette
		bgs  []string
	}{
		{"dark", dark, []string{"#000000", "#1e1e1e", "#1e1e2e", "#282a36", "#0d1117"}},
		{"light", light, []string{"#fafafa", "#f6f8fa"}},
	} {
		for _, bg := range c.bgs {
			for token, fg := range textTokens(c.p) {
				if got := contrast(fg, bg); got < 4.5 {
					t.Errorf("%s: %s on %s has contrast %.2f, want 4.5", c.name, token, bg, got)
				}
			}
		}
	}
}

func TestSeveritiesAreToldApart(t *testing.T) {
	t.Parallel()
	check := func(name, kind string, p Palette) {
		sev := map[string]string{"ok": p.OK, "info": p.Info, "warn": p.Warn, "bad": p.Bad}
		for a, ca := range sev {
			for b, cb := range sev {
				if got := distance(kind, ca, cb); a < b && got < severityDistance {
					t.Errorf("%s: %s and %s lie ΔE %.1f apart for %s sight, want %d", name, a, b, got, kind, severityDistance)
				}
			}
		}
	}
	coloured(func(name string, p Palette) {
		check(name, "full", p)
		for kind := range visions {
			if strings.HasPrefix(name, kind) {
				check(name, kind, p)
			}
		}
	})
}

// TestHealthyIsBlue holds the themes for colour-weak eyes to blue for healthy and no green beside red.
func TestHealthyIsBlue(t *testing.T) {
	t.Parallel()
	coloured(func(name string, p Palette) {
		kind := strings.Split(name, "/")[0]
		if _, ok := visions[kind]; !ok {
			return
		}
		r, g, b, _ := lipgloss.Color(p.OK).RGBA()
		if b <= r || b <= g {
			t.Errorf("%s: healthy is %s, which is not blue", name, p.OK)
		}
	})
}

func TestEveryStyleIsSet(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		for _, onDark := range []bool{true, false} {
			th, err := Get(name, onDark)
			if err != nil {
				t.Fatal(err)
			}
			v, styles := reflect.ValueOf(*th), 0
			for i := range v.NumField() {
				st, ok := v.Field(i).Interface().(lipgloss.Style)
				if !ok {
					continue
				}
				styles++
				if !st.GetInline() {
					t.Errorf("%s: style %s is not set", name, v.Type().Field(i).Name)
				}
			}
			if styles < 29 {
				t.Errorf("%d styles were looked at", styles)
			}
		}
	}
}

func TestGlyphsAreOneCell(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		th, _ := Get(name, true)
		all := map[string]string{}
		v := reflect.ValueOf(th.Glyphs)
		for i := range v.NumField() {
			if s, ok := v.Field(i).Interface().(string); ok {
				all[v.Type().Field(i).Name] = s
			}
		}
		for i, b := range th.Glyphs.Blocks {
			all["Blocks"+string(rune('0'+i))] = b
		}
		for field, g := range all {
			if lipgloss.Width(g) != 1 || len([]rune(g)) != 1 {
				t.Errorf("%s: glyph %s is %q, want one rune of one cell", name, field, g)
			}
			if name == "plain" && g[0] >= 0x7f {
				t.Errorf("plain: glyph %s is %q, want ASCII", field, g)
			}
		}
		if th.Glyphs.OK == th.Glyphs.Bad || th.Glyphs.OK == th.Glyphs.Warn || th.Glyphs.Bad == th.Glyphs.Warn || th.Glyphs.Live == th.Glyphs.Stale {
			t.Errorf("%s: two states have one glyph", name)
		}
		if name == "plain" && th.Glyphs.Braille {
			t.Error("plain: braille is on")
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		onDark   bool
		want     string
		wantDark bool
	}{
		{"", true, "dark", true}, {"", false, "light", false}, {"auto", true, "dark", true}, {"auto", false, "light", false},
		{"dark", false, "dark", true}, {"light", true, "light", false}, {"deutan", false, "deutan", false}, {"deutan", true, "deutan", true},
		{"mono", true, "mono", true},
	} {
		th, err := Get(c.name, c.onDark)
		if err != nil || th.Name != c.want || th.Dark != c.wantDark {
			t.Errorf("Get(%q, %v) = %+v, %v", c.name, c.onDark, th, err)
		}
	}
	_, err := Get("Dark", true)
	if err == nil {
		t.Fatal("an unknown theme is no error")
	}
	for _, n := range Names() {
		if !strings.Contains(err.Error(), n) {
			t.Errorf("the error does not name %s: %v", n, err)
		}
	}
}

func TestListDescribes(t *testing.T) {
	t.Parallel()
	if len(List()) < 13 {
		t.Errorf("%d themes, want 13 or more", len(List()))
	}
	for _, i := range List() {
		if i.Name == "" || i.About == "" || strings.Contains(i.About, "\n") {
			t.Errorf("theme %+v is not described in one line", i)
		}
	}
}

// TestMonoHasNoColour draws with every style and looks for colour sequences.
func TestMonoHasNoColour(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"mono", "plain"} {
		th, _ := Get(name, true)
		for _, st := range []lipgloss.Style{th.Text, th.Bad, th.Selected, th.Accent, th.OK, th.Add, th.Remove, th.Limit, th.Muted} {
			if out := st.Render("x"); strings.Contains(out, "38;") || strings.Contains(out, "48;") || strings.Contains(out, "[3") || strings.Contains(out, "[4") {
				t.Errorf("%s draws colour: %q", name, out)
			}
		}
		if th.Selected.Render("x") == "x" || th.Bad.Render("x") == th.Text.Render("x") {
			t.Errorf("%s does not mark what matters", name)
		}
	}
}
