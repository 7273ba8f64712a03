//go:build e2e

package terminal

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// TestCellsAreThoseOfATerminal writes names of all scripts to a terminal and asks where its cursor is: a width that is
// counted wrong would shift whatever stands right of the name. Families of emoji are shown in parts, since what joins
// them is a rune that can't be seen.
func TestCellsAreThoseOfATerminal(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"ASCII":             "database-0",
		"right to left":     "שרת-נתונים",
		"Arabic with marks": "قَاعِدَةُ",
		"wide":              "データベース数据库데이터",
		"combining":         "e\u0301e\u0301\u0302\u0303e",
		"emoji":             "🔥db🚀",
		"a family":          "👩‍👩‍👧-db",
		"a cut in wide":     views.CutMiddle(strings.Repeat("数据库", 9), 20),
		"controls":          "\x1b[31mred\x1b[0m\u202egnp\u200b\x07",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clean := data.Clean(text).String()
			path := filepath.Join(t.TempDir(), "text")
			if err := os.WriteFile(path, []byte(clean), 0o600); err != nil {
				t.Fatal(err)
			}
			s := startBy(t, "sh", 80, 24, "-c", `cat "$0"; cat >/dev/null`, path)
			want := strconv.Itoa(views.Width(clean))
			s.until("the cursor in column "+want, func(string) bool { return s.format("#{cursor_x}") == want })
		})
	}
}
