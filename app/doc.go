// Package app lists the pages of the course and draws each as one root
// component: the same list makes the browser's routes and the prerendered files.
//
// It holds no maths and parses nothing. Imports: go-app, app/content, app/env,
// app/labs, app/pages, app/registry, app/route, lessons.
package app
