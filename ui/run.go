package ui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// Run shows the app until the person leaves it or ctx ends, and gives the terminal back as it was. An error means
// that the terminal could not be used or that the program failed inside.
func Run(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	app, err := New(ctx, o)
	if err != nil {
		return err
	}
	defer app.stopWatch()
	var program *tea.Program
	pace := &frames{}
	opts := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(framesPerSecond), pace.filter(func() *tea.Program { return program })}
	if o.In != nil {
		opts = append(opts, tea.WithInput(o.In))
	}
	if o.Out != nil {
		opts = append(opts, tea.WithOutput(o.Out))
	}
	program = tea.NewProgram(drawn{app, pace}, opts...)
	_, err = program.Run()
	app.part()
	switch {
	case app.failed != nil:
		return app.failed
	case err == nil, errors.Is(err, tea.ErrInterrupted), errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil:
		return nil
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("the program failed inside and gave the terminal back; run it again with --log-file and report what it wrote: %w", err)
	}
	return err
}
