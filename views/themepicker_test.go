package views

import (
	"testing"

	"github.com/oomedic/oomedic/themes"
)

func themesToPick(keys ...string) *ThemePicker {
	var all []ThemeChoice
	for _, i := range themes.List()[:6] {
		all = append(all, ThemeChoice{i.Name, i.About})
	}
	p := NewThemePicker(all, "light", "auto")
	press(p, keys...)
	return p
}

func init() {
	register("themepicker/open", func(*testing.T) Screen { return themesToPick() })
	register("themepicker/last", func(*testing.T) Screen { return themesToPick("G") })
}

func TestThemePickerGoldens(t *testing.T) {
	t.Parallel()
	everySize(t, "themepicker/open", themesToPick())
	everySize(t, "themepicker/last", themesToPick("G"))
}

func TestThemePickerTries(t *testing.T) {
	t.Parallel()
	names := themes.Names()
	for _, c := range []struct {
		keys []string
		want Intent
	}{
		{[]string{"j"}, ShowTheme{names[2]}}, {[]string{"k"}, ShowTheme{names[0]}}, {[]string{"k", "k"}, ShowTheme{names[0]}},
		{[]string{"G"}, ShowTheme{names[5]}}, {[]string{"G", "T"}, ShowTheme{names[0]}}, {[]string{"G", "j"}, ShowTheme{names[5]}},
		{[]string{"j", "enter"}, TakeTheme{names[2]}}, {[]string{"j", "esc"}, Both{ShowTheme{"auto"}, Back{}}}, {[]string{"x"}, nil},
	} {
		if got := press(themesToPick(), c.keys...); got != c.want {
			t.Errorf("%v gave %#v, want %#v", c.keys, got, c.want)
		}
	}
}
