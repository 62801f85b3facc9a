// Command registry serves OCI images over HTTP and keeps them in a folder.
//
// go-containerregistry's handler (which `crane registry serve --disk` runs) writes blobs to
// the folder and holds manifests in memory: after a restart no image would be found. This one
// writes each accepted manifest down too, and gives them back to the handler when it starts.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
)

// pushed is one manifest as it was accepted.
type pushed struct {
	Path        string `json:"path"`
	ContentType string `json:"contentType"`
	Body        []byte `json:"body"`
}

type store struct {
	folder string
	next   http.Handler
}

func main() {
	address := flag.String("address", "127.0.0.1:0", "host:port to listen on")
	folder := flag.String("folder", "", "folder to keep images in")
	flag.Parse()
	if *folder == "" {
		log.Fatal("read flags: -folder is missing")
	}
	blobs := filepath.Join(*folder, "blobs")
	s := &store{
		folder: filepath.Join(*folder, "manifests"),
		next:   registry.New(registry.WithBlobHandler(registry.NewDiskBlobHandler(blobs))),
	}
	for _, each := range []string{blobs, s.folder} {
		if err := os.MkdirAll(each, 0o700); err != nil {
			log.Fatalf("make folder: %v", err)
		}
	}
	if err := s.restore(); err != nil {
		log.Fatalf("restore manifests: %v", err)
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatalf("listen: %v", err)
	}
	log.Printf("serving %s on %s", *folder, listener.Addr())
	log.Fatal(http.Serve(listener, s))
}

// ServeHTTP passes everything on, and notes manifests that came in or went away.
func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	manifest := strings.Contains(r.URL.Path, "/manifests/")
	switch {
	case manifest && r.Method == http.MethodPut:
		s.put(w, r)
	case manifest && r.Method == http.MethodDelete:
		if err := os.Remove(s.file(r.URL.Path)); err != nil && !errors.Is(err, os.ErrNotExist) {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		s.next.ServeHTTP(w, r)
	default:
		s.next.ServeHTTP(w, r)
	}
}

// put answers only after the manifest is on disk: what was acknowledged survives.
func (s *store) put(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	s.next.ServeHTTP(answer, r)
	if answer.Code == http.StatusCreated {
		// Under its digest as well: an index refers to its parts by digest.
		digest := answer.Header().Get("Docker-Content-Digest")
		paths := []string{r.URL.Path, r.URL.Path[:strings.LastIndex(r.URL.Path, "/")+1] + digest}
		for _, path := range paths {
			if err := s.write(pushed{path, r.Header.Get("Content-Type"), body}); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (s *store) write(p pushed) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	scratch, err := os.CreateTemp(s.folder, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(scratch.Name())
	if _, err = scratch.Write(text); err == nil {
		err = scratch.Sync()
	}
	if closing := scratch.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(scratch.Name(), s.file(p.Path))
}

func (s *store) file(path string) string {
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(s.folder, hex.EncodeToString(sum[:])+".json")
}

// restore gives every manifest back to the handler. An index is refused until its parts are
// there, so those refused are tried again as long as a round brings at least one in.
func (s *store) restore() error {
	waiting, err := s.all()
	if err != nil {
		return err
	}
	for len(waiting) > 0 {
		var refused []pushed
		for _, each := range waiting {
			request := httptest.NewRequest(http.MethodPut, each.Path, bytes.NewReader(each.Body))
			request.Header.Set("Content-Type", each.ContentType)
			answer := httptest.NewRecorder()
			s.next.ServeHTTP(answer, request)
			if answer.Code != http.StatusCreated {
				refused = append(refused, each)
			}
		}
		if len(refused) == len(waiting) {
			log.Printf("%d manifests refer to parts that are gone", len(refused))
			return nil
		}
		waiting = refused
	}
	return nil
}

func (s *store) all() ([]pushed, error) {
	files, err := filepath.Glob(filepath.Join(s.folder, "*.json"))
	if err != nil {
		return nil, err
	}
	found := make([]pushed, 0, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var each pushed
		if err := json.Unmarshal(text, &each); err != nil {
			return nil, errors.New(file + ": " + err.Error())
		}
		found = append(found, each)
	}
	return found, nil
}
