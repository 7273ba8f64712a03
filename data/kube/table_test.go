package kube

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const tableHead = `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},"columnDefinitions":[` +
	`{"name":"Name","type":"string"},{"name":"Ready","type":"string"},{"name":"Status","type":"string"},{"name":"Restarts","type":"string"},{"name":"Age","type":"string"}],`

func TestTableRows(t *testing.T) {
	t.Parallel()
	in := tableHead + `"rows":[{"cells":["a","1/1","Running","0","5d"],"object":null},{"cells":["b","0/1","CrashLoopBackOff","7 (3m21s ago)","5d"]},{"cells":["c","1/1","Running",4,"5d"]}]}`
	var got []podRow
	if err := readTable(strings.NewReader(in), func(r podRow) { got = append(got, r) }); err != nil {
		t.Fatal(err)
	}
	want := []podRow{{"a", "Running", false, -1}, {"b", "CrashLoopBackOff", true, 3*time.Minute + 21*time.Second}, {"c", "Running", true, -1}}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTableThatIsNone(t *testing.T) {
	t.Parallel()
	row := `"rows":[{"cells":["a","1/1","Running","0","5d"]}`
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"a list of pods", `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"a"}}]}`, errNoTable},
		{"a page to log in", "<html>", errNoTable},
		{"a Table of something else", `{"kind":"Table","columnDefinitions":[{"name":"Name"},{"name":"Age"}],"rows":[]}`, errNoTable},
		{"an object", `{"kind":"Pod"}`, errNoTable},
		{"short rows", tableHead + `"rows":[{"cells":["a"]}]}`, errNoTable},
		{"cells of another type", tableHead + `"rows":[{"cells":[{},"1/1",7,"0","5d"]}]}`, errNoTable},
		{"nothing", "", errCut},
		{"cut in the head", tableHead[:40], errCut},
		{"cut in a row", (tableHead + row)[:len(tableHead)+20], errCut},
		{"cut after a row", tableHead + row, errCut},
		{"cut before the last brace", tableHead + row + "]", errCut},
		{"no rows", tableHead + `"rows":null}`, nil},
		{"an empty array", tableHead + `"rows":[]}`, nil},
	} {
		if err := readTable(strings.NewReader(c.in), func(podRow) {}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct {
		status, restarts string
		since            time.Duration
		want             bool
	}{
		{"Running", "0", day, false},
		{"Running", "1 (3m ago)", day, true},
		{"Running", "1 (24h ago)", day, true}, // 24h59m at most: the verdict looks at the exact time
		{"Running", "1 (25h ago)", day, false},
		{"Running", "1 (25h ago)", 0, true},
		{"Running", "12 (5d3h ago)", day, false},
		{"Running", "12 (2y10d ago)", 365 * day, false},
		{"Running", "3", day, true},
		{"Running", "3 (<invalid> ago)", day, true},
		{"CrashLoopBackOff", "12 (5d3h ago)", day, true},
		{"OOMKilled", "0", day, true},
		{"Init:OOMKilled", "0", day, true},
		{"Init:0/2", "0", day, false},
		{"Init:CrashLoopBackOff", "0", day, true},
		{"Error", "0", day, true},
		{"ContainerStatusUnknown", "0", day, true},
		{"Evicted", "0", day, true},
		{"Completed", "0", day, false},
		{"Pending", "0", day, false},
	} {
		r := podRow{status: c.status}
		r.restarted, r.age = restartsCell(c.restarts)
		if got := r.candidate(c.since); got != c.want {
			t.Errorf("%s %q within %s: %v, want %v", c.status, c.restarts, c.since, got, c.want)
		}
	}
}

func FuzzTable(f *testing.F) {
	f.Add(tableHead + `"rows":[{"cells":["a","1/1","Running","7 (3m21s ago)","5d"]}]}`)
	f.Add(`{"kind":"PodList","items":[]}`)
	f.Add(`{"rows":[{"cells":[1,2,3,4]}]}`)
	f.Fuzz(func(t *testing.T, in string) {
		_ = readTable(strings.NewReader(in), func(r podRow) {
			if r.age < -1 || r.age >= 0 && !r.restarted {
				t.Errorf("%+v", r)
			}
		})
	})
}
