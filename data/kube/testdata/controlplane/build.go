package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// pinned returns the version of module that go.mod requires.
func pinned(module string) (string, error) {
	out, err := goCommand("list", "-m", "-f", "{{.Version}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("version of %s: %w", module, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// build makes p in dir. The binary appears under its name when it is whole, so that a build that was stopped leaves
// nothing that looks done.
//
// Neither -trimpath nor CGO_ENABLED=0 is set: either would compile the hundreds of packages that the tests use too
// once more, since the build cache keeps them apart.
func build(p program, dir, version string) error {
	tmp, err := os.MkdirTemp(dir, ".building-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	flags := "-s -w"
	if p.stamped {
		flags += stamp(version)
	}
	made := filepath.Join(tmp, p.file())
	cmd := goCommand("build", "-o", made, "-ldflags", flags, p.pkg)
	cmd.Stdout = os.Stderr // stdout is for the folder's name alone
	if err := cmd.Run(); err != nil {
		return err
	}
	return os.Rename(made, filepath.Join(dir, p.file()))
}

// stamp returns the linker flags that make an API server say version, such as v1.37.2. Without them it calls itself
// v0.0.0-master+$Format:%H$, which clients can't compare.
func stamp(version string) string {
	major, rest, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	minor, _, _ := strings.Cut(rest, ".")
	const pkg = "k8s.io/component-base/version"
	return fmt.Sprintf(" -X %[1]s.gitVersion=%[2]s -X %[1]s.gitMajor=%[3]s -X %[1]s.gitMinor=%[4]s", pkg, version, major, minor)
}

// goCommand is the go command in this module, whatever workspace or vendoring the caller has set.
func goCommand(args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	cmd.Stderr = os.Stderr
	return cmd
}
