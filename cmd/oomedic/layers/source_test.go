package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// source is one parsed Go file.
type source struct {
	name string // slash-separated, from the top of the tree
	dir  string // the row of the table that it belongs to
	test bool
	file *ast.File
	// imports are its import paths, and by is the same by the name that they have in this file.
	imports []string
	by      map[string]string
}

// pkg is the import path of the package that the file belongs to.
func (s *source) pkg() string { return module + "/" + path.Dir(s.name) }

// tree is every Go file of a tree.
type tree struct {
	fset    *token.FileSet
	sources []*source
	// constants are the names declared as constants, by import path of the package.
	constants map[string]map[string]bool
}

// read parses every Go file below the top of fsys, whatever its build tags. Folders that the go command passes over
// (testdata, names with a dot or an underscore in front) and nested modules are passed over too.
func read(fsys fs.FS) (*tree, error) {
	t := &tree{fset: token.NewFileSet(), constants: map[string]map[string]bool{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && passedOver(fsys, name):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		return t.add(fsys, name)
	})
	return t, err
}

func passedOver(fsys fs.FS, dir string) bool {
	base := path.Base(dir)
	if base == "testdata" || base == "vendor" || base[0] == '.' || base[0] == '_' {
		return true
	}
	_, err := fs.Stat(fsys, path.Join(dir, "go.mod"))
	return err == nil
}

func (t *tree) add(fsys fs.FS, name string) error {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(t.fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	s := &source{name: name, dir: folder(path.Dir(name)), test: strings.HasSuffix(name, "_test.go"), file: file, by: map[string]string{}}
	for _, spec := range file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		s.imports = append(s.imports, p)
		local := base(p)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		s.by[local] = p
	}
	t.sources = append(t.sources, s)
	t.collect(s)
	return nil
}

// base is the name that a package has by its path: the last part that is no major version.
func base(p string) string {
	last := path.Base(p)
	if len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		return path.Base(path.Dir(p))
	}
	return last
}

// collect notes the constants that s declares.
func (t *tree) collect(s *source) {
	names := t.constants[s.pkg()]
	if names == nil {
		names = map[string]bool{}
		t.constants[s.pkg()] = names
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		decl, ok := n.(*ast.GenDecl)
		if !ok || decl.Tok != token.CONST {
			return true
		}
		for _, spec := range decl.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				names[id.Name] = true
			}
		}
		return true
	})
}
