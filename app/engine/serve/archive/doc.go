// Package archive reads and writes the zip files that a course's folder travels
// in. A zip comes from anywhere: what it claims is believed only as far as a few
// megabytes of memory and the plain names of files.
//
// What a course has no use for (folders of version control and the like) is
// passed over in silence; what it might miss is left out and named.
//
// Imports: app/engine.
package archive
