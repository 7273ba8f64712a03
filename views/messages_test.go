package views

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/data"
)

func messagesSaid(n int) []Message {
	texts := []data.Text{"Theme: deutan", "Sent to the terminal's clipboard: the command that confirms it",
		"Not switched to prod-us: Get \"https://prod-us.example.com:6443/version\": dial tcp 203.0.113.7:6443: connect: connection refused"}
	var out []Message
	for i := range n {
		out = append(out, Message{At: fixedNow.Add(time.Duration(i-n) * 7 * time.Minute), Text: texts[i%3], Times: 1 + i%2})
	}
	return out
}

func messagesWith(n int, keys ...string) *Messages {
	s := NewMessages(messagesSaid(n))
	press(s, keys...)
	return s
}

func init() {
	register("messages/none", func(*testing.T) Screen { return messagesWith(0) })
	register("messages/some", func(*testing.T) Screen { return messagesWith(3) })
	register("messages/many", func(*testing.T) Screen { return messagesWith(200, "G") })
}

func TestMessagesGoldens(t *testing.T) {
	t.Parallel()
	everySize(t, "messages/none", messagesWith(0))
	everySize(t, "messages/some", messagesWith(3))
	everySize(t, "messages/many", messagesWith(200))
}

// TestMessagesShowTheCursor moves through more messages than fit, up and down.
func TestMessagesShowTheCursor(t *testing.T) {
	t.Parallel()
	s, f := messagesWith(60), frameOf(t, "plain", 80, 12)
	for _, keys := range []string{strings.Repeat("j", 59), strings.Repeat("k", 59), "G", "g"} {
		for _, k := range keys {
			press(s, string(k))
			view := ansi.Strip(s.View(f))
			if strings.Count(view, "\n> ") != 1 {
				t.Fatalf("after %q the cursor is on the screen %d times:\n%s", k, strings.Count(view, "\n> "), view)
			}
		}
	}
}

func TestMessagesCopy(t *testing.T) {
	t.Parallel()
	if got, ok := press(messagesWith(3), "y").(Copy); !ok || !strings.HasPrefix(got.Text.String(), "Not switched") {
		t.Errorf("y copied %+v, want the newest", got)
	}
	if got, ok := press(messagesWith(3), "G", "y").(Copy); !ok || got.Text != "Theme: deutan" {
		t.Errorf("y at the end copied %+v, want the oldest", got)
	}
	if got := press(messagesWith(0), "y"); got != nil {
		t.Errorf("y on nothing gave %+v", got)
	}
}

// TestMessagesComeIn holds the cursor on its message when another is said.
func TestMessagesComeIn(t *testing.T) {
	t.Parallel()
	s := messagesWith(3, "j")
	s.Offer(messagesSaid(3)[:3])
	s.Offer(append(messagesSaid(3), Message{At: fixedNow, Text: "new", Times: 1}))
	if got := press(s, "y").(Copy); !strings.HasPrefix(got.Text.String(), "Sent") {
		t.Errorf("the cursor is on %q", got.Text)
	}
}
