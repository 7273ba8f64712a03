package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// saveTries is how many names are tried where files of that name are there already.
const saveTries = 100

// saveExport writes a change as text into the working folder.
func (a *App) saveExport(i views.SaveExport) tea.Cmd {
	folder := a.opt.Folder
	return func() tea.Msg {
		name, err := saveNew(folder, i.Name.String(), i.Text)
		if err != nil {
			return toastMsg{data.Textf("Not saved: %s", err)}
		}
		return toastMsg{data.Textf("Saved as %s", name)}
	}
}

// saveNew writes lines to a new file in folder, which only the user can read, and returns its name. A file that is
// there is never touched: the next free name with a number is taken.
func saveNew(folder, name string, lines []data.Text) (string, error) {
	ext := filepath.Ext(name)
	base := strings.TrimSuffix(filepath.Base(name), ext)
	var text strings.Builder
	for _, l := range lines {
		text.WriteString(l.String() + "\n")
	}
	for n := 1; n <= saveTries; n++ {
		path := filepath.Join(folder, base+ext)
		if n > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s-%d%s", base, n, ext))
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.WriteString(text.String())
		return path, errors.Join(err, f.Close())
	}
	return "", fmt.Errorf("%d files named like %s are there already", saveTries, base+ext)
}
