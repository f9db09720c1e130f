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
		Usage: "serve the course and print its addresses",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "addr", Value: "127.0.0.1:8080", Usage: "`HOST:PORT` to listen on; 0.0.0.0:8080 for everyone on this network"},
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
	files, err := servedSite(ctx, course, live)
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
	// Without the machine's addresses its own name for itself is still right.
	machine, _ := net.InterfaceAddrs()
	for _, url := range addresses(listener.Addr(), machine) {
		fmt.Fprintln(c.Root().Writer, url)
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", addr, err)
	}
	return nil
}

// servedSite is the site that a released program carries, or one built now. The
// base is known here, so the page for unknown addresses holds at any depth.
func servedSite(ctx context.Context, course fs.FS, live bool) (site.Files, error) {
	if released() && !live {
		files, err := site.Unzip(embeddedSite)
		if err != nil {
			return nil, fmt.Errorf("read the embedded site: %w", err)
		}
		return files, nil
	}
	in, err := siteInput(course, "/")
	if err != nil {
		return nil, err
	}
	return site.Build(ctx, in)
}
