package kube

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/oomedic/oomedic/data"
)

// Bounds of what is read of a log. A line is kept as long as a screen can use it, however long it is; when the last
// lines are so long that logBytes do not hold them, fewer are asked for.
const (
	logLineBytes = 600
	logBytes     = 32 << 20
	logWait      = 20 * time.Second
	// binaryShare is the share of bytes that are no text from which on a line counts as binary.
	binaryShare = 0.10
)

// logTries are how many lines are asked for, most first.
var logTries = []int64{200, 20, 2}

// errLogLong says that the lines that were asked for are longer than logBytes together.
var errLogLong = errors.New("the log's lines are too long")

// LastLog reads the end of a container's log: that of the life before the last restart, where the kubelet still has it,
// else that of the present one, which Short says. Lines are cut and binary ones replaced. An error wraps those of package
// data.
func (c *Client) LastLog(ctx context.Context, k data.Key) (data.LogTail, error) {
	ctx, cancel := context.WithTimeout(ctx, logWait)
	defer cancel()
	out, err := c.logOf(ctx, k, true)
	if err == nil && (len(out.Lines) > 0 || out.Short != "") {
		return out, nil
	}
	why := data.Text("the log of the life before is empty; this is the one after it")
	if err != nil {
		if !apierrors.IsBadRequest(err) { // "previous terminated container not found"
			return out, c.explain(err, request{"get", "pods/log", k.Namespace.String(), k.Pod.String()})
		}
		why = "the kubelet has no log of a life before this one; this is the only one it has"
	}
	if out, err = c.logOf(ctx, k, false); err != nil {
		return out, c.explain(err, request{"get", "pods/log", k.Namespace.String(), k.Pod.String()})
	}
	out.Short = why
	return out, nil
}

// logOf reads the last lines of one life, fewer when they are too long.
func (c *Client) logOf(ctx context.Context, k data.Key, previous bool) (data.LogTail, error) {
	for i, n := range logTries {
		out, err := c.logLines(ctx, k, previous, n)
		if !errors.Is(err, errLogLong) {
			if i > 0 && err == nil {
				out.Short = data.Textf("only the last %d lines: those before are longer than %s together", n, data.HumanBytes(logBytes))
			}
			return out, err
		}
	}
	return data.LogTail{Previous: previous, From: logCommand(k, previous, logTries[0]),
		Short: data.Textf("the last lines are longer than %s, so they are not read", data.HumanBytes(logBytes))}, nil
}

// logLines reads the last n lines.
func (c *Client) logLines(ctx context.Context, k data.Key, previous bool, n int64) (data.LogTail, error) {
	out := data.LogTail{Previous: previous, From: logCommand(k, previous, n)}
	body, err := c.cs.CoreV1().Pods(k.Namespace.String()).GetLogs(k.Pod.String(), &corev1.PodLogOptions{
		Container: k.Container.String(), Previous: previous, Timestamps: true, TailLines: &n,
	}).Stream(ctx)
	if err != nil {
		return out, err
	}
	defer body.Close() //nolint:errcheck // it was only read
	out.Lines, out.Read, err = readLog(body)
	if err != nil && !errors.Is(err, errLogLong) && len(out.Lines) > 0 {
		out.Short, err = data.Textf("the log was cut: %s", brief(err.Error())), nil
	}
	return out, err
}

// logCommand is the kubectl command that shows the same.
func logCommand(k data.Key, previous bool, n int64) data.Text {
	words := "kubectl logs"
	if k.Namespace != "" {
		words += " -n " + data.ShellQuote(k.Namespace)
	}
	words += " " + data.ShellQuote(k.Pod) + " -c " + data.ShellQuote(k.Container)
	if previous {
		words += " --previous"
	}
	return data.Textf("%s --timestamps --tail=%d", words, n)
}

// readLog reads lines without ever holding a long one whole, and how many bytes there were.
func readLog(r io.Reader) ([]data.LogLine, int64, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	var out []data.LogLine
	var read int64
	var head []byte
	long := int64(0)
	for {
		part, err := b.ReadSlice('\n')
		read += int64(len(part))
		if read > logBytes {
			return nil, read, errLogLong
		}
		long += int64(len(part))
		if room := logLineBytes + 64 - len(head); room > 0 { // 64 for the time in front
			head = append(head, part[:min(room, len(part))]...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if long > 0 {
			out = append(out, logLine(head, long))
		}
		head, long = head[:0], 0
		if err == io.EOF {
			return out, read, nil
		}
		if err != nil {
			return out, read, fmt.Errorf("read the log: %w", err)
		}
	}
}

// logLine makes one line from its first bytes and its whole length.
func logLine(head []byte, long int64) data.LogLine {
	var out data.LogLine
	text := bytes.TrimRight(head, "\r\n")
	if stamp, rest, ok := bytes.Cut(text, []byte(" ")); ok {
		if at, err := time.Parse(time.RFC3339Nano, string(stamp)); err == nil {
			out.At, text = at, rest
			long -= int64(len(stamp)) + 1
		}
	}
	if len(text) > logLineBytes {
		text = text[:logLineBytes]
		for i := 0; i < utf8.UTFMax-1; i++ { // a rune that was cut in two
			if r, n := utf8.DecodeLastRune(text); r != utf8.RuneError || n != 1 {
				break
			}
			text = text[:len(text)-1]
		}
	}
	if out.Cut = long - int64(len(text)); out.Cut <= 2 { // the line's end
		out.Cut = 0
	}
	if isBinary(text) {
		out.Binary, out.Text, out.Cut = true, data.Textf("(%s that are no text)", data.HumanBytes(float64(long))), 0
		return out
	}
	out.Text = data.Clean(strings.TrimSpace(stripColours(string(text))))
	return out
}

// isBinary reports whether too much of a line is no text.
func isBinary(text []byte) bool {
	bad := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if (r == utf8.RuneError && n == 1) || (r < 0x20 && r != '\t' && r != 0x1b) {
			bad++
		}
		i += n
	}
	return float64(bad) > binaryShare*float64(len(text))
}

// stripColours takes SGR escape sequences off, which many programs write; all others are made visible later.
func stripColours(s string) string {
	for {
		i := strings.Index(s, "\x1b[")
		if i < 0 {
			return s
		}
		end := i + 2
		for end < len(s) && (s[end] == ';' || s[end] >= '0' && s[end] <= '9') {
			end++
		}
		if end >= len(s) || s[end] != 'm' {
			return s
		}
		s = s[:i] + s[end+1:]
	}
}
