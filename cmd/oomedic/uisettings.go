package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/ui"
)

// uiSettings are those of the section ui of the configuration file. What is not said there is nil or empty.
type uiSettings struct {
	theme                    string
	keys                     map[string][]string // by the ID of an action
	mouse, summary, remember *bool
	plain                    *bool

	path  string
	lines map[string]int // of keys, by action
}

// maxUISettings is how many bytes a file of settings or of a theme has at most.
const maxUISettings = 1 << 20

// readUISettings reads the section ui of the configuration file at path. A file that is not there means no settings
// unless must is set. An error is one line that names the file, the line and what is wrong.
func readUISettings(path string, must bool) (uiSettings, error) {
	s := uiSettings{path: path, lines: map[string]int{}}
	root, err := readYAML(path)
	if errors.Is(err, fs.ErrNotExist) && !must {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	err = eachField(root, path, "", func(name string, _, value *yaml.Node) error {
		if name != "ui" {
			return nil // of clusters, which have a reader of their own
		}
		return eachField(value, path, "ui", s.take)
	})
	return s, err
}

// take reads one setting of the section.
func (s *uiSettings) take(name string, at, value *yaml.Node) error {
	switch name {
	case "theme":
		return decode(s.path, "ui.theme", value, &s.theme)
	case "mouse":
		return decode(s.path, "ui.mouse", value, &s.mouse)
	case "summary":
		return decode(s.path, "ui.summary", value, &s.summary)
	case "remember":
		return decode(s.path, "ui.remember", value, &s.remember)
	case "plain":
		return decode(s.path, "ui.plain", value, &s.plain)
	case "keys":
		s.keys = map[string][]string{}
		return eachField(value, s.path, "ui.keys", func(id string, at, value *yaml.Node) error {
			var one string
			var several []string
			if value.Kind == yaml.SequenceNode {
				if err := decode(s.path, "ui.keys."+id, value, &several); err != nil {
					return err
				}
			} else {
				if err := decode(s.path, "ui.keys."+id, value, &one); err != nil {
					return err
				}
				several = strings.Fields(one)
			}
			s.keys[id], s.lines[id] = several, at.Line
			return nil
		})
	}
	return lineError(s.path, at, "ui.%s is no setting: there are theme, keys, mouse, summary, remember and plain", data.Clean(name))
}

// check refuses keys that can't be, by the line that they stand in.
func (s *uiSettings) check() error {
	var k *ui.KeyError
	if err := ui.CheckKeys(s.keys); errors.As(err, &k) {
		return fmt.Errorf("%s: line %d: ui.keys.%s: %s", s.path, s.lines[k.ID], data.Clean(k.ID), data.Clean(k.Why))
	}
	return nil
}

// readYAML reads a file of one YAML document. The node is nil when the file says nothing.
func readYAML(path string) (*yaml.Node, error) {
	f, err := os.Open(path) //nolint:gosec // the file that the user names
	if err != nil {
		return nil, fmt.Errorf("the configuration file can't be read: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	text, err := io.ReadAll(io.LimitReader(f, maxUISettings+1))
	if err != nil {
		return nil, fmt.Errorf("the configuration file can't be read: %w", err)
	}
	if len(text) > maxUISettings {
		return nil, fmt.Errorf("%s is larger than 1 MiB, which no configuration is", path)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %s", path, data.Clean(strings.TrimPrefix(err.Error(), "yaml: ")))
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// eachField calls f for each field of a mapping, with the nodes of its name and its value. A mapping without fields may
// be left empty.
func eachField(n *yaml.Node, path, name string, f func(name string, at, value *yaml.Node) error) error {
	if n == nil || n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		if name == "" {
			name = "the file"
		}
		return lineError(path, n, "%s is to have names and values, one a line", name)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			return lineError(path, key, "%s stands here twice", data.Clean(key.Value))
		}
		seen[key.Value] = true
		if err := f(key.Value, key, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// decode reads one value of a scalar or a list.
func decode(path, name string, n *yaml.Node, into any) error {
	if err := n.Decode(into); err != nil {
		wants := map[string]string{"*string": "a word", "**bool": "true or false", "*[]string": "a list of words"}[fmt.Sprintf("%T", into)]
		return lineError(path, n, "%s is to be %s", name, wants)
	}
	return nil
}

func lineError(path string, n *yaml.Node, format string, a ...any) error {
	return fmt.Errorf("%s: line %d: %s", path, n.Line, fmt.Sprintf(format, a...))
}

// themesFolder is where themes of the user are: beside the configuration file.
func themesFolder(config string) string { return filepath.Join(filepath.Dir(config), "themes") }
