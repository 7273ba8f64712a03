package demo

// program is what runs in the containers of a workload, beside how much memory it wants.
type program struct {
	// runtime is the language runtime whose client library exports what it knows of its memory; empty without one.
	runtime string
	// bound is how large the runtime lets its heap become, in bytes; 0 without a bound.
	bound float64
	// voice writes the log.
	voice func(*scene)
	// spots says where a Go program that serves profiles holds its memory, and where its goroutines stand.
	spots func(usage, heap) held
}

// programs are the programs of the scenario by the name of their workload.
var programs map[string]program

func init() { //nolint:gochecknoinits // the voices refer to the table
	programs = map[string]program{
		"api-server":     {runtime: "go", bound: 450 * mi, voice: sayAPIServer, spots: apiServerSpots},
		"log-shipper":    {runtime: "go", voice: sayLogShipper, spots: logShipperSpots},
		"prometheus":     {runtime: "go", voice: sayPrometheus},
		"ledger":         {runtime: "java", bound: 1024 * mi, voice: sayLedger},
		"search":         {runtime: "java", bound: 640 * mi, voice: saySearch},
		"checkout":       {runtime: "node", bound: 384 * mi, voice: sayCheckout},
		"frontend":       {runtime: "node", voice: sayFrontend},
		"worker":         {runtime: "python", voice: sayWorker},
		"auth":           {runtime: "dotnet", voice: sayAuth},
		"database":       {voice: sayDatabase},
		"catalog-cache":  {voice: sayCatalogCache},
		"nightly-report": {voice: sayNightlyReport},
		"renderer":       {voice: sayRenderer},
		"thumbnailer":    {voice: sayThumbnailer},
		"migrator":       {voice: sayMigrator},
		"web":            {voice: sayWeb},
	}
}

// program returns what runs in the pods of w.
func (w *workload) program() program { return programs[w.name] }
