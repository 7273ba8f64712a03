package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// tableAccept asks for a list as kubectl prints it: a row of cells for each object.
const tableAccept = "application/json;as=Table;v=v1;g=meta.k8s.io"

// errNoTable says that a server or a proxy answered with something else than a Table.
var errNoTable = errors.New("the server does not answer with a Table")

// podRow is what a Table's row tells of a pod: about 140 bytes where the pod has ten thousand. It carries no namespace.
type podRow struct {
	name, status string
	restarted    bool
	// age is how long ago the last restart was, rounded down; -1 when the row does not tell.
	age time.Duration
}

// readTable reads a Table of pods row by row while it comes. The error is errNoTable for another answer and errCut for
// one that ends too early.
func readTable(r io.Reader, take func(podRow)) error {
	d := json.NewDecoder(r)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return notTable(err)
	}
	cols := tableColumns{name: 0, status: 2, restarts: 3}
	for rows := false; ; {
		t, err := d.Token()
		if err != nil {
			return notTable(err)
		}
		if t == json.Delim('}') {
			if !rows {
				return errNoTable
			}
			return nil
		}
		switch t {
		case "rows":
			rows = true
			err = cols.rows(d, take)
		case "columnDefinitions":
			err = cols.read(d)
		case "items":
			return errNoTable
		default:
			var skipped json.RawMessage
			if err = d.Decode(&skipped); err != nil {
				err = notTable(err)
			}
		}
		if err != nil {
			return err
		}
	}
}

// notTable tells a broken stream from an answer that is no Table.
func notTable(err error) error {
	var bad *json.SyntaxError
	switch {
	case err == nil, errors.As(err, &bad):
		return errNoTable
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errCut
	}
	return err
}

// tableColumns are the places of the cells that matter.
type tableColumns struct{ name, status, restarts int }

// read finds the places by the names of the columns.
func (c *tableColumns) read(d *json.Decoder) error {
	var defs []struct{ Name string }
	if err := d.Decode(&defs); err != nil {
		return notTable(err)
	}
	found := 0
	for i, def := range defs {
		switch strings.ToLower(def.Name) {
		case "name":
			c.name, found = i, found+1
		case "status":
			c.status, found = i, found+1
		case "restarts":
			c.restarts, found = i, found+1
		}
	}
	if found != 3 {
		return fmt.Errorf("%w of pods", errNoTable)
	}
	return nil
}

// rows reads the rows one by one.
func (c *tableColumns) rows(d *json.Decoder, take func(podRow)) error {
	t, err := d.Token()
	if t == nil && err == nil {
		return nil // null: no rows
	}
	if t != json.Delim('[') {
		return notTable(err)
	}
	last := max(c.name, c.status, c.restarts)
	var row struct{ Cells []any }
	for d.More() {
		row.Cells = row.Cells[:0]
		if err := d.Decode(&row); err != nil {
			return notTable(err)
		}
		if len(row.Cells) <= last {
			return errNoTable
		}
		name, ok := row.Cells[c.name].(string)
		status, ok2 := row.Cells[c.status].(string)
		if !ok || !ok2 {
			return errNoTable
		}
		p := podRow{name: name, status: status}
		p.restarted, p.age = restartsCell(fmt.Sprint(row.Cells[c.restarts]))
		take(p)
	}
	if _, err := d.Token(); err != nil {
		return notTable(err)
	}
	return nil
}

// restartsCell reads a cell of the column RESTARTS: "0", "3" or "7 (3m21s ago)".
func restartsCell(s string) (restarted bool, age time.Duration) {
	n, rest, _ := strings.Cut(s, " ")
	if n == "0" {
		return false, -1
	}
	rest, ok := strings.CutPrefix(rest, "(")
	if !ok {
		return true, -1
	}
	rest, ok = strings.CutSuffix(rest, " ago)")
	if !ok {
		return true, -1
	}
	return true, shortDuration(rest)
}

// shortDuration reads an age as kubectl prints it, such as 3m21s, 5d3h or 2y10d (apimachinery, HumanDuration); -1 when it
// is something else.
func shortDuration(s string) time.Duration {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'y': 365 * 24 * time.Hour}
	var total time.Duration
	n, digits := time.Duration(0), 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' && digits < 6 {
			n, digits = 10*n+time.Duration(s[i]-'0'), digits+1
			continue
		}
		unit, ok := units[s[i]]
		if !ok || digits == 0 || n > 290*365*24*time.Hour/unit {
			return -1
		}
		total += n * unit
		n, digits = 0, 0
	}
	if digits != 0 || s == "" || total < 0 {
		return -1
	}
	return total
}
