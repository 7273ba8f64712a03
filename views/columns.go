package views

// column is a column of a table before its width is known.
type column struct {
	id   string
	head string
	min  int // narrower than this it is left out
	want int // wider than this it gains nothing
	gap  int // spaces before it
	// number columns stand to the right.
	number bool
	// order is where it stands from left to right; the order in the list is that of importance.
	order int
}

// fitColumns chooses the columns that fit into w cells, the most important first, and gives each its width. The first
// core columns are taken at their least width; those after them only when all before have what they want. What is
// left over goes to the columns in proportion to what they still want.
func fitColumns(all []column, core, w int) []column {
	var out []column
	used := 0 // what the taken ones need before another one is taken
	for i, c := range all {
		need := c.gap + c.min
		if i == core {
			if len(out) < core {
				break // what matters most did not fit
			}
			used = 0
			for _, o := range out {
				used += o.gap + max(o.min, min(o.want, comfort(o.min)))
			}
		}
		if used+need > w {
			if i < core {
				continue
			}
			break
		}
		used += need
		if i >= core {
			used += max(0, min(c.want, comfort(c.min))-c.min)
		}
		out = append(out, c)
	}
	return grow(out, w)
}

// comfort is the width that a column gets before columns beyond the core are shown.
func comfort(least int) int { return least + least/2 }

// grow gives every column its width in min, in the order of the table.
func grow(cols []column, w int) []column {
	left := w
	for i := range cols {
		cols[i].want = max(cols[i].want, cols[i].min)
		left -= cols[i].gap + cols[i].min
	}
	for left > 0 {
		best := -1
		for i, c := range cols {
			if c.min < c.want && (best < 0 || c.min*cols[best].want < cols[best].min*c.want) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		cols[best].min++
		left--
	}
	for i := 1; i < len(cols); i++ {
		for j := i; j > 0 && cols[j].order < cols[j-1].order; j-- {
			cols[j], cols[j-1] = cols[j-1], cols[j]
		}
	}
	return cols
}
