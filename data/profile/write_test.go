package profile

import (
	"bytes"
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	inner, outer := Frame{"cache.put", "/src/cache.go", 41}, Frame{"main.main", "/src/main.go", 7}
	spots := []Spot{{Stack: []Frame{inner, outer}, Objects: 3, Bytes: 300}, {Stack: []Frame{outer}, Objects: 1, Bytes: 50}, {Stack: []Frame{inner}}}
	for kind, want := range map[data.ProfileKind][2]int64{data.HeapProfile: {350, 300}, data.GoroutineProfile: {4, 3}} {
		var b bytes.Buffer
		if err := Write(&b, kind, noon, spots); err != nil {
			t.Fatal(err)
		}
		p, err := Read(&b, kind)
		if err != nil || p.Total != want[0] || len(p.Lines) != 2 || p.Lines[0].Flat != want[1] || p.Lines[0].Line != 41 || !p.At.Equal(noon) || len(p.Lines[0].Stack) != 1 {
			t.Errorf("%s: %+v, %v", kind, p, err)
		}
		if _, err := Read(bytes.NewReader(nil), kind); err == nil {
			t.Error("nothing was read as a profile")
		}
	}
}
