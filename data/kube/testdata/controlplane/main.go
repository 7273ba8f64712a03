// Command controlplane builds the kube-apiserver and the etcd that this module's go.mod pins, and prints the folder
// that holds them, ready for KUBEBUILDER_ASSETS. From the top of the repository:
//
//	KUBEBUILDER_ASSETS=$(go -C data/kube/testdata/controlplane run .) go test ./...
//
// What is built already is not built again. The first time takes from five to ten minutes on two cores and needs
// nothing but Go. When KUBEBUILDER_ASSETS is set, it is printed as it is and nothing is built.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// program is one binary of the control plane.
type program struct {
	name string // the file that envtest looks for
	pkg  string // the import path of its main package
	// stamped is true when the binary takes its version from -ldflags.
	stamped bool
}

// programs are what envtest needs to start a control plane.
var programs = []program{
	{name: "etcd", pkg: "go.etcd.io/etcd/server/v3"},
	{name: "kube-apiserver", pkg: "k8s.io/kubernetes/cmd/kube-apiserver", stamped: true},
}

func main() {
	dir, err := assets(os.Getenv("KUBEBUILDER_ASSETS"), os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "controlplane:", err)
		os.Exit(1)
	}
	fmt.Println(dir)
}

// assets returns the folder with the programs, after building what is missing there. A set folder is returned as it
// is. Progress goes to log, a line for each program that is built.
func assets(set string, log io.Writer) (string, error) {
	if set != "" {
		return set, nil
	}
	version, err := pinned("k8s.io/kubernetes")
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache folder: %w", err)
	}
	dir := filepath.Join(cache, "oomedic", "controlplane", version)
	if len(missing(dir)) == 0 {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(dir, ".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	for _, p := range missing(dir) { // asked again: another process may have built them meanwhile
		start := time.Now()
		fmt.Fprintf(log, "controlplane: building %s of Kubernetes %s in %s (minutes, the first time)\n", p.name, version, dir)
		if err := build(p, dir, version); err != nil {
			return "", fmt.Errorf("build %s: %w", p.name, err)
		}
		fmt.Fprintf(log, "controlplane: built %s in %s\n", p.name, time.Since(start).Round(time.Second))
	}
	return dir, nil
}

// missing returns the programs that dir does not have.
func missing(dir string) []program {
	var m []program
	for _, p := range programs {
		if _, err := os.Stat(filepath.Join(dir, p.file())); errors.Is(err, os.ErrNotExist) {
			m = append(m, p)
		}
	}
	return m
}

// file is the name of p's binary on this system.
func (p program) file() string {
	if runtime.GOOS == "windows" {
		return p.name + ".exe"
	}
	return p.name
}
