package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/oomedic/oomedic/ui"
)

var update = flag.Bool("update", false, "rewrite the generated tables of the documentation")

const readme = "../../README.md"

// TestReadme holds the tables of the README to the program: what is printed here is not typed twice.
func TestReadme(t *testing.T) {
	root := newRoot("oomedic", genericiooptions.NewTestIOStreamsDiscard())
	kubectls := pflag.NewFlagSet("kubectl", pflag.ContinueOnError)
	genericclioptions.NewConfigFlags(true).AddFlags(kubectls)
	var flags, commands strings.Builder
	flags.WriteString("| flag | default | meaning |\n|---|---|---|\n")
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		if kubectls.Lookup(f.Name) != nil || f.Hidden {
			return
		}
		name := "`--" + f.Name + "`"
		if f.Shorthand != "" {
			name = "`-" + f.Shorthand + "`, " + name
		}
		def := ""
		if f.DefValue != "" && f.DefValue != "false" {
			def = "`" + f.DefValue + "`"
		}
		fmt.Fprintf(&flags, "| %s | %s | %s |\n", name, def, f.Usage)
	})
	commands.WriteString("| command | what it does |\n|---|---|\n| `oomedic` | Open the terminal UI; print the report when the output is no terminal |\n")
	for _, c := range root.Commands() {
		if c.Name() != "help" && !c.Hidden {
			fmt.Fprintf(&commands, "| `%s` | %s |\n", c.UseLine(), c.Short)
		}
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	for name, table := range map[string]string{"flags": flags.String(), "commands": commands.String()} {
		if got, err = between(got, name, table); err != nil {
			t.Fatal(err)
		}
	}
	if got == string(text) {
		return
	}
	if !*update {
		t.Fatal("the tables of README.md are out of date: run go test ./cmd/oomedic -run TestReadme -update")
	}
	if err := os.WriteFile(readme, []byte(got), 0o644); err != nil { //nolint:gosec // a document that anyone may read
		t.Fatal(err)
	}
}

// between replaces what stands between the marks of a name.
func between(text, name, table string) (string, error) {
	begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->"
	head, rest, ok := strings.Cut(text, begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", fmt.Errorf("README.md has no marks %q and %q", begin, end)
	}
	return head + begin + table + end + tail, nil
}

// TestKeysPage holds docs/keys.md to the bindings of the program.
func TestKeysPage(t *testing.T) {
	const page = "../../docs/keys.md"
	var b strings.Builder
	b.WriteString("# Keys\n\nEvery key of every screen. `?` shows those that work where you are, and `:` finds them by name. While text is typed, letters\nare text. The last column is the action's name for `ui.keys` in the [configuration file](screen.md).\n")
	seen, actions := map[string]bool{}, ui.Actions()
	for _, g := range ui.Keymap() {
		if seen[g.Title] {
			t.Errorf("two groups are called %q", g.Title)
		}
		seen[g.Title] = true
		fmt.Fprintf(&b, "\n## %s\n\n| key | what | also | action |\n|---|---|---|---|\n", g.Title)
		for _, k := range g.Keys {
			var also []string
			for _, name := range k.Keys() {
				if name != k.Help().Key {
					also = append(also, "`"+name+"`")
				}
			}
			if k.Help().Key == "" || k.Help().Desc == "" {
				t.Errorf("a binding of %s has no help: %v", g.Title, k.Keys())
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", k.Help().Key, k.Help().Desc, strings.Join(also, " "), actions[0].ID)
			actions = actions[1:]
		}
	}
	text, err := os.ReadFile(page)
	if err == nil && string(text) == b.String() {
		return
	}
	if !*update {
		t.Fatal("docs/keys.md is out of date: run go test ./cmd/oomedic -run TestKeysPage -update")
	}
	if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a document that anyone may read
		t.Fatal(err)
	}
}
