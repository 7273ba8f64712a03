package main

import (
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/oomedic/oomedic/themes"
	"github.com/oomedic/oomedic/ui"
)

// screenFlags say how the screen is to be. They go over the configuration file.
type screenFlags struct {
	theme, plain, mouse *pflag.Flag
}

func (s *screenFlags) add(f *pflag.FlagSet) {
	f.String("theme", "auto", "Colours: auto, "+strings.Join(themes.Names(), ", ")+", or one of your own")
	f.Bool("plain", false, "ASCII signs alone: no boxes, no blocks, no braille")
	f.Bool("mouse", false, "Take the mouse: wheel, click and double click; hold shift to select text as before")
	s.theme, s.plain, s.mouse = f.Lookup("theme"), f.Lookup("plain"), f.Lookup("mouse")
}

// look is how the screen is to be, as flags, configuration file and terminal say it.
type look struct {
	theme         string // empty when nobody said it
	plain, mouse  bool
	keys          map[string][]string
	summary, keep bool
}

// readLook reads the configuration file and the themes beside it, and puts the flags over them. Its errors are usage
// errors: they name the flag, or the file and the line.
func (o *options) readLook() error {
	path := o.metrics.path()
	if err := addUserThemes(themesFolder(path)); err != nil {
		return usageError{err}
	}
	s, err := readUISettings(path, o.metrics.config != "")
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return usageError{err}
	}
	is := func(flag *pflag.Flag, setting *bool, otherwise bool) bool {
		if flag != nil && flag.Changed {
			return flag.Value.String() == "true"
		}
		if setting != nil {
			return *setting
		}
		return otherwise
	}
	o.look = look{
		theme: s.theme, keys: s.keys, summary: is(nil, s.summary, true), keep: is(nil, s.remember, true),
		plain: is(o.screen.plain, s.plain, false), mouse: is(o.screen.mouse, s.mouse, false),
	}
	if s.theme != "" {
		if _, err := themes.Get(s.theme, true); err != nil {
			return usagef("%s: ui.theme: %v", path, err)
		}
	}
	if o.screen.theme != nil && o.screen.theme.Changed {
		o.look.theme = o.screen.theme.Value.String()
		if _, err := themes.Get(o.look.theme, true); err != nil {
			return usagef("--theme: %v", err)
		}
	}
	return nil
}

// dress fills in how the screen of u is to be. What nobody said is as the last run was left, or as the terminal is.
func (o *options) dress(u *ui.Options, env func(string) string) {
	u.Keys, u.Mouse, u.ASCII, u.Light = o.look.keys, o.look.mouse, o.look.plain, lightBackground(env("COLORFGBG"))
	if o.look.summary {
		u.Farewell = o.Out
	}
	if o.look.keep {
		o.resume(u)
	}
	console := env("TERM") == "linux" // has sixteen colours and a font of 256 or 512 signs
	u.ASCII = u.ASCII || console
	switch {
	case o.look.theme != "":
		u.Theme = o.look.theme
	case env("NO_COLOR") != "":
		u.Theme = "mono"
	case u.Resume.Theme != "":
		u.Theme = u.Resume.Theme
	case console:
		u.Theme = "ansi"
	default:
		u.Theme = "auto"
	}
}

// resume lets u begin where the last run was left. A theme that is no more is left out.
func (o *options) resume(u *ui.Options) {
	path, err := resumePath()
	if err != nil {
		o.log.Debug("there is no folder for where the program was left", "error", err)
		return
	}
	if u.Resume, err = readResume(path); err != nil && !os.IsNotExist(err) {
		o.log.Warn("where the program was left can't be read", "error", err)
	}
	if _, err := themes.Get(u.Resume.Theme, true); err != nil {
		u.Resume.Theme = ""
	}
	u.Keep = func(r ui.Resume) error { return writeResume(path, r) }
}

// lightBackground reports whether COLORFGBG, which some terminals set, names a light background: white or one of the
// bright colours but grey.
func lightBackground(v string) bool {
	fields := strings.Split(v, ";")
	n, err := strconv.Atoi(fields[len(fields)-1])
	return err == nil && (n == 7 || n > 8 && n <= 15)
}
