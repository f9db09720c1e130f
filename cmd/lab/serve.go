package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"time"

	"github.com/urfave/cli/v3"

	"courselab/app/site"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "serve the course and print its address",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "addr", Value: "127.0.0.1:8080", Usage: "`HOST:PORT` to listen on"},
			courseFlag(),
		},
		Action: serve,
	}
}

func serve(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	course, live, err := openCourse(c.String("course"))
	if err != nil {
		return err
	}
	// Taken before the build, so that a busy port is told at once.
	addr := c.String("addr")
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", addr, err)
	}
	defer listener.Close()
	// The base is known here, so the page for unknown addresses holds at any depth.
	files, err := site.Build(ctx, siteInput(course, "/"))
	if err != nil {
		return err
	}
	var edited fs.FS
	if live {
		edited = course
	}
	server := &http.Server{Handler: files.Handler(edited), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		// The address was printed for people; nothing is worth waiting for.
		server.Close()
	}()
	fmt.Fprintf(c.Root().Writer, "http://%s/\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", addr, err)
	}
	return nil
}
