package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/oomedic/oomedic/data"
)

// choice remembers which Prometheus a person picked for a cluster, in a file of the XDG state folder.
type choice struct {
	path    string // empty remembers nothing
	cluster string // address of the API server
}

// choiceFor is the choice for a cluster. Without a home folder nothing is remembered.
func choiceFor(cluster data.Cluster) choice {
	dir := os.Getenv("XDG_STATE_HOME")
	if dir == "" || !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return choice{}
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return choice{path: filepath.Join(dir, "oomedic", "prometheus.json"), cluster: cluster.Server.String()}
}

// read returns the choices of all clusters; a file that can't be read is as good as none.
func (c choice) read() map[string]string {
	all := map[string]string{}
	text, err := os.ReadFile(c.path)
	if err != nil || json.Unmarshal(text, &all) != nil || all == nil {
		return map[string]string{}
	}
	return all
}

// load returns the name of what was chosen, or nothing.
func (c choice) load() data.Text {
	if c.path == "" {
		return ""
	}
	return data.Clean(c.read()[c.cluster])
}

// save remembers a name. The file is replaced as a whole, and only its owner may read it.
func (c choice) save(name data.Text) error {
	if c.path == "" {
		return nil
	}
	all := c.read()
	all[c.cluster] = name.String()
	text, err := json.MarshalIndent(all, "", "  ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(c.path), 0o700)
	}
	if err != nil {
		return fmt.Errorf("it is used, but not remembered: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(c.path), ".prometheus-*") // 0600
	if err != nil {
		return fmt.Errorf("it is used, but not remembered: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), c.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("it is used, but not remembered: %w", err), os.Remove(f.Name()))
	}
	return nil
}
