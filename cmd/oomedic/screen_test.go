package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/spf13/pflag"

	"github.com/oomedic/oomedic/themes"
	"github.com/oomedic/oomedic/ui"
	"github.com/oomedic/oomedic/views"
)

// configured are the options of a command line with a configuration file, and what is wrong with them.
func configured(t *testing.T, files map[string]string, args ...string) (*options, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := newOptions(genericiooptions.NewTestIOStreamsDiscard())
	o.log = slog.New(slog.DiscardHandler)
	f := pflag.NewFlagSet("oomedic", pflag.ContinueOnError)
	o.addFlags(f)
	if _, ok := files["config.yaml"]; ok || len(files) > 0 {
		args = append(args, "--config", filepath.Join(dir, "config.yaml"))
	}
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	return o, o.readLook()
}

func TestWhatIsWrongWithTheSectionUI(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":        {"", ""},
		"another":        {"contexts: {prod: {protected: true}}", ""},
		"empty":          {"ui:\n", ""},
		"all":            {"ui: {theme: nord, mouse: true, summary: false, remember: false, plain: true, keys: {list.sort: o}}", ""},
		"several keys":   {"ui:\n  keys:\n    list.sort: [o, f5]\n    list.first-last: ctrl+g alt+g\n", ""},
		"unknown":        {"ui:\n  mouse: true\n  colour: red\n", "config.yaml: line 3: ui.colour is no setting: there are theme"},
		"no bool":        {"ui:\n  mouse: often\n", "config.yaml: line 2: ui.mouse is to be true or false"},
		"no map":         {"ui: dark\n", "config.yaml: line 1: ui is to have names and values"},
		"unknown theme":  {"ui: {theme: neon}\n", "config.yaml: ui.theme: no theme \"neon\""},
		"unknown action": {"ui:\n  keys:\n    list.sort: o\n    list.sorted: x\n", "config.yaml: line 4: ui.keys.list.sorted: there is no such action"},
		"conflict":       {"ui:\n  keys:\n\n    list.sort: w\n", "config.yaml: line 4: ui.keys.list.sort: w is the key of list.by-workload-all"},
		"no key":         {"ui:\n  keys:\n    list.sort: {a: b}\n", "config.yaml: line 3: ui.keys.list.sort is to be a word"},
		"twice":          {"ui:\n  mouse: true\n  mouse: false\n", "config.yaml: line 3: mouse stands here twice"},
		"no YAML":        {"ui: [\n", "config.yaml: line 1: did not find expected node content"},
	} {
		_, err := configured(t, map[string]string{"config.yaml": c.text})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
		if usage := (usageError{}); err != nil && (!errors.As(err, &usage) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %q is no usage error of one line", name, err)
		}
	}
}

func TestWhatIsWrongWithAThemeOfTheUser(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"of a base":  {"base: gruvbox\nabout: Mine\naccent: \"#ff8800\"\nlight: {accent: \"#803300\"}\n", ""},
		"empty":      {"", ""},
		"colour":     {"base: nord\ntext: reddish\n", "mine.yaml: line 2: text: write a colour"},
		"dark part":  {"dark:\n  text: \"#12345\"\n", "mine.yaml: line 2: text: write a colour"},
		"token":      {"txt: \"#ffffff\"\n", "mine.yaml: line 1: txt is no colour of a theme: there are background, text"},
		"base":       {"base: neon\n", "mine.yaml: line 1: base: no theme \"neon\""},
		"no mapping": {"- a\n", "mine.yaml: line 1: the file is to have names and values"},
	} {
		o, err := configured(t, map[string]string{"config.yaml": "ui: {theme: mine}\n", "themes/mine.yaml": c.text})
		switch {
		case c.want == "" && (err != nil || o.look.theme != "mine"):
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	_, err := configured(t, map[string]string{"config.yaml": "", "themes/dark.yaml": "text: \"#ffffff\"\n"})
	if err == nil || !strings.Contains(err.Error(), "there is a theme dark already") {
		t.Errorf("a theme named like one of the program: %v", err)
	}
}

func TestAThemeOfTheUserSaysWhatIsHardToRead(t *testing.T) {
	if _, err := configured(t, map[string]string{"config.yaml": "", "themes/dim.yaml": "muted: \"#333a44\"\n"}); err != nil {
		t.Fatal(err)
	}
	for _, i := range themes.List() {
		if i.Name == "dim" && strings.Contains(i.About, "muted is hard to read: contrast 1.") {
			return
		}
	}
	t.Errorf("nobody is told: %+v", themes.List())
}

func TestWhichThemeIsWorn(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		args   []string
		env    map[string]string
		left   string
		want   string
	}{
		"nothing said":       {want: "auto"},
		"the flag":           {config: "ui: {theme: nord}", args: []string{"--theme", "dracula"}, left: "deutan", env: map[string]string{"NO_COLOR": "1"}, want: "dracula"},
		"the flag says auto": {config: "ui: {theme: nord}", args: []string{"--theme", "auto"}, left: "deutan", want: "auto"},
		"the file":           {config: "ui: {theme: nord}", left: "deutan", want: "nord"},
		"NO_COLOR":           {left: "deutan", env: map[string]string{"NO_COLOR": "1"}, want: "mono"},
		"the last run":       {left: "deutan", env: map[string]string{"TERM": "linux"}, want: "deutan"},
		"one that is gone":   {left: "neon", want: "auto"},
		"not remembered":     {config: "ui: {remember: false}", left: "deutan", want: "auto"},
		"Linux console":      {env: map[string]string{"TERM": "linux"}, want: "ansi"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_STATE_HOME", t.TempDir())
			path, err := resumePath()
			if err != nil {
				t.Fatal(err)
			}
			if err := writeResume(path, ui.Resume{Theme: c.left}); err != nil {
				t.Fatal(err)
			}
			o, err := configured(t, map[string]string{"config.yaml": c.config}, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			var u ui.Options
			o.dress(&u, func(name string) string { return c.env[name] })
			if u.Theme != c.want {
				t.Errorf("theme %q, want %q", u.Theme, c.want)
			}
			if u.ASCII != (c.env["TERM"] == "linux") {
				t.Errorf("ASCII is %v", u.ASCII)
			}
		})
	}
}

func TestResume(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "deep", "screen.json")
	want := ui.Resume{Theme: "nord", List: views.ListPlace{Tab: 1, Sort: "kills", Flat: true}}
	if err := writeResume(path, want); err != nil {
		t.Fatal(err)
	}
	if got, err := readResume(path); err != nil || got != want {
		t.Errorf("read %+v, %v; want %+v", got, err, want)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("files are left behind: %v, %v", files, err)
	}
	for name, text := range map[string]string{"empty": "", "cut": `{"theme":"no`, "other": `[1,2]`, "types": `{"theme":7}`, "bytes": "\x00\xff", "huge": strings.Repeat(" ", maxResume+1)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readResume(path); err == nil || got != (ui.Resume{}) {
			t.Errorf("%s: read %+v, %v; want nothing and an error", name, got, err)
		}
	}
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 { // root writes everywhere
		if err := writeResume(path, want); err == nil {
			t.Error("a folder that can't be written to is no error")
		}
	}
}

func TestLightBackground(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]bool{"": false, "15;0": false, "0;15": true, "0;default;15": true, "0;7": true, "15;8": false, "x": false, "0;99": false} {
		if got := lightBackground(v); got != want {
			t.Errorf("COLORFGBG=%q is light: %v, want %v", v, got, want)
		}
	}
}
