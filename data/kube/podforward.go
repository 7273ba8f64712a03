package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/profile"
)

// Bounds of the look for a profile.
const (
	profileWait  = 2 * time.Minute  // for one profile, however large
	answerWait   = 15 * time.Second // until a port says anything
	profileTries = 8                // of a container that are tried
)

// pprofPort is the port of the examples in net/http/pprof's documentation.
const pprofPort = 6060

// ErrNoProfile says that no port of the container serves profiles.
var ErrNoProfile = errors.New("no port serves profiles")

// Profile fetches a profile of a Go program by a port-forward inside the program: nothing listens on this machine. The
// ports that the container declares or names in its arguments are tried, then 6060. The error says what each of them
// answered, or how far the profile came before it was cut.
func (c *Client) Profile(ctx context.Context, k data.Key, kind data.ProfileKind) (*data.MemoryProfile, error) {
	if c.cfg == nil && c.o.Dial == nil {
		return nil, errors.New("there is no API server to go through")
	}
	ctx, cancel := context.WithTimeout(ctx, profileWait)
	defer cancel()
	pod, err := c.cs.CoreV1().Pods(k.Namespace.String()).Get(ctx, k.Pod.String(), metav1.GetOptions{})
	if err != nil {
		return nil, c.explain(err, request{"get", "pods", k.Namespace.String(), k.Pod.String()})
	}
	up := running(pod, k.Container.String())
	if up == nil {
		return nil, fmt.Errorf("container %s of pod %s does not run now: wait until it is up again", k.Container, k.Pod)
	}
	var said []string
	for _, port := range profilePorts(pod, k.Container.String()) {
		p, err := c.profileFrom(ctx, k, port, kind)
		switch {
		case err == nil:
			p.Started = up.State.Running.StartedAt.Time
			return p, nil
		case ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
			return nil, fmt.Errorf("port %d: no whole profile within %s", port, profileWait)
		case ctx.Err() != nil, errors.Is(err, errServed):
			return nil, fmt.Errorf("port %d: %w", port, err)
		}
		said = append(said, fmt.Sprintf("%d: %s", port, data.Clean(brief(err.Error()))))
	}
	return nil, fmt.Errorf("%w of %s: %s", ErrNoProfile, kind, strings.Join(said, "; "))
}

// errServed marks an error of a port that does serve profiles, so that no other one is tried.
var errServed = errors.New("the profile could not be read")

// profileFrom fetches a profile from one port.
func (c *Client) profileFrom(ctx context.Context, k data.Key, port int, kind data.ProfileKind) (*data.MemoryProfile, error) {
	f, err := c.tunnelTo(k.Namespace.String(), k.Pod.String(), port)
	if err != nil {
		return nil, err
	}
	defer f.close()
	path := "/debug/pprof/" + string(kind)
	if kind == data.HeapProfile {
		path += "?gc=1" // collected first: what is left is in use
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := time.AfterFunc(answerWait, cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://localhost:%d%s", port, path), nil)
	if err != nil {
		return nil, err
	}
	resp, err := f.RoundTrip(req)
	if !late.Stop() && err != nil {
		return nil, fmt.Errorf("no answer within %s", answerWait)
	}
	if err != nil {
		return nil, bare(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if err := notAProfile(resp); err != nil {
		return nil, err
	}
	if resp.ContentLength > profile.MaxBytes {
		return nil, fmt.Errorf("%w: %w: it has %s", errServed, profile.ErrTooLarge, data.HumanBytes(float64(resp.ContentLength)))
	}
	out, err := profile.Read(resp.Body, kind)
	switch {
	case errors.Is(err, profile.ErrNotAProfile) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errServed, err)
	}
	if out.At.IsZero() {
		out.At = c.now()
	}
	out.Port = port
	out.From = data.Textf("kubectl port-forward%s %s %d:%d & curl -so %s.pb.gz 'http://localhost:%d%s'", namespaceFlag(k.Namespace), data.ShellQuote(k.Pod), port, port, kind, port, path)
	return out, nil
}

func namespaceFlag(ns data.Text) string {
	if ns == "" {
		return ""
	}
	return " -n " + data.ShellQuote(ns)
}

// notAProfile says what an answer is instead of a profile; nil when it may be one.
func notAProfile(resp *http.Response) error {
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	switch {
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden:
		return fmt.Errorf("it wants credentials (%d)", resp.StatusCode)
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return fmt.Errorf("it leads elsewhere (%d)", resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("HTTP answers %d here", resp.StatusCode)
	case strings.HasPrefix(kind, "text/html"):
		return errors.New("a web page answers, and no profile")
	case strings.HasPrefix(kind, "text/"), strings.HasSuffix(kind, "json"):
		return fmt.Errorf("text answers (%s), and no profile", data.Clean(kind))
	}
	return nil
}

// running returns the status of a container that runs now, nil when it does not.
func running(pod *corev1.Pod, name string) *corev1.ContainerStatus {
	for _, list := range [][]corev1.ContainerStatus{pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses, pod.Status.EphemeralContainerStatuses} {
		for i := range list {
			if list[i].Name == name && list[i].State.Running != nil {
				return &list[i]
			}
		}
	}
	return nil
}

var (
	profileWords = regexp.MustCompile(`(?i)pprof|profil|debug`)
	portAtEnd    = regexp.MustCompile(`:(\d{2,5})/?$`)
)

// profilePorts are the ports that may serve profiles, the likeliest first: those that are named for it, those in
// arguments and variables that are named for it, 6060, and the other ports that the container declares. Of a variable
// nothing but the number is read.
func profilePorts(pod *corev1.Pod, name string) []int {
	var named, declared []int
	for _, list := range [][]corev1.Container{pod.Spec.Containers, pod.Spec.InitContainers} {
		for i := range list {
			if list[i].Name != name {
				continue
			}
			for _, p := range list[i].Ports {
				switch {
				case p.Protocol == corev1.ProtocolUDP || p.Protocol == corev1.ProtocolSCTP:
				case profileWords.MatchString(p.Name):
					named = append(named, int(p.ContainerPort))
				default:
					declared = append(declared, int(p.ContainerPort))
				}
			}
			named = append(named, namedPorts(&list[i])...)
		}
	}
	var out []int
	for _, n := range append(append(named, pprofPort), declared...) {
		if n > 0 && n < 1<<16 && !slices.Contains(out, n) && len(out) < profileTries {
			out = append(out, n)
		}
	}
	return out
}

// namedPorts are the ports in a container's words and variables that are about profiling.
func namedPorts(c *corev1.Container) []int {
	var out []int
	add := func(about, value string) {
		m := portAtEnd.FindStringSubmatch(value)
		if m == nil || !profileWords.MatchString(about) {
			return
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			out = append(out, n)
		}
	}
	for _, words := range [][]string{c.Command, c.Args} {
		for i, w := range words {
			add(w, w)
			if i > 0 {
				add(words[i-1], w)
			}
		}
	}
	for _, e := range c.Env {
		add(e.Name, e.Value)
	}
	return out
}
