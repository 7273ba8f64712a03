//go:build e2e

package terminal

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// scratch is the folder that lives as long as the tests run.
var scratch string

// asProgram makes the test binary a program to be measured; it reports whether it was one.
var asProgram = func() bool { return false }

func TestMain(m *testing.M) {
	if asProgram() {
		return
	}
	dir, err := os.MkdirTemp("", "oomedic-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var built = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(scratch, "oomedic")
	out, err := exec.Command("go", "build", "-o", bin, "github.com/oomedic/oomedic/cmd/oomedic").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return bin, nil
})

// program builds the program once and returns its path.
func program(t *testing.T) string {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// environment is what the program finds around it: a home of its own without a kubeconfig, UTF-8, and colours.
func environment(t *testing.T) []string {
	home := t.TempDir()
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_CACHE_HOME=" + filepath.Join(home, "cache"),
		"KUBECONFIG=" + filepath.Join(home, "no-kubeconfig"), "LC_ALL=C.UTF-8", "TZ=UTC",
		"TERM=xterm-256color", "COLORTERM=truecolor",
	}
}
