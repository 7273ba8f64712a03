//go:build scale

package scale

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// runs is how often each command is measured; the median is told.
const runs = 3

// From manyPods on what is compared runs once: it takes minutes. kubectlBytes is the memory that kubectl takes for a pod when
// it may, kubectlLeast what it needs at the least; restBytes is left for everybody else.
const (
	manyPods     = 10_000
	kubectlBytes = 320 << 10
	kubectlLeast = 180 << 10
	restBytes    = 3 << 30
)

// kubectl measures kubectl. Where memory is short it is told, by GOMEMLIMIT, to collect its garbage sooner; where even that
// would not do, it is left out and f says why.
func (c *cluster) kubectl(t *testing.T, f *figures) {
	t.Helper()
	room := available(t) - restBytes
	args := []string{"kubectl", "get", "pods", "-A", "-o", "json"}
	switch _, err := exec.LookPath("kubectl"); {
	case err != nil:
		f.noKubectl = "it is not installed"
		return
	case int64(c.pods)*kubectlLeast > room:
		f.noKubectl = fmt.Sprintf("it would need at least %d GB, more than the machine has left", int64(c.pods)*kubectlLeast>>30)
		return
	case int64(c.pods)*kubectlBytes > room:
		f.kubectlLimit = fmt.Sprintf("%dMiB", room>>20)
		args = append([]string{"GOMEMLIMIT=" + f.kubectlLimit}, args...)
	}
	f.kubectl = append(f.kubectl, c.cost(t, "", "env", args...))
}

// typedChild is the variable that turns this test binary into a plain typed list, to have its memory to itself.
const typedChild = "SCALE_TYPED_LIST"

func TestMain(m *testing.M) {
	if os.Getenv(typedChild) != "" {
		if err := typedList(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// typedList lists all pods in one piece with the typed client in JSON, and looks at exit codes, as kubectl-oomd does.
func typedList() error {
	cfg, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	cfg.ContentType = "application/json"
	cs, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return err
	}
	l, err := cs.CoreV1().Pods("").List(context.Background(), metav1.ListOptions{})
	if err != nil {
		return err
	}
	n := 0
	for i := range l.Items {
		for _, s := range l.Items[i].Status.ContainerStatuses {
			if e := s.LastTerminationState.Terminated; e != nil && e.ExitCode == 137 {
				n++
			}
		}
	}
	fmt.Println(n)
	return nil
}

func TestScale(t *testing.T) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Fatal("KUBEBUILDER_ASSETS is not set: run make bench-scale, which builds the API server first")
	}
	n := 5000
	if s := os.Getenv("SCALE_PODS"); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		must(t, err)
	}
	f := figures{pods: n, load: loadAverage(t)}
	c := newCluster(t, n)
	f.podBytes, f.killed = c.podBytes, c.killed
	program := built(t)
	for i := range runs {
		f.ours = append(f.ours, c.report(t, program))
		t.Logf("run %d: oomedic %+v", i, f.ours[i])
	}
	c.screen(t, program, &f)
	c.replay(t, program, &f)
	for i := range runs {
		if i == 0 || n < manyPods {
			c.kubectl(t, &f)
			f.typed = append(f.typed, c.typed(t))
		}
	}
	t.Log("\n" + f.section())
	if path := os.Getenv("SCALE_DOC"); path != "" {
		must(t, f.write(path))
	}
}

// built builds the program as it is shipped.
func built(t *testing.T) string {
	t.Helper()
	if p := os.Getenv("SCALE_PROGRAM"); p != "" {
		return p
	}
	out := filepath.Join(t.TempDir(), "oomedic")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, "github.com/oomedic/oomedic/cmd/oomedic")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, b)
	}
	return out
}

// report measures a report, and sees that it has every kill.
func (c *cluster) report(t *testing.T, program string) run {
	t.Helper()
	dir := t.TempDir()
	log, out := filepath.Join(dir, "log"), filepath.Join(dir, "out")
	r := c.cost(t, log, "sh", "-c", `exec "$0" report -A -o json --log-file "$1" >"$2"`, program, log, out)
	b, err := os.ReadFile(out)
	must(t, err)
	var answer struct {
		Cases []struct {
			Confirmation struct {
				OOMKilled bool `json:"oomKilled"`
			} `json:"confirmation"`
		} `json:"cases"`
	}
	must(t, json.Unmarshal(b, &answer))
	found := 0
	for _, k := range answer.Cases {
		if k.Confirmation.OOMKilled {
			found++
		}
	}
	if found == 0 || found > c.killed {
		t.Errorf("the report has %d OOMKilled cases of %d containers", found, c.killed)
	}
	t.Logf("the report has %d cases, %d of them OOMKilled; %d containers were killed", len(answer.Cases), found, c.killed)
	return r
}

// typed measures the plain typed list.
func (c *cluster) typed(t *testing.T) run {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	return c.cost(t, "", "env", typedChild+"=1", self)
}
