package layers

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// breaches returns a line for each thing in t that a rule forbids, in the order of the files.
func breaches(t *tree) []string {
	var out []string
	guards := map[string][]string{} // files that import what only one file may, by folder and prefix
	for _, s := range t.sources {
		for _, p := range s.imports {
			for _, why := range importBreaches(s, p, guards) {
				out = append(out, fmt.Sprintf("%s: imports %s: %s", s.name, p, why))
			}
		}
		if !s.test {
			out = append(out, t.codeBreaches(s)...)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(guards)) {
		if files := guards[k]; len(files) > 1 {
			out = append(out, fmt.Sprintf("%s: imported by %s: one file alone may", k, strings.Join(files, " and ")))
		}
	}
	return out
}

func importBreaches(s *source, p string, guards map[string][]string) (why []string) {
	if rest, ok := strings.CutPrefix(p, module+"/"); ok {
		return oursBreaches(s, folder(rest))
	}
	for _, f := range fences {
		if p != f.prefix && !strings.HasPrefix(p, f.prefix+"/") {
			continue
		}
		allowed := slices.Contains(f.code, s.dir) || s.test && slices.Contains(f.tests, s.dir)
		if !allowed {
			why = append(why, f.why)
		}
		if key := s.dir + ": " + f.prefix; f.oneFile && allowed && !s.test && !slices.Contains(guards[key], s.name) {
			guards[key] = append(guards[key], s.name)
		}
	}
	if s.dir == "analysis" && !s.test && slices.Contains(pure, p) {
		why = append(why, "analysis is pure")
	}
	return why
}

func oursBreaches(s *source, target string) []string {
	row, known := ours[s.dir]
	switch {
	case !known:
		return []string{s.dir + " is not in the table of folders"}
	case target == s.dir, slices.Contains(row.code, target), s.test && slices.Contains(row.tests, target):
		return nil
	}
	return []string{s.dir + " may not import " + target}
}

// codeBreaches looks at what s calls, converts and starts.
func (t *tree) codeBreaches(s *source) (out []string) {
	say := func(pos token.Pos, format string, args ...any) {
		out = append(out, fmt.Sprintf("%s:%d: %s", s.name, t.fset.Position(pos).Line, fmt.Sprintf(format, args...)))
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			if slices.Contains(noGo, s.dir) {
				say(n.Pos(), "starts a goroutine: %s never does", s.dir)
			}
		case *ast.SelectorExpr:
			for _, c := range calls {
				if s.refers(n, c.path) && slices.Contains(c.names, n.Sel.Name) && !slices.Contains(c.only, s.dir) {
					say(n.Pos(), "uses %s.%s: %s", base(c.path), n.Sel.Name, c.why)
				}
			}
		case *ast.CallExpr:
			if s.convertsText(n) && !t.constant(s, n.Args[0]) {
				say(n.Pos(), "converts to data.Text what is no constant: data.Clean makes it safe")
			}
		}
		return true
	})
	return out
}

// refers reports whether sel is a name of the package at path, under whatever name s imports it. A local variable of
// the same name as the package hides it, which no rule here needs to tell apart.
func (s *source) refers(sel *ast.SelectorExpr, path string) bool {
	id, ok := sel.X.(*ast.Ident)
	return ok && s.by[id.Name] == path
}

// convertsText reports whether call is a conversion to data.Text from outside package data.
func (s *source) convertsText(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && len(call.Args) == 1 && sel.Sel.Name == "Text" && s.refers(sel, module+"/data")
}

// constant reports whether e is made of literals, of names that are declared as constants somewhere in its package or
// in another package of ours, and of what the functions of package data return, which is where text is made safe.
// Names are not resolved by scope: it is a net with small holes.
func (t *tree) constant(s *source, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return true
	case *ast.BinaryExpr:
		return t.constant(s, e.X) && t.constant(s, e.Y)
	case *ast.CallExpr:
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		return ok && s.refers(sel, module+"/data")
	case *ast.Ident:
		return t.constants[s.pkg()][e.Name]
	case *ast.SelectorExpr:
		id, ok := e.X.(*ast.Ident)
		return ok && t.constants[s.by[id.Name]][e.Sel.Name]
	}
	return false
}
