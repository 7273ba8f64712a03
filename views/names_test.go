package views

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// longest is as long a name as Kubernetes takes for a pod.
var longest = strings.Repeat("a", 253)

// oddNames are names that are hard to lay out, as they are after they entered the program.
var oddNames = map[string]data.Text{
	"253 characters":       data.Clean(longest),
	"right to left":        data.Clean("שרת-נתונים-ראשי"),
	"Arabic with marks":    data.Clean("قَاعِدَةُ-بَيَانَات"),
	"wide":                 data.Clean("データベース数据库데이터베이스"),
	"combining":            data.Clean(strings.Repeat("e\u0301\u0302\u0303\u0304", 20)),
	"families":             data.Clean("👩‍👩‍👧‍👦-👨‍👩‍👧-db"),
	"flags and variations": data.Clean("🇩🇪🇫🇷❤️1️⃣-db"),
	"wide and very long":   data.Clean(strings.Repeat("数据库", 80)),
	"controls":             data.Clean("\x1b[31mred\x1b[0m\u202egnp.exe\u200b\x07"),
}

// renamer replaces the fixture's names within every text of a value. Values of exported fields alone are reached, which
// are all that facts and findings are made of.
type renamer struct {
	by   *strings.Replacer
	seen map[any]bool
}

func renamed(name data.Text) *renamer {
	var pairs []string
	for _, r := range fixtureRows {
		pairs = append(pairs, r.key.Pod.String(), name.String(), r.workload.String(), name.String(), r.key.Namespace.String()+"/", name.String()+"/")
	}
	return &renamer{strings.NewReplacer(append(pairs, "postgres", name.String(), "node-1", name.String(), "checkout", name.String(), "api-server", name.String())...), map[any]bool{}}
}

func (r *renamer) in(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(r.by.Replace(v.String()))
		}
	case reflect.Pointer:
		if !v.IsNil() && !r.seen[v.Interface()] {
			r.seen[v.Interface()] = true
			r.in(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				r.in(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.CanSet() && !v.IsNil() { // a copy: fixtures share what they are made of
			c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(c, v)
			v.Set(c)
		}
		for i := range v.Len() {
			r.in(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			nk, nv := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			nk.Set(k)
			nv.Set(v.MapIndex(k))
			r.in(nk)
			r.in(nv)
			v.SetMapIndex(k, reflect.Value{})
			v.SetMapIndex(nk, nv)
		}
	}
}

// oddScreens are all screens that show names, with all names replaced by one.
func oddScreens(t testing.TB, name data.Text) map[string]Screen {
	t.Helper()
	st, key := profileState(t)
	withDiagnosis(st, fixtureDiagnosis(t))
	withDiagnosis(st, fixtureLeak(t))
	st.Artifacts = map[data.Key][]analysis.Artifact{databaseKey: analysis.Artifacts(fixtureDiagnosis(t))}
	st.Fix, st.Connections = planned(t), threeCandidates().Connections
	st.Board.AtRisk = &Loaded[RiskBoard]{Value: someRisks()}
	st.Journal = &Journal{Entries: []data.JournalEntry{fixtureEntry(0), fixtureEntry(3), evicted()}}
	r, database := renamed(name), databaseKey
	r.in(reflect.ValueOf(st))
	r.in(reflect.ValueOf(&key))
	r.in(reflect.ValueOf(&database))
	risk, kills, history := NewKills(), NewKills(), NewHistory()
	out := map[string]Screen{
		"kills": kills, "risk": risk, "case": NewCase(database, data.Day), "diagnosis": NewDiagnosis(database), "diagnosis of a leak": NewDiagnosis(key),
		"fix": NewFix(database), "history": history, "connection": NewConnection(), "artifacts": NewArtifacts(database), "profile": NewProfileScreen(key),
		"palette": NewPalette([]Entry{{Kind: "case", Name: name + "/" + name, Note: name}, {Kind: "do", Name: "Quit"}}),
	}
	for _, s := range out {
		s.Set(st)
	}
	press(risk, "3")
	press(history, "j")
	opened := NewHistory()
	opened.Set(st)
	press(opened, "enter")
	out["change"] = opened
	return out
}

// TestOddNamesOnEveryScreen draws all screens with names of all scripts and lengths: no line is wider than the frame,
// and a name that is not shown whole has a mark where it was cut.
func TestOddNamesOnEveryScreen(t *testing.T) {
	t.Parallel()
	for what, name := range oddNames {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			for on, s := range oddScreens(t, name) {
				for _, sz := range fitSizes {
					f := frameOf(t, "mono", sz.width, sz.height)
					view := s.View(f)
					t.Run(fmt.Sprintf("%s at %s", on, sz.name), func(t *testing.T) {
						checkFits(t, f, view)
						if what == "253 characters" {
							checkCuts(t, ansi.Strip(view))
						}
					})
				}
			}
		})
	}
}

// checkCuts fails for a line with a piece of the longest name, neither marked as cut nor folded into the next ones.
func checkCuts(t *testing.T, view string) {
	t.Helper()
	var joined strings.Builder
	for line := range strings.SplitSeq(view, "\n") {
		joined.WriteString(strings.Trim(line[strings.LastIndex(line, "│")+1:], "▍│ ")) // beside a list, or under the cursor
	}
	whole := strings.Contains(joined.String(), longest)
	for line := range strings.SplitSeq(view, "\n") {
		if strings.Contains(line, "aaaaaaaa") && !strings.Contains(line, "…") && !whole && !strings.Contains(view, " more line") {
			t.Errorf("a name is cut without a mark: %q\n%s", line, view)
			return
		}
	}
}

// TestOddNamesAreThere makes sure that the names reach the screens: the others would show nothing otherwise.
func TestOddNamesAreThere(t *testing.T) {
	t.Parallel()
	for on, s := range oddScreens(t, "odd-name-of-all") {
		view := strings.Join(strings.Fields(ansi.Strip(s.View(frameOf(t, "mono", 200, 57)))), "")
		if !strings.Contains(view, "odd-name-of-all") && on != "connection" {
			t.Errorf("%s does not show the name:\n%s", on, view)
		}
	}
}

// TestCutsOfOddNames holds the cutting itself to whole characters and exact cells.
func TestCutsOfOddNames(t *testing.T) {
	t.Parallel()
	for what, name := range oddNames {
		for w := range 60 {
			for how, got := range map[string]string{"Cut": Cut(name.String(), w), "CutMiddle": CutMiddle(name.String(), w), "Pad": Pad(name.String(), w)} {
				if Width(got) > w || how == "Pad" && Width(got) != w {
					t.Errorf("%s of %s to %d cells takes %d: %q", how, what, w, Width(got), got)
				}
				if w >= 5 && w < Width(name.String()) && !strings.Contains(got, "…") {
					t.Errorf("%s of %s to %d cells has no mark: %q", how, what, w, got)
				}
			}
		}
	}
}
