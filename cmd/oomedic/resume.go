package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/oomedic/oomedic/ui"
)

// maxResume is how many bytes the file of where the program was left has at most.
const maxResume = 64 << 10

// resumePath is the file of where the program was left: $XDG_STATE_HOME/oomedic/screen.json, or below ~/.local/state.
func resumePath() (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "oomedic", "screen.json"), nil
}

// readResume returns where the program was left. A file that is not there or can't be understood means that it starts
// as if for the first time: nobody is to be kept from the list by it.
func readResume(path string) (r ui.Resume, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return r, err
	}
	if info.Size() > maxResume {
		return r, fmt.Errorf("%s is larger than it can be", path)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the program's own file
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return ui.Resume{}, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// writeResume keeps where the program was left. The file is replaced as a whole, so that no reader sees half of it.
func writeResume(path string, r ui.Resume) (err error) {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".screen-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(append(text, '\n')); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
