package data

import (
	"cmp"
	"strings"
	"testing"
)

// Keys are ordered as the texts namespace/pod/container, also where one name begins with another.
func TestKeysAreOrderedAsTexts(t *testing.T) {
	t.Parallel()
	names := []Text{"", "a", "a-b", "a.b", "a0", "ab", "b", "a/b", "ä", "shop", "shop-2"}
	var keys []Key
	for _, ns := range names {
		for _, pod := range names {
			for _, container := range names {
				keys = append(keys, Key{ns, pod, "u1", container}, Key{ns, pod, "u2", container})
			}
		}
	}
	for i := 0; i < len(keys); i += 3 {
		for j := 0; j < len(keys); j += 7 {
			a, b := keys[i], keys[j]
			want := cmp.Or(strings.Compare(a.String(), b.String()), cmp.Compare(a.UID, b.UID))
			if got := a.Compare(b); got != want || a.Less(b) != (want < 0) {
				t.Fatalf("%q to %q: %d, want %d", a, b, got, want)
			}
		}
	}
}

func BenchmarkKeyCompare(b *testing.B) {
	x := Key{"team-07", "service-0042-7d9f8b6c54-x2x4q", "u", "server"}
	y := Key{"team-07", "service-0043-7d9f8b6c54-x2x4q", "u", "server"}
	b.ReportAllocs()
	for b.Loop() {
		if x.Compare(y) >= 0 {
			b.Fatal("order")
		}
	}
}
